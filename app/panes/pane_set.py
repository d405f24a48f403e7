"""The four panes of one window and what each shows of a frame. Which frame, is the session's business."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.actions import PANE_TITLES
from app.images import image_from_gray, image_from_rgb
from app.panes.confidence_pane import ConfidencePane
from app.panes.flow_pane import FlowPane
from app.panes.image_view import ImageView
from app.panes.pane_frame import PaneFrame
from app.panes.picture_pane import COMPUTING, SaliencyPane
from app.panes.rgb_pane import RgbPane
from app.panes.view_state import ViewState
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.playback import Playback
from app.session.records import ClipOpened, DecodedFrame, Failure, InferenceState
from app.settings import Settings
from app.theme import Theme
from core.types import Prediction

_WAIT_MS = 160
"""A result that comes sooner replaces the old one without a word; flashing hints would only disturb."""
_BROKEN = "This frame cannot be decoded"
_WAITING_WORDS = {
    InferenceState.PAUSED: "Prediction is paused",
    InferenceState.LOADING: "Loading the model…",
    InferenceState.DONE: "This frame has no prediction",
}
"""In every other state the frame is being computed."""


class PaneSet(QObject):
    """Brings frame and prediction together and keeps the panes in step."""

    def __init__(
        self,
        session: ClipSession,
        playback: Playback,
        inference: InferenceControl,
        view: ViewState,
        theme: Theme,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._playback, self._inference, self._view = session, playback, inference, view
        self.rgb = RgbPane("rgb", PANE_TITLES["rgb"], view, theme, settings)
        self.flow = FlowPane("flow", PANE_TITLES["flow"], view, theme)
        self.flow.set_body(self.flow.picture)
        self.saliency = SaliencyPane("saliency", PANE_TITLES["saliency"], view, theme)
        self.saliency.set_body(self.saliency.picture)
        self.confidence = ConfidencePane("confidence", PANE_TITLES["confidence"], view, theme)
        self.panes: dict[str, PaneFrame] = {
            pane.key: pane for pane in (self.rgb, self.flow, self.saliency, self.confidence)
        }
        for pane in (self.rgb, self.flow, self.saliency):
            pane.peek.connect(self.rgb.set_peek)
            pane.peek.connect(self.saliency.set_peek)
        self._shown: Prediction | None = None
        self._broken = False
        self._frame_index: int | None = None
        self._shows = (self._show_flow, self._show_saliency, self.confidence.show_prediction)
        self._due: deque[Callable[[Prediction], None]] = deque()
        # Each pane in a turn of its own: painted together they would hold the window up at every frame.
        self._next_turn = QTimer(self, interval=0)
        self._next_turn.timeout.connect(self._take_turn)
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._wait.timeout.connect(self._show_waiting)
        session.opening.connect(self._clip_opening)
        session.opened.connect(self._clip_opened)
        session.frame_changed.connect(self._show_frame)
        session.frame_failed.connect(self._show_broken_frame)
        inference.predicted.connect(self._prediction_came)
        inference.state_changed.connect(self._state_changed)
        inference.failed.connect(self._inference_failed)

    @property
    def settled(self) -> bool:
        """Every pane shows what is known of the frame."""
        return not self._due

    def pictures(self) -> tuple[ImageView, ...]:
        """The pictures that a mask can be corrected on."""
        return self.rgb.picture, self.saliency.picture

    def active_picture(self) -> ImageView:
        """The picture that keys zoom: the one with the keyboard, else RGB, else any that is visible."""
        pictures = (self.rgb.picture, self.flow.picture, self.saliency.picture, self.confidence.picture)
        for picture in pictures:
            if picture.hasFocus() or picture.underMouse():
                return picture
        return next((picture for picture in pictures if picture.isVisible()), self.rgb.picture)

    @Slot()
    def take_keyboard(self) -> None:
        """Give the keyboard to a picture that is on screen."""
        self.active_picture().setFocus()

    @Slot(object)
    def _clip_opening(self, path: object) -> None:
        self._wait.stop()
        self._due.clear()
        self._shown, self._broken = None, False
        for pane in (self.rgb, self.flow, self.saliency, self.confidence):
            pane.show_message("Opening…")

    @Slot(object)
    def _clip_opened(self, message: ClipOpened) -> None:
        height, width = message.info.size_hw
        self._view.set_frame_size((width, height))
        for pane in (self.flow, self.saliency, self.confidence):
            pane.show_message("Loading the model…")

    @Slot(object)
    def _show_frame(self, frame: DecodedFrame) -> None:
        self._broken = False
        if frame.index != self._frame_index:
            self._frame_index = frame.index
            self.saliency.show_layer(None)
        prediction = self._inference.store.get(frame.index)
        saliency_u8 = prediction.saliency_u8 if prediction is not None else None
        self.rgb.show_frame(frame, saliency_u8, hold=self._playback.playing)
        if prediction is not None:
            self._show_prediction(frame.index)
        elif not self._wait.isActive():
            self._wait.start()

    @Slot(int)
    def _prediction_came(self, index: int) -> None:
        frame = self._session.frame
        if frame is None or frame.index != index or self._broken:
            return
        if self._shown is self._inference.store.get(index):
            return
        prediction = self._inference.store.get(index)
        if prediction is not None:
            if not self.rgb.masked:
                self.rgb.show_saliency(prediction.saliency_u8)
            self._show_prediction(index)

    def _show_prediction(self, index: int) -> None:
        prediction = self._inference.store.get(index)
        assert prediction is not None
        self._wait.stop()
        self._shown = prediction
        # A pane that still waits for its turn keeps its place, so that none starves while frames pass quickly.
        self._due.extend(show for show in self._shows if show not in self._due)
        self._next_turn.start()

    @Slot()
    def _take_turn(self) -> None:
        if self._due and self._shown is not None:
            self._due.popleft()(self._shown)
        else:
            self._due.clear()
            self._next_turn.stop()

    def _show_flow(self, prediction: Prediction) -> None:
        self.flow.show_picture(image_from_rgb(prediction.flow_picture))

    def _show_saliency(self, prediction: Prediction) -> None:
        self.saliency.show_picture(image_from_gray(prediction.saliency_u8))

    @Slot()
    def _show_waiting(self) -> None:
        frame = self._session.frame
        if frame is None or self._broken or self._inference.store.get(frame.index) is not None:
            return
        if self._inference.state is InferenceState.FAILED:
            return
        self._shown = None
        self._due.clear()
        self.rgb.release()
        self.rgb.picture.set_hint(COMPUTING)
        self.flow.show_waiting(frame.image)
        self.saliency.show_waiting(frame.image)
        self.confidence.show_waiting()
        self._name_waiting()

    def _name_waiting(self) -> None:
        words_now = _WAITING_WORDS.get(self._inference.state)
        if words_now is not None:
            for pane in (self.rgb, self.flow, self.saliency):
                if pane.picture.hint:
                    pane.picture.set_hint(words_now)
            self.confidence.say_waiting(words_now)

    @Slot(object)
    def _state_changed(self, state: InferenceState) -> None:
        waiting = self._session.frame is not None and not self.rgb.masked
        if waiting and state in (InferenceState.LOADING, InferenceState.RUNNING, InferenceState.PAUSED):
            self._show_waiting()

    @Slot(object)
    def _inference_failed(self, failure: Failure) -> None:
        self._wait.stop()
        self.rgb.picture.set_hint("")
        if not self.rgb.masked:
            for pane in (self.flow, self.saliency, self.confidence):
                pane.show_message(f"No prediction. {failure.sentence}")

    @Slot(object)
    def _show_broken_frame(self, failure: Failure) -> None:
        """What is on screen is another frame's: dimmed, and said so."""
        self._wait.stop()
        self._due.clear()
        self._shown, self._broken = None, True
        self.rgb.show_broken(_BROKEN)
        for pane in (self.flow, self.saliency):
            pane.show_waiting(None, _BROKEN)
        self.confidence.show_waiting()
        self.confidence.say_waiting(_BROKEN)
