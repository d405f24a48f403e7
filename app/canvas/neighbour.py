"""The mask of the frame before, carried here by optical flow, for the brush that paints with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.canvas.editing import Editing
from app.project.project_session import ProjectSession
from app.session.inference_control import InferenceControl

if TYPE_CHECKING:
    from core.project.clip_work import ClipWork
    from core.types import GrayImage


class NeighbourMask:
    """Computed once a frame, when it is first needed."""

    def __init__(
        self,
        editing: Editing,
        project: ProjectSession,
        inference: InferenceControl,
        came: Callable[[], None],
    ) -> None:
        """came: called when a mask that was asked for is there, or cannot be had."""
        self._editing, self._project, self._inference, self._came = editing, project, inference, came
        self._index = -1
        self._mask: GrayImage | None = None
        self._pending = False

    @property
    def pending(self) -> bool:
        """It is being computed."""
        return self._pending

    def forget(self) -> None:
        """Another frame is in hand, or the one before has changed."""
        self._index, self._mask = -1, None

    def get(self) -> "GrayImage | None":
        """uint8 HxW for the frame in hand; None while it is being computed or where there is none."""
        index = self._editing.index
        if self._index != index and not self._pending:
            self._ask(index)
        return self._mask if self._index == index else None

    def _ask(self, index: int) -> None:
        if index < 1:
            self._editing.say("The first frame has no frame before it to paint from.")
            return
        before = self._inference.store.get(index - 1)
        saliency = before.saliency_u8 if before is not None else None

        def work(work_: "ClipWork", _: object) -> "tuple[int, GrayImage | None]":
            return index, _carried(work_, index, saliency)

        self._pending = self._project.read(work, self._found, self._failed) is not None

    def _found(self, found: "tuple[int, GrayImage | None]") -> None:
        self._pending = False
        self._index, self._mask = found
        if self._mask is None:
            self._editing.say(
                f"Frame {self._index - 1} has no prediction and no correction yet: there is nothing to paint from."
            )
        self._came()

    def _failed(self, failure: object) -> None:
        self._pending = False
        self._index, self._mask = self._editing.index, None
        self._editing.noticed.emit(failure)
        self._came()


def _carried(work: "ClipWork", index: int, saliency: "GrayImage | None") -> "GrayImage | None":
    from core.flow import DisFlow
    from core.masks.propagation import PropagationSettings
    from core.masks.warp import warp_mask
    from core.video import open_clip

    mask = work.mask(index - 1, saliency)
    if mask is None:
        return None
    with open_clip(work.info.path) as reader:
        before, here = reader.read(index - 1).rgb, reader.read(index).rgb
    return warp_mask(mask, DisFlow(PropagationSettings().flow)(here, before))
