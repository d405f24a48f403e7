"""Puts the long work of the window together: carrying masks, export, import. What each does is in its own module."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.commands.exchange import ExchangeCommands
from app.commands.propagation import PropagationCommands
from app.exchange.exporting import Exporting
from app.exchange.importing import Importing
from app.jobs.carrying import Carrying

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.settings import Settings


class JobParts(QObject):
    """Made once by the window."""

    def __init__(self, window: "MainWindow", settings: "Settings") -> None:
        super().__init__(window)
        self._timeline = window.timeline
        session, inference, project = window.session, window.inference, window.project
        self.carrying = Carrying(
            session, inference, project, window.editing, window.jobs, settings, self._marked, self
        )
        self.exporting = Exporting(session, inference, project, window.jobs, settings, self._marked, window)
        self.importing = Importing(session, project, window.park, settings, window)
        window.closing.connect(self.importing.cancel)
        PropagationCommands(window.commands, self.carrying, window.playback, window.banner)
        ExchangeCommands(window.commands, self.exporting, self.importing, window.banner)

    def _marked(self) -> range | None:
        return self._timeline.selected_range
