"""Tools that find a region by themselves: fill, islands, wand and GrabCut, all computed in the queue."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from app.canvas.editing import Editing
from app.canvas.pointer import PointerSample
from app.canvas.preview import Preview
from app.canvas.strokes import brush_point
from app.canvas.tool_state import ToolState
from app.images import rgb_from_image
from app.session.clip_session import ClipSession
from app.session.task_queue import Task

if TYPE_CHECKING:
    from core.masks.edit import Edit
    from core.masks.tools.brush import BrushPoint
    from core.types import GrayImage

_SMALLEST_BOX_PX = 4.0


class RegionTools:
    """One click or one drag makes one edit."""

    def __init__(self, editing: Editing, tools: ToolState, session: ClipSession) -> None:
        self._editing, self._tools, self._session = editing, tools, session
        self._start: PointerSample | None = None
        self._now: PointerSample | None = None
        self._scribble: list[BrushPoint] = []
        self._scribbles: dict[bool, list[list[BrushPoint]]] = {True: [], False: []}
        self._scribbled_frame = -1
        self._task: Task | None = None

    @property
    def in_hand(self) -> bool:
        return self._start is not None

    def preview(self) -> Preview:
        """The box, or the line, that is being drawn."""
        start, now = self._start, self._now
        if start is None or now is None:
            return Preview()
        if self._tools.tool == "grabcut":
            return Preview(box=(start.x, start.y, now.x, now.y))
        path = tuple((point.x, point.y) for point in self._scribble)
        ring = (now.x, now.y, self._tools.brush_diameter / 2)
        return Preview(ring=ring, path=path, removing=start.inverted)

    def click(self, sample: PointerSample, tool: str) -> None:
        """Fill, or keep or drop an island, at this place."""
        removing = sample.inverted != self._tools.swapped

        def compute(layer: "GrayImage", mask: "GrayImage") -> "Edit":
            from core.masks import BACKGROUND, FOREGROUND
            from core.masks.tools import fill

            if tool == "fill":
                return fill.fill(layer, mask, sample.x, sample.y, BACKGROUND if removing else FOREGROUND)
            # The opposite of keeping an island is dropping it.
            keep = (tool == "keep_island") != sample.inverted
            return (fill.keep_island if keep else fill.drop_island)(layer, mask, sample.x, sample.y)

        names = {"fill": "Fill", "keep_island": "Keep one part", "drop_island": "Drop one part"}
        self._editing.apply(names[tool], compute)

    # GrabCut: a box, or lines that tell object from background

    def press(self, sample: PointerSample) -> None:
        self._start = self._now = sample
        self._scribble = [brush_point(sample, self._tools)]

    def move(self, sample: PointerSample) -> None:
        self._now = sample
        self._scribble.append(brush_point(sample, self._tools))

    def release(self, sample: PointerSample) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        if self._tools.tool == "grabcut":
            self._cut_box(start, sample)
        else:
            self._cut_scribbles(start.inverted != self._tools.swapped)

    def forget(self) -> None:
        """What is being drawn, and what is being computed."""
        self._start = None
        self._scribbles = {True: [], False: []}
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _cut_box(self, start: PointerSample, end: PointerSample) -> None:
        if min(abs(end.x - start.x), abs(end.y - start.y)) < _SMALLEST_BOX_PX:
            self._editing.say("Drag a box around the object: GrabCut looks for it inside.")
            return
        image = picture_in_hand(self._editing, self._session)
        if image is None:
            return

        def compute(layer: "GrayImage", _: "GrayImage") -> "Edit":
            from core.masks.rectangle import spanning
            from core.masks.tools.grabcut import grabcut_box

            left, right = sorted((round(start.x), round(end.x)))
            top, bottom = sorted((round(start.y), round(end.y)))
            return grabcut_box(layer, rgb_from_image(image), spanning(top, left, bottom, right))

        self._run("GrabCut in a box", compute)

    def _cut_scribbles(self, background: bool) -> None:
        """Every line drawn on this frame counts, not the last alone."""
        if self._scribbled_frame != self._editing.index:
            self._scribbles = {True: [], False: []}
            self._scribbled_frame = self._editing.index
        self._scribbles[background].append(self._scribble)
        lines = {side: [list(line) for line in drawn] for side, drawn in self._scribbles.items()}
        image = picture_in_hand(self._editing, self._session)
        if image is None:
            return

        def compute(layer: "GrayImage", mask: "GrayImage") -> "Edit":
            from core.masks.tools.brush import stroke_area
            from core.masks.tools.grabcut import grabcut_scribbles

            areas = {}
            for side, drawn in lines.items():
                areas[side] = np.zeros(layer.shape, np.bool_)
                for line in drawn:
                    around, area = stroke_area((layer.shape[0], layer.shape[1]), line)
                    areas[side][around.slices] |= area
            rgb = rgb_from_image(image)
            return grabcut_scribbles(layer, mask, rgb, foreground=areas[False], background=areas[True])

        self._run("GrabCut from lines", compute)

    def _run(self, name: str, compute: "Callable[[GrayImage, GrayImage], Edit]") -> None:
        self._task = self._editing.apply(name, compute, self._done)

    def _done(self) -> None:
        self._task = None


def picture_in_hand(editing: Editing, session: ClipSession) -> QImage | None:
    """The decoded picture of the frame in hand; None while another one is on screen."""
    frame = session.frame
    return frame.image if frame is not None and editing.available else None
