"""Tools that paint with a ring: which values they leave under it. The stroke itself is the frame editor's."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.canvas.editing import Editing
from app.canvas.pointer import PointerSample
from app.canvas.tool_state import ToolState

if TYPE_CHECKING:
    from core.masks.tools.brush import BrushPoint
    from core.types import GrayImage

STROKE_NAMES = {
    "brush": "Brush",
    "eraser": "Eraser",
    "back_to_model": "Back to the model",
    "threshold_brush": "Threshold brushed in",
    "neighbour_brush": "Painted from the frame before",
}


class StrokePainter:
    """Paints one stroke after the other into the frame in hand."""

    def __init__(self, editing: Editing, tools: ToolState) -> None:
        self._editing, self._tools = editing, tools
        self._last: BrushPoint | None = None
        self._source: int | GrayImage = 0

    def begin(self, sample: PointerSample, neighbour: "GrayImage | None") -> bool:
        """Begin where the pointer went down.

        Args:
            neighbour: the mask that the neighbour brush paints with.

        Returns:
            False where there is nothing to paint with.
        """
        editor = self._editing.editor
        source = None if editor is None else self._find_source(sample.inverted, neighbour)
        if editor is None or source is None:
            return False
        self._source = source
        editor.begin_stroke()
        self._last = None
        self.go_on(sample)
        return True

    def go_on(self, sample: PointerSample) -> None:
        """Paint from the last place to this one."""
        editor = self._editing.editor
        if editor is None or not editor.painting:
            return
        here = brush_point(sample, self._tools)
        points = [here] if self._last is None else [self._last, here]
        self._last = here
        self._editing.show_change(editor.paint(points, self._source))

    def end(self) -> None:
        """The stroke is done and kept."""
        self._editing.finish_stroke(STROKE_NAMES[self._tools.tool])

    def _find_source(self, inverted: bool, neighbour: "GrayImage | None") -> "int | GrayImage | None":
        from core.masks import BACKGROUND, FOLLOW, FOREGROUND

        sources: dict[str, Callable[[], int | GrayImage | None]] = {
            "brush": lambda: BACKGROUND if inverted != self._tools.swapped else FOREGROUND,
            "eraser": lambda: FOREGROUND if inverted != self._tools.swapped else BACKGROUND,
            "back_to_model": lambda: self._shown() if inverted else FOLLOW,
            "threshold_brush": lambda: FOLLOW if inverted else self._at_threshold(),
            "neighbour_brush": lambda: FOLLOW if inverted else neighbour,
        }
        return sources[self._tools.tool]()

    def _shown(self) -> "GrayImage | None":
        """The opposite of giving back to the model: hold what is shown, whatever the model says later."""
        editor = self._editing.editor
        return None if editor is None else editor.mask.copy()

    def _at_threshold(self) -> "GrayImage | None":
        from core.masks.layer import salient_mask

        editor = self._editing.editor
        if editor is None or editor.saliency is None:
            self._editing.say("This frame has no prediction yet: there is no other threshold to paint.")
            return None
        return salient_mask(editor.saliency, self._tools.brush_threshold / 255)


def brush_point(sample: PointerSample, tools: ToolState) -> "BrushPoint":
    """Where and how wide a brush paints; a light pen paints narrower."""
    from core.masks.tools.brush import BrushPoint, pressed_radius

    radius = pressed_radius(tools.brush_diameter / 2, sample.pressure, tools.smallest_share)
    return BrushPoint(sample.x, sample.y, radius)
