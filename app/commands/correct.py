"""The commands of correcting: tools, undo, accepting, and the edits of a whole mask."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.actions import Actions
from app.canvas.editing import Editing
from app.canvas.frame_steps import FrameSteps
from app.canvas.tool_controller import ToolController
from app.canvas.tool_state import ToolState
from app.session.playback import Playback

if TYPE_CHECKING:
    from core.masks.edit import Edit
    from core.types import GrayImage

_OF_FRAME = ("undo", "redo", "accept", "needs_work", "unaccept", "copy_previous")
_WHOLE_MASK = {
    "grow": "Grow",
    "shrink": "Shrink",
    "smooth": "Smooth",
    "fill_holes": "Fill holes",
    "clear_frame": "Clear the corrections",
}


class CorrectCommands(QObject):
    """Connects the Correct menu with the frame in hand."""

    def __init__(
        self,
        actions: Actions,
        editing: Editing,
        steps: FrameSteps,
        tools: ToolState,
        controller: ToolController,
        playback: Playback,
    ) -> None:
        super().__init__(actions)
        self._actions, self._editing, self._steps = actions, editing, steps
        self._tools, self._controller = tools, controller
        for action in actions.tools.values():
            action.triggered.connect(self._choose_tool)
        direct: dict[str, Callable[[], object]] = {
            "undo": self._undo,
            "redo": steps.redo,
            "accept": self._accept,
            "needs_work": self._needs_work,
            "unaccept": steps.unaccept,
            "copy_previous": steps.copy_previous,
            "swap": tools.swap,
            "smaller": self._smaller,
            "larger": self._larger,
        }
        for name in (*_OF_FRAME, *_WHOLE_MASK):  # first: a frame that passes by is not what was meant
            actions.by_name[name].triggered.connect(playback.pause)
        for name, act in direct.items():
            actions.by_name[name].triggered.connect(act)
        for name in _WHOLE_MASK:
            actions.by_name[name].setData(name)
            actions.by_name[name].triggered.connect(self._change_mask)
        actions.put_to_use(*(f"{action.data()}" for action in actions.tools.values()), *direct, *_WHOLE_MASK)
        tools.changed.connect(self._show_tool)
        self._show_tool()

    @Slot()
    def _choose_tool(self) -> None:
        self._tools.choose(self._sent_data())

    @Slot()
    def _show_tool(self) -> None:
        self._actions.tools[self._tools.tool].setChecked(True)

    @Slot()
    def _undo(self) -> None:
        """An outline that is being drawn loses its last corner first."""
        if not self._controller.drop_last():
            self._steps.undo()

    @Slot()
    def _accept(self) -> None:
        """Enter closes a polygon that is being drawn; otherwise it accepts."""
        if not self._controller.confirm():
            self._steps.accept_and_go_on()

    @Slot()
    def _needs_work(self) -> None:
        if not self._controller.drop_last():
            self._steps.needs_work()

    @Slot()
    def _smaller(self) -> None:
        self._tools.resize_brush(-1)

    @Slot()
    def _larger(self) -> None:
        self._tools.resize_brush(1)

    @Slot()
    def _change_mask(self) -> None:
        name, radius = self._sent_data(), float(self._tools.morphology_radius)

        def compute(layer: "GrayImage", mask: "GrayImage") -> "Edit":
            from core.masks.tools import morphology
            from core.masks.tools.take_over import back_to_model

            if name == "clear_frame":
                return back_to_model(layer)
            if name == "fill_holes":
                return morphology.fill_holes(layer, mask)
            return {"grow": morphology.grow, "shrink": morphology.shrink, "smooth": morphology.smooth}[name](
                layer, mask, radius
            )

        self._editing.apply(_WHOLE_MASK[name], compute)

    def _sent_data(self) -> str:
        action = self.sender()
        assert isinstance(action, QAction)
        return action.data()
