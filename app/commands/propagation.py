"""The commands of propagation and interpolation."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.actions import Actions
from app.jobs.carrying import Carrying
from app.session.playback import Playback
from app.session.records import Failure
from app.widgets.banner import Banner

_WAYS = {"propagate_forward": "forward", "propagate_back": "back", "propagate_both": "both"}


class PropagationCommands(QObject):
    """Connects the commands with what carries masks, and its sentences with the banner."""

    def __init__(self, actions: Actions, carrying: Carrying, playback: Playback, banner: Banner) -> None:
        super().__init__(actions)
        self._carrying, self._banner = carrying, banner
        for name in (*_WAYS, "interpolate"):  # first: from the frame on screen, not from one that passes by
            actions.by_name[name].triggered.connect(playback.pause)
        for name, way in _WAYS.items():
            actions.by_name[name].setData(way)
            actions.by_name[name].triggered.connect(self._propagate)
        actions.by_name["interpolate"].triggered.connect(carrying.interpolate)
        actions.put_to_use(*_WAYS, "interpolate")
        carrying.done.connect(self._tell_done)
        carrying.refused.connect(self._tell)
        carrying.failed.connect(self._tell_failure)

    @Slot()
    def _propagate(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._carrying.propagate(action.data())

    @Slot(str)
    def _tell_done(self, sentence: str) -> None:
        self._banner.say(sentence, "done")

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        self._banner.say(sentence, "notice")

    @Slot(object)
    def _tell_failure(self, failure: Failure) -> None:
        self._banner.say(failure.sentence)
