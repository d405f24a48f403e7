"""Propagation and interpolation from the frame on screen: asked for, computed in the queue of jobs, kept as one step.

Which commands ask for them is app/commands/propagation.py; what they compute, core.project.batch.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.canvas.editing import Editing
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.records import Failure
from app.session.task_queue import Task, TaskContext, TaskQueue
from app.settings import Settings
from core.errors import InputError

if TYPE_CHECKING:
    from core.project.batch import BatchResult, CarriedMasks, Standing
    from core.project.clip_work import ClipWork
    from core.types import GrayImage

Way = Literal["forward", "back", "both"]
Compute = Callable[[TaskContext], "CarriedMasks"]
_NAMES: dict[Way, str] = {
    "forward": "Propagate forward",
    "back": "Propagate back",
    "both": "Propagate both ways",
}


class Carrying(QObject):
    """Belongs to the window's thread. marked: the range that is marked on the timeline, None without one."""

    done = Signal(str)
    """One sentence: how it went."""
    refused = Signal(str)
    """One sentence: why it cannot be done, or why nothing came of it."""
    failed = Signal(object)

    def __init__(
        self,
        session: ClipSession,
        inference: InferenceControl,
        project: ProjectSession,
        editing: Editing,
        jobs: TaskQueue,
        settings: Settings,
        marked: Callable[[], range | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._inference, self._project = session, inference, project
        self._editing, self._jobs, self._settings, self._marked = editing, jobs, settings, marked
        self._running: dict[int, tuple[Task, ClipWork]] = {}
        project.leaving.connect(self._leave)
        jobs.finished.connect(self._forget)

    def propagate(self, way: Way) -> None:
        """Carry the mask on screen over the marked range, or over the next frames, by flow."""
        from core.project.batch_range import carry_range

        index = self._editing.index
        try:
            mask = self._source_mask(index)
            most = self._settings.propagation_frames
            first, last = carry_range(way, index, self._session.frame_count, self._marked(), most)
        except InputError as error:
            self.refused.emit(str(error))
            return
        name, clip = _NAMES[way], self._clip_path()

        def prepare(work: "ClipWork", _: TaskContext) -> "tuple[ClipWork, Compute]":
            from core.project.batch import standing_in

            standing = standing_in(work, range(first, last + 1))
            return work, lambda context: _carry(clip, index, mask, first, last, standing, context)

        self._project.read(prepare, lambda made: self._compute(name, *made), self._tell_failure)

    @Slot()
    def interpolate(self) -> None:
        """Fill the frames between two corrected ones around the one on screen, or between the marks."""
        from core.project.batch_range import interpolation_ends

        index = self._editing.index
        self._editing.finish_stroke()
        try:
            self._check_writable()
            first, last = interpolation_ends(self._project.frames, index, self._marked())
        except InputError as error:
            self.refused.emit(str(error))
            return
        saliency = {end: self._saliency(end) for end in (first, last)}
        place = self._inference.cache_place

        def prepare(work: "ClipWork", _: TaskContext) -> "tuple[ClipWork, Compute]":
            from core.project.batch import interpolated_masks, standing_in
            from core.project.batch_range import mask_at_end

            _fill_in(saliency, place)
            a, b = ((end, mask_at_end(work, end, saliency[end])) for end in (first, last))
            standing = standing_in(work, range(first, last + 1))
            return work, lambda context: interpolated_masks(
                index, a, b, standing, cancelled=context.cancelled, progress=context.report
            )

        self._project.read(prepare, lambda made: self._compute("Interpolate", *made), self._tell_failure)

    # What it needs

    def _source_mask(self, index: int) -> "GrayImage":
        self._editing.finish_stroke()
        self._check_writable()
        editor = self._editing.editor
        if editor is None or not self._editing.available:
            raise InputError("The frame on screen is still being loaded: try again in a moment.")
        if editor.saliency is None and not editor.has_corrections and not editor.accepted:
            raise InputError(
                f"Frame {index} has no prediction and no correction yet: there is no mask to carry."
            )
        if not editor.mask.any():
            raise InputError(f"The mask of frame {index} is empty: there is nothing to carry.")
        return editor.mask.copy()

    def _check_writable(self) -> None:
        if self._project.read_only:
            raise InputError(
                f"{self._project.path} is open for reading alone: nothing can be changed in it here."
            )

    def _clip_path(self) -> Path:
        assert self._session.info is not None
        return self._session.info.path

    def _saliency(self, index: int) -> "GrayImage | None":
        prediction = self._inference.store.get(index)
        return prediction.saliency_u8 if prediction is not None else None

    # Its way

    def _compute(self, name: str, work: "ClipWork", compute: Compute) -> None:
        def keep(carried: "CarriedMasks") -> None:
            self._keep(name, work, carried)

        task = self._jobs.submit(compute, keep, self._tell_failure, name=name, cancellable=True)
        self._running[task.number] = (task, work)

    def _keep(self, name: str, work: "ClipWork", carried: "CarriedMasks") -> None:
        from core.project.batch import keep_masks

        def told(result: "BatchResult") -> None:
            (self.done if result.changed else self.refused).emit(result.sentence)

        kept = self._project.change(
            lambda project, clip: keep_masks(project, clip, carried), told, name=name, at=work
        )
        if not kept:
            self._tell_dropped(name)

    @Slot()
    def _leave(self) -> None:
        """A draft is closed with its clip, and there is no place left for what is being computed."""
        if self._project.is_draft:
            for task, _ in list(self._running.values()):
                task.cancel()
                self._tell_dropped(task.name)
            self._running.clear()

    @Slot(object)
    def _forget(self, task: Task) -> None:
        self._running.pop(task.number, None)

    def _tell_dropped(self, name: str) -> None:
        self.refused.emit(f"{name} was stopped because its clip was closed. Nothing was changed by it.")

    def _tell_failure(self, failure: Failure) -> None:
        self.failed.emit(failure)


# In the threads of the queues


def _carry(
    clip: Path,
    index: int,
    mask: "GrayImage",
    first: int,
    last: int,
    standing: "Standing",
    context: TaskContext,
) -> "CarriedMasks":
    from core.project.batch import carried_masks
    from core.video import open_clip

    with open_clip(clip) as reader:
        return carried_masks(
            lambda frame: reader.read(frame).rgb,
            index,
            mask,
            first,
            last,
            standing,
            cancelled=context.cancelled,
            progress=context.report,
        )


def _fill_in(saliency: "dict[int, GrayImage | None]", place: tuple[Path, str] | None) -> None:
    """Saliency maps that are no longer in memory, from the cache on disk."""
    from contextlib import closing

    from core.inference.cache import PredictionCache

    missing = [index for index, known in saliency.items() if known is None]
    if missing and place is not None:
        with closing(PredictionCache(*place)) as cache:
            saliency.update({index: cache.saliency(index) for index in missing})
