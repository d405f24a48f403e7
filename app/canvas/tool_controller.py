"""Leads the pointer to the tool in hand and shows what it is about to do. The tools themselves are beside.

While a frame is being loaded, what the pointer does is kept and done afterwards: no stroke is lost.
"""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from app.canvas.editing import Editing
from app.canvas.neighbour import NeighbourMask
from app.canvas.outlines import OutlineTool
from app.canvas.pointer import PointerSample
from app.canvas.preview import Preview
from app.canvas.region_tools import RegionTools
from app.canvas.strokes import StrokePainter
from app.canvas.tool_state import BRUSHES, ToolState
from app.canvas.wand_tool import WandTool
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.playback import Playback

_CLICKS = ("fill", "keep_island", "drop_island")
_OUTLINES = ("lasso", "polygon")


class ToolController(QObject):
    """The PointerTarget of the editable pictures."""

    preview_changed = Signal(object)
    """Preview, or None where the tool draws nothing."""

    def __init__(
        self,
        editing: Editing,
        tools: ToolState,
        session: ClipSession,
        playback: Playback,
        inference: InferenceControl,
        project: ProjectSession,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editing, self._tools, self._session, self._playback = editing, tools, session, playback
        self._strokes = StrokePainter(editing, tools)
        self._outline = OutlineTool(editing, tools)
        self._regions = RegionTools(editing, tools, session)
        self._wand = WandTool(editing, tools, session, project)
        self._neighbour = NeighbourMask(editing, project, inference, self._go_on_waiting)
        self._waiting: deque[tuple[Callable[[PointerSample], None], PointerSample]] = deque()
        self._pointer: PointerSample | None = None
        self._tool = tools.tool
        self._down = False
        tools.changed.connect(self._tools_changed)
        editing.available_changed.connect(self._go_on_waiting)
        editing.frame_ready.connect(self._frame_ready)
        session.index_changed.connect(self._frame_left)

    @property
    def active(self) -> bool:
        return self._tools.tool != "look" and self._session.info is not None

    @property
    def in_hand(self) -> bool:
        """An outline, a box or a stroke has been begun."""
        return self._down or self._outline.in_hand or self._regions.in_hand or self._wand.in_hand

    # From the pictures

    def press(self, sample: PointerSample) -> None:
        self._playback.pause()
        self._do(self._press, sample)

    def move(self, sample: PointerSample) -> None:
        self._do(self._move, sample)

    def release(self, sample: PointerSample) -> None:
        self._do(self._release, sample)

    def double_click(self, sample: PointerSample) -> None:
        self._do(self._double_click, sample)

    def hover(self, sample: PointerSample | None) -> None:
        self._pointer = sample
        if sample is not None and self._outline.in_hand:
            self._outline.move(sample)
        self._show_preview()

    def cancel(self) -> bool:
        """Forget what is in hand."""
        in_hand = self.in_hand
        self._waiting.clear()
        self._outline.forget()
        self._wand.forget()
        self._regions.forget()
        self._editing.cancel_stroke()
        self._down = False
        self._show_preview()
        return in_hand

    def confirm(self) -> bool:
        """Enter: close the polygon in hand. Returns whether there was one."""
        if self._tools.tool != "polygon" or not self._outline.in_hand:
            return False
        self._outline.finish()
        self._show_preview()
        return True

    def drop_last(self) -> bool:
        """Backspace: take the last corner back. Returns whether there was one."""
        if not self._outline.in_hand:
            return False
        self._outline.drop_last()
        self._show_preview()
        return True

    # Waiting

    def _do(self, act: Callable[[PointerSample], None], sample: PointerSample) -> None:
        self._pointer = sample
        if self._waiting or not self._ready():
            self._waiting.append((act, sample))
            self._go_on_waiting()
        else:
            act(sample)
        self._show_preview()

    def _ready(self) -> bool:
        # A stroke in hand goes on: only its beginning needs a frame that is at rest.
        if self._down:
            return True
        return self._editing.available and not self._neighbour.pending

    @Slot()
    def _go_on_waiting(self) -> None:
        if self._session.info is None:
            self._waiting.clear()
        while self._waiting and self._ready():
            act, sample = self._waiting.popleft()
            act(sample)
        self._show_preview()

    # What the tools do

    def _press(self, sample: PointerSample) -> None:
        tool = self._tools.tool
        if tool == "look" or not self._editing.may_change():
            return
        if tool in BRUSHES:
            self._begin_stroke(sample)
        elif tool in _OUTLINES:
            self._outline.press(sample, tool)
            self._down = tool == "lasso"
        elif tool in _CLICKS:
            self._regions.click(sample, tool)
        elif tool == "wand":
            self._down = self._wand.press(sample)
        else:
            self._regions.press(sample)
            self._down = True

    def _begin_stroke(self, sample: PointerSample) -> None:
        neighbour = None
        if self._tools.tool == "neighbour_brush" and not sample.inverted:
            neighbour = self._neighbour.get()
            if self._neighbour.pending:  # it is being computed: the stroke waits for it
                self._waiting.appendleft((self._press, sample))
                return
        self._down = self._strokes.begin(sample, neighbour)

    def _move(self, sample: PointerSample) -> None:
        if not self._down:
            return
        tool = self._tools.tool
        if tool in BRUSHES:
            self._strokes.go_on(sample)
        elif tool in _OUTLINES:
            self._outline.move(sample)
        elif tool == "wand":
            self._wand.move(sample)
        else:
            self._regions.move(sample)

    def _release(self, sample: PointerSample) -> None:
        if not self._down:
            return
        self._down = False
        tool = self._tools.tool
        if tool in BRUSHES:
            self._strokes.end()
        elif tool == "lasso":
            self._outline.finish()
        elif tool == "wand":
            self._wand.release()
        else:
            self._regions.release(sample)

    def _double_click(self, sample: PointerSample) -> None:
        if self._tools.tool == "polygon":
            self._outline.finish()
        else:
            self._press(sample)

    # Changes from outside

    @Slot()
    def _tools_changed(self) -> None:
        if self._tools.tool != self._tool:
            self._finish()
            self._tool = self._tools.tool
        self._show_preview()

    @Slot(int)
    def _frame_left(self, index: int) -> None:
        # A stroke in hand is kept; what comes of the pointer until the button is up belongs to no frame.
        if self._waiting:
            self._waiting.clear()
            self._editing.say("A stroke on a frame that was not ready yet was left out: draw it again there.")
        self._finish()

    @Slot()
    def _frame_ready(self) -> None:
        self._neighbour.forget()
        self._show_preview()

    def _finish(self) -> None:
        """Another tool or frame comes: a stroke is kept, an unfinished outline is dropped."""
        self._editing.finish_stroke()
        self._outline.forget()
        self._wand.forget()
        self._regions.forget()
        self._down = False

    def _show_preview(self) -> None:
        self.preview_changed.emit(self._preview() if self.active else None)

    def _preview(self) -> Preview:
        tool, at = self._tools.tool, self._pointer
        if self._outline.in_hand:
            return self._outline.preview()
        if self._regions.in_hand:
            return self._regions.preview()
        if tool == "wand":
            return self._wand.preview(at)
        if at is None or not self._tools.has_ring:
            return Preview()
        removing = (tool == "eraser") != (at.inverted != self._tools.swapped)
        return Preview(ring=(at.x, at.y, self._tools.brush_diameter / 2), removing=removing)
