"""One line that says which frame is on screen and how far it is. Which states there are is core.project's."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel

from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl

STATE_WORDS = {
    "predicted": "predicted",
    "propagated": "propagated",
    "corrected": "corrected",
    "accepted": "accepted, frozen",
    "needs_work": "needs work",
}
_NO_PREDICTION = "no prediction yet"


class FrameStateLine(QLabel):
    """Such as "Frame 12: corrected"."""

    def __init__(self, session: ClipSession, inference: InferenceControl, project: ProjectSession) -> None:
        super().__init__()
        self._session, self._inference, self._project = session, inference, project
        self.setObjectName("headline")
        self.setWordWrap(True)
        for signal in (session.index_changed, session.opened, inference.predicted):
            signal.connect(self.show_state)
        for signal in (session.closed, inference.frames_known, project.frames_changed, project.attached):
            signal.connect(self.show_state)
        self.show_state()

    @Slot()
    def show_state(self) -> None:
        """Say it as it is now."""
        session = self._session
        if session.info is None:
            self.setText("No clip is open")
            return
        record = self._project.frames.get(session.index)
        state = record.state.value if record is not None else "predicted"
        if state == "predicted" and not self._inference.store.predicted[session.index]:
            words = _NO_PREDICTION
        else:
            words = STATE_WORDS[state]
        if self._project.read_only:
            words += " (read only)"
        self.setText(f"Frame {session.index}: {words}")
