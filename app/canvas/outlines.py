"""Lasso and polygon: the outline in hand. What lies inside becomes an edit of the frame."""

from typing import TYPE_CHECKING

from app.canvas.editing import Editing
from app.canvas.pointer import PointerSample
from app.canvas.preview import Point, Preview
from app.canvas.tool_state import ToolState

if TYPE_CHECKING:
    from core.masks.edit import Edit
    from core.types import GrayImage

_CLOSE_PX = 9.0
"""A click so near the first corner, in logical pixels, closes the polygon."""
_STEP_PX = 1.5
"""A freehand line gets a new corner after so many logical pixels."""


class OutlineTool:
    """Collects the corners of one area at a time."""

    def __init__(self, editing: Editing, tools: ToolState) -> None:
        self._editing, self._tools = editing, tools
        self._corners: list[Point] = []
        self._pointer: Point | None = None
        self._removing = False
        self.kind = "lasso"

    @property
    def in_hand(self) -> bool:
        return bool(self._corners)

    def preview(self) -> Preview:
        """The outline so far, up to the pointer."""
        path = tuple(self._corners)
        if self._pointer is not None and self.kind == "polygon":
            path += (self._pointer,)
        return Preview(path=path, closed=self.kind == "lasso", removing=self._removing)

    def press(self, sample: PointerSample, kind: str) -> None:
        """The lasso's line begins; the polygon gets a corner, or is closed by its first one."""
        here = (sample.x, sample.y)
        if kind == "polygon" and len(self._corners) >= 3 and self._is_near(sample, self._corners[0]):
            self.finish()
            return
        if not self._corners:
            self.kind = kind
            self._removing = sample.inverted != self._tools.swapped
        self._corners.append(here)
        self._pointer = here

    def move(self, sample: PointerSample) -> None:
        """The pointer goes on, with or without a button."""
        self._pointer = (sample.x, sample.y)
        far = self._corners and not self._is_near(sample, self._corners[-1], _STEP_PX)
        if self.kind == "lasso" and far:
            self._corners.append(self._pointer)

    def finish(self) -> None:
        """The outline is closed: set what lies inside."""
        corners, kind = tuple(self._corners), self.kind
        removing = self._removing
        self.forget()
        if len(corners) < 3:
            return

        def compute(layer: "GrayImage", _: "GrayImage") -> "Edit":
            from core.masks import BACKGROUND, FOREGROUND
            from core.masks.tools import outline

            tool = outline.polygon if kind == "polygon" else outline.lasso
            return tool(layer, corners, BACKGROUND if removing else FOREGROUND)

        self._editing.apply(kind.capitalize(), compute)

    def drop_last(self) -> None:
        """Take the last corner of a polygon back."""
        if self._corners:
            self._corners.pop()

    def forget(self) -> None:
        self._corners, self._pointer = [], None

    def _is_near(self, sample: PointerSample, corner: Point, within: float = _CLOSE_PX) -> bool:
        across, down = sample.x - corner[0], sample.y - corner[1]
        return (across * across + down * down) ** 0.5 * sample.scale <= within
