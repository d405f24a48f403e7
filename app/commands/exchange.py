"""The commands of export and import."""

from PySide6.QtCore import QObject, Slot

from app.actions import Actions
from app.exchange.exporting import Exporting
from app.exchange.importing import Importing
from app.session.records import Failure
from app.widgets.banner import Banner


class ExchangeCommands(QObject):
    """Connects the commands with their dialogs, and their sentences with the banner."""

    def __init__(self, actions: Actions, exporting: Exporting, importing: Importing, banner: Banner) -> None:
        super().__init__(actions)
        self._banner = banner
        actions.by_name["export"].triggered.connect(exporting.ask)
        actions.by_name["import_masks"].triggered.connect(importing.ask)
        actions.put_to_use("export", "import_masks")
        importing.refused.connect(self._tell)
        exporting.failed.connect(self._tell_failure)

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        self._banner.say(sentence, "notice")

    @Slot(object)
    def _tell_failure(self, failure: Failure) -> None:
        self._banner.say(failure.sentence)
