"""One frame being corrected in memory: layer, mask and the stroke in hand. Which tool paints what is the tools' part.

Only dirty rectangles are computed, in place, so that a brush keeps up with the hand at any frame size. Storage is
core.project's: every finished change is handed out as a Patch.
"""

from collections.abc import Sequence

import numpy as np

from core.masks.edit import Edit, size_of
from core.masks.layer import compose_mask, compose_rectangle, full_saliency
from core.masks.patch import Patch, make_patch, rebased
from core.masks.rectangle import EMPTY, Rectangle
from core.masks.tools.brush import BrushPoint, paint_into, paint_mask_into
from core.types import GrayImage, SizeHW


class FrameEditor:
    """The correction of one frame. Belongs to one thread at a time.

    layer: uint8 HxW, with the stroke in hand. mask: uint8 HxW, 0 or 255, always current; both change in place.
    saliency: uint8 HxW at the frame's size, None without a prediction. threshold: in [0, 1].
    accepted: the mask is frozen; nothing can be changed.
    """

    def __init__(
        self,
        layer: GrayImage,
        threshold: float,
        saliency_u8: GrayImage | None = None,
        accepted_mask: GrayImage | None = None,
    ) -> None:
        """
        Args:
            layer: uint8 HxW, copied. saliency_u8: uint8 of any size. accepted_mask: uint8 HxW, 0 or 255, copied.
        """
        self.layer: GrayImage = layer.copy()
        self._kept: GrayImage = layer.copy()
        self.threshold = threshold
        self.accepted = accepted_mask is not None
        self.saliency = None if saliency_u8 is None else full_saliency(saliency_u8, self.size_hw)
        self.mask: GrayImage = self._composed() if accepted_mask is None else accepted_mask.copy()
        self._painting = False
        self._stroke = EMPTY

    @property
    def size_hw(self) -> SizeHW:
        return size_of(self.layer)

    @property
    def has_corrections(self) -> bool:
        return bool(self.layer.any())

    @property
    def painting(self) -> bool:
        """A stroke is in hand."""
        return self._painting

    def set_saliency(self, saliency_u8: GrayImage) -> None:
        """The frame's prediction has come, or a better one. An accepted mask stays."""
        self.saliency = full_saliency(saliency_u8, self.size_hw)
        self._recompose()

    def set_threshold(self, threshold: float) -> None:
        """Move the threshold, in [0, 1]; nothing is kept yet: core.project.Project.set_threshold does that."""
        self.threshold = threshold
        self._recompose()

    def begin_stroke(self) -> None:
        """What is painted from now on is one change. Raises: ValueError on an accepted frame or in mid-stroke."""
        self._refuse()
        self._painting, self._stroke = True, EMPTY

    def paint(self, points: Sequence[BrushPoint], source: int | GrayImage) -> Rectangle:
        """Paint the newest piece of the stroke, from the last point of the piece before.

        Args:
            points: one or more. source: FOREGROUND, BACKGROUND, FOLLOW, or a mask (uint8 HxW) to take over.

        Returns:
            The rectangle whose mask may have changed.
        """
        if not self._painting:
            raise ValueError("no stroke is in hand: begin_stroke comes first")
        if isinstance(source, int):
            dirty = paint_into(self.layer, points, source)
        else:
            dirty = paint_mask_into(self.layer, points, source)
        self._stroke = self._stroke.union(dirty)
        self._refresh(dirty)
        return dirty

    def replace_stroke(self, edit: Edit) -> Rectangle:
        """Let the stroke in hand be this edit of the layer as it was before the stroke, as a tool is dragged.

        Returns:
            The rectangle whose mask may have changed.
        """
        if not self._painting:
            raise ValueError("no stroke is in hand: begin_stroke comes first")
        dirty = self._stroke.union(edit.dirty)
        self._restore()
        inside = edit.dirty.slices
        self.layer[inside] = edit.layer[inside]
        self._stroke = edit.dirty
        self._refresh(dirty)
        return dirty

    def end_stroke(self) -> Patch | None:
        """Finish the stroke. Returns: its change, None where it changed nothing."""
        self._painting = False
        if self._stroke.is_empty:
            return None
        patch = make_patch(self._kept, self.layer, self._stroke)
        self._kept[self._stroke.slices] = self.layer[self._stroke.slices]
        return patch

    def cancel_stroke(self) -> Rectangle:
        """Take the stroke back. Returns: the rectangle that changed."""
        self._painting = False
        self._restore()
        self._refresh(self._stroke)
        return self._stroke

    def apply(self, patch: Patch) -> Patch | None:
        """Take over what a tool has changed, on top of what was changed since it looked at the layer.

        Returns: its change here, None where there is none.

        Raises:
            ValueError: the frame is accepted, a stroke is in hand, or the patch does not lie on the frame.
        """
        self._refuse()
        here = rebased(patch, self._kept)
        if here is not None:
            self.layer[here.rectangle.slices] = here.after
            self._kept[here.rectangle.slices] = here.after
            self._refresh(here.rectangle)
        return here

    @property
    def kept_layer(self) -> GrayImage:
        """The layer without the stroke in hand, uint8 HxW, not to be written to."""
        return self._kept

    def _restore(self) -> None:
        inside = self._stroke.slices
        self.layer[inside] = self._kept[inside]

    def _refuse(self) -> None:
        if self.accepted:
            raise ValueError("an accepted frame cannot be changed")
        if self._painting:
            raise ValueError("a stroke is in hand")

    def _refresh(self, dirty: Rectangle) -> None:
        if not dirty.is_empty:
            part = compose_rectangle(self.saliency, self.layer, self.threshold, dirty)
            np.copyto(self.mask[dirty.slices], part)

    def _composed(self) -> GrayImage:
        return compose_mask(self.saliency, self.layer, self.threshold)

    def _recompose(self) -> None:
        if not self.accepted:
            np.copyto(self.mask, self._composed())
