"""The frame in hand: loads its correction, shows what becomes of it, keeps every change. Tools: tool_controller.py.

Strokes are painted here at once and kept in the queue `edits`; tools that take longer compute in a queue of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.records import DecodedFrame, Failure
from app.session.task_queue import Task, TaskContext, TaskQueue

if TYPE_CHECKING:
    from core.masks import Rectangle
    from core.masks.edit import Edit
    from core.masks.frame_editor import FrameEditor
    from core.masks.patch import Patch
    from core.project.clip_work import ClipWork
    from core.types import GrayImage, Prediction

FRAME_IS_ACCEPTED = (
    "This frame is accepted and its mask is frozen: take the acceptance back (menu Correct) to change it."
)


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    index: int
    editor: "FrameEditor"
    previous: "GrayImage | None"
    prediction: "Prediction | None"


class Editing(QObject):
    """Belongs to the window's thread.

    editor: of the frame on screen, None until it is loaded. index: its frame. previous_mask: of the frame before,
    uint8 HxW, None where it is not known or nobody asked (`want_previous`).
    """

    frame_ready = Signal()
    """Another frame, or another state of this one, is in hand."""
    mask_changed = Signal(object)
    """core.masks.Rectangle: this part of the mask on screen has changed."""
    available_changed = Signal()
    """`available` has changed."""
    history_changed = Signal()
    noticed = Signal(object)

    def __init__(
        self,
        session: ClipSession,
        inference: InferenceControl,
        project: ProjectSession,
        computing: TaskQueue,
        parent: QObject | None = None,
    ) -> None:
        """computing: where tools compute that would hold the window up."""
        super().__init__(parent)
        self._session, self._inference, self._project = session, inference, project
        self._computing = computing
        self.editor: FrameEditor | None = None
        self.previous_mask: GrayImage | None = None
        self.index = -1
        self._loading: Task | None = None
        self._reload_wanted = False
        self._want_previous = False
        self._held_threshold: float | None = None
        self._after_stroke: list[Callable[[], None]] = []
        self._saliency: Prediction | None = None
        self.has_changes = False
        """Something of this clip was sent to be kept; its project may not hold it yet."""
        session.frame_changed.connect(self._frame_shown)
        session.index_changed.connect(self._frame_left)
        inference.predicted.connect(self._predicted)
        project.leaving.connect(self._leave)
        project.attached.connect(self.reload)
        project.committed.connect(self._committed)

    @property
    def available(self) -> bool:
        """The frame in hand is the one on screen, and no other was asked for: a stroke may begin."""
        frame = self._session.frame
        on_screen = frame is not None and frame.index == self._session.index
        return on_screen and self.editor is not None and self.index == self._session.index

    def refusal(self) -> str:
        """Why the frame cannot be changed, as a sentence; empty where it can."""
        if self._project.read_only:
            return f"{self._project.path} is open for reading alone: corrections cannot be kept."
        if self.editor is not None and self.editor.accepted:
            return FRAME_IS_ACCEPTED
        return ""

    def set_want_previous(self, wanted: bool) -> None:
        """Whether the mask of the frame before is shown as well."""
        if wanted != self._want_previous:
            self._want_previous = wanted
            if wanted:
                self.reload()

    # Loading

    @Slot(object)
    def _frame_shown(self, frame: DecodedFrame) -> None:
        if frame.index != self.index or self.editor is None:
            self.finish_stroke()
            self._load(frame.index)

    @Slot(int)
    def _frame_left(self, index: int) -> None:
        self.finish_stroke()

    @Slot()
    def reload(self) -> None:
        """Read the frame on screen anew, as soon as no stroke is in hand."""
        self._at_rest(self._load_shown)

    def _load_shown(self) -> None:
        frame = self._session.frame
        if frame is not None:
            self._load(frame.index)

    def _at_rest(self, act: Callable[[], None]) -> None:
        """Do this now, or when the stroke in hand is finished."""
        if self.editor is not None and self.editor.painting:
            self._after_stroke.append(act)
        else:
            act()

    def _load(self, index: int) -> None:
        if self._loading is not None:  # the latest wish wins: frames may pass faster than they are loaded
            self._reload_wanted = True
            return
        store = self._inference.store
        prediction = store.get(index)
        before = store.get(index - 1) if self._want_previous and index else None
        saliency = prediction.saliency_u8 if prediction is not None else None
        saliency_before = before.saliency_u8 if before is not None else None
        want = self._want_previous and index > 0

        def work(work_: "ClipWork", _: TaskContext) -> _Loaded:
            previous = work_.mask(index - 1, saliency_before) if want else None
            return _Loaded(index, work_.editor(index, saliency), previous, prediction)

        self._loading = self._project.read(work, self._frame_loaded, self._load_failed)
        self.available_changed.emit()

    def _frame_loaded(self, loaded: _Loaded) -> None:
        self._loading = None
        if self._next_load(loaded.index):
            return
        if (
            self.editor is not None and self.editor.painting
        ):  # a stroke on the state before: it is kept, then read
            self._after_stroke.append(self._load_shown)
            return
        self.editor, self.index, self.previous_mask = loaded.editor, loaded.index, loaded.previous
        if self._held_threshold is not None and not self.editor.accepted:
            self.editor.set_threshold(self._held_threshold)
        self._saliency = loaded.prediction
        prediction = self._inference.store.get(self.index)
        if prediction is not None and prediction is not self._saliency:
            self._take_prediction(prediction)
        self.frame_ready.emit()
        self.history_changed.emit()
        self.available_changed.emit()

    def _load_failed(self, failure: Failure) -> None:
        self._loading = None
        if not self._next_load(-1):
            self.editor = None
            self.noticed.emit(failure)
            self.frame_ready.emit()
            self.available_changed.emit()

    def _next_load(self, loaded: int) -> bool:
        """Begin the load that was asked for meanwhile; False where none was."""
        frame = self._session.frame
        wanted, self._reload_wanted = self._reload_wanted, False
        if frame is None or (not wanted and frame.index == loaded):
            return False
        if wanted or frame.index != loaded:
            self._load(frame.index)
            return self._loading is not None
        return False

    @Slot()
    def _leave(self) -> None:
        self.finish_stroke()
        if self._loading is not None:
            self._loading.cancel()
        self._loading, self._reload_wanted, self.has_changes = None, False, False
        self.editor, self.previous_mask, self.index = None, None, -1
        self.frame_ready.emit()
        self.available_changed.emit()

    @Slot(int)
    def _predicted(self, index: int) -> None:
        prediction = self._inference.store.get(index)
        if index == self.index and self.editor is not None and prediction is not None:
            if prediction is not self._saliency:
                self._take_prediction(prediction)
                self._tell_all_changed()
        elif self._want_previous and index == self.index - 1 and self.previous_mask is None:
            self.reload()

    def _take_prediction(self, prediction: "Prediction") -> None:
        assert self.editor is not None
        self._saliency = prediction
        self.editor.set_saliency(prediction.saliency_u8)

    @Slot(object)
    def _committed(self, frames: tuple[int, ...] | None) -> None:
        near = {self.index, self.index - 1} if self._want_previous else {self.index}
        if frames is None or near.intersection(frames):
            self.reload()

    def _tell_all_changed(self) -> None:
        from core.masks.rectangle import whole

        assert self.editor is not None
        self.mask_changed.emit(whole(self.editor.size_hw))

    # Strokes: painted here, at once, and kept in the queue

    def show_change(self, dirty: "Rectangle") -> None:
        """A tool has changed this part of `editor`."""
        if not dirty.is_empty:
            self.mask_changed.emit(dirty)

    def finish_stroke(self, name: str = "Stroke") -> None:
        """Keep the stroke in hand, if there is one."""
        editor = self.editor
        if editor is not None and editor.painting:
            self.keep(name, editor.end_stroke())
            self._do_after_stroke()

    def cancel_stroke(self) -> None:
        """Take the stroke in hand back, if there is one."""
        if self.editor is not None and self.editor.painting:
            self.show_change(self.editor.cancel_stroke())
            self._do_after_stroke()

    def _do_after_stroke(self) -> None:
        waiting, self._after_stroke = self._after_stroke, []
        for act in waiting:
            act()

    def keep(self, name: str, patch: "Patch | None") -> None:
        """Keep a change of the frame in hand that is on screen already."""
        if patch is not None:
            self._write(self.index, name, patch)

    def _write(self, index: int, name: str, patch: "Patch") -> None:
        self.has_changes = True
        if self._loading is not None:  # what is being read now does not hold it yet
            self._reload_wanted = True
        self._project.write_stroke(index, name, patch)
        self.history_changed.emit()

    def show_threshold(self, threshold: float, everywhere: bool = False) -> None:
        """Show the mask at another threshold, 0 to 1; nothing is kept.

        Args:
            everywhere: frames that come on screen are shown at it as well, until `let_threshold_go`.
        """
        self._held_threshold = threshold if everywhere else None
        if self.editor is not None and not self.editor.accepted:
            self.editor.set_threshold(threshold)
            self._tell_all_changed()

    def let_threshold_go(self) -> None:
        """Frames are shown at their own thresholds again."""
        self._held_threshold = None

    # Tools that compute, on copies

    @property
    def computing(self) -> bool:
        """A tool is at work on a frame."""
        return bool(self._computing.tasks)

    def cancel_computing(self) -> None:
        """Nothing comes of what tools are about to do."""
        self._computing.cancel_all()

    def after_computing(self, act: Callable[[], None]) -> None:
        """Do this when the tools that are at work are done."""
        self._computing.submit(lambda _: None, lambda _: act())

    def apply(
        self,
        name: str,
        compute: "Callable[[GrayImage, GrayImage], Edit]",
        done: Callable[[], None] | None = None,
    ) -> Task | None:
        """Let compute(layer, mask) make an edit of the frame in hand and keep it.

        Returns:
            The task, which can be cancelled; None where nothing can be changed.
        """
        editor, index = self.editor, self.index
        if editor is None or not self.may_change():
            return None
        self.finish_stroke()
        layer, mask = editor.layer.copy(), editor.mask.copy()
        owner = self._project.owner

        def work(_: TaskContext) -> "Patch | None":
            from core.masks.patch import make_patch

            edit = compute(layer, mask)
            return None if edit.dirty.is_empty else make_patch(layer, edit.layer, edit.dirty)

        def computed(patch: "Patch | None") -> None:
            if patch is not None and owner is self._project.owner:
                self._at_rest(lambda: self._take_patch(index, name, patch))
            if done is not None:
                done()

        return self._computing.submit(work, computed, self.noticed.emit, name=name)

    def _take_patch(self, index: int, name: str, patch: "Patch") -> None:
        if index == self.index and self.editor is not None and not self.editor.accepted:
            here = self.editor.apply(patch)
            if here is not None:
                self.show_change(here.rectangle)
        self._write(index, name, patch)

    def may_change(self) -> bool:
        """Whether the frame can be changed; if not, the person is told why."""
        sentence = self.refusal()
        if sentence:
            self.say(sentence)
        return not sentence and self.editor is not None

    def say(self, sentence: str) -> None:
        """One sentence for the person."""
        self.noticed.emit(Failure(0, sentence, ""))
