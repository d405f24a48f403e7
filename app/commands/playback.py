"""The commands of playback: stepping, jumping to the ends, repeating, pausing the prediction."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.actions import Actions
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.playback import Playback
from app.settings import Settings


class PlaybackCommands(QObject):
    """Connects the Playback menu with the session."""

    def __init__(
        self,
        actions: Actions,
        session: ClipSession,
        playback: Playback,
        inference: InferenceControl,
        settings: Settings,
    ) -> None:
        super().__init__(actions)
        self._session, self._playback, self._settings = session, playback, settings
        actions.play.triggered.connect(playback.toggle)
        steps = ((actions.back, -1), (actions.forward, 1), (actions.back_ten, -10), (actions.forward_ten, 10))
        for action, frames in steps:
            action.setData(frames)
            action.triggered.connect(self._step)
        actions.first.triggered.connect(self._go_first)
        actions.last.triggered.connect(self._go_last)
        actions.loop.toggled.connect(self._set_loop)
        actions.loop.setChecked(settings.loop)
        actions.pause_inference.triggered.connect(inference.toggle)
        playback.playing_changed.connect(actions.show_playing)

    @Slot()
    def _step(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._session.step(action.data())

    @Slot()
    def _go_first(self) -> None:
        self._session.go(0)

    @Slot()
    def _go_last(self) -> None:
        self._session.go(self._session.frame_count - 1)

    @Slot(bool)
    def _set_loop(self, loop: bool) -> None:
        self._playback.loop = self._settings.loop = loop
