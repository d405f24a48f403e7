"""The magic wand: a click takes the pixels of like colour around it, a drag to the right takes more of them."""

from typing import TYPE_CHECKING

from app.canvas.editing import Editing
from app.canvas.pointer import PointerSample
from app.canvas.preview import Preview
from app.canvas.region_tools import picture_in_hand
from app.canvas.tool_state import ToolState
from app.images import rgb_from_image
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

    from core.masks.edit import Edit
    from core.masks.frame_editor import FrameEditor
    from core.project.clip_work import ClipWork
    from core.types import GrayImage

_PX_PER_STEP = 6.0
"""So many logical pixels of dragging change the tolerance by one."""


class WandTool:
    """While the button is down the region is shown as it would be; letting go keeps it."""

    def __init__(
        self, editing: Editing, tools: ToolState, session: ClipSession, project: ProjectSession
    ) -> None:
        self._editing, self._tools, self._session, self._project = editing, tools, session, project
        self._start: PointerSample | None = None
        self._tolerance = 0
        self._shown_tolerance = -1
        self._image: QImage | None = None
        self._distance: NDArray[np.float32] | None = None
        self._computing = False

    @property
    def in_hand(self) -> bool:
        return self._start is not None

    def preview(self, at: PointerSample | None) -> Preview:
        """The tolerance beside the pointer."""
        if self._start is None or at is None:
            return Preview()
        return Preview(ring=(at.x, at.y, 0), words=f"tolerance {self._tolerance}", removing=self._removing)

    def press(self, sample: PointerSample) -> bool:
        """Begin at this colour. Returns whether that is possible."""
        editor = self._editing.editor
        self._image = picture_in_hand(self._editing, self._session)
        if editor is None or self._image is None:
            return False
        self._start, self._tolerance, self._shown_tolerance = sample, self._tools.wand_tolerance, -1
        self._distance = None
        editor.begin_stroke()
        self._show()
        return True

    def move(self, sample: PointerSample) -> None:
        """To the right for more, to the left for less."""
        if self._start is not None:
            dragged = (sample.x - self._start.x) * sample.scale / _PX_PER_STEP
            self._tolerance = min(max(round(self._tools.wand_tolerance + dragged), 0), 100)
            self._show()

    def release(self) -> None:
        """Keep the region of the tolerance that was reached."""
        start, editor = self._start, self._editing.editor
        if start is None or editor is None:
            return
        self._start = None
        self._tools.set_wand_tolerance(self._tolerance)
        if not self._computing and self._shown_tolerance == self._tolerance:
            self._editing.finish_stroke("Wand")
            return
        self._editing.cancel_stroke()
        image, tolerance, removing = self._image, self._tolerance, self._is_removing(start)
        assert image is not None
        distance = self._distance

        def compute(layer: "GrayImage", _: "GrayImage") -> "Edit":
            there = _distance(image, start) if distance is None else distance
            return _edit(layer, there, start, tolerance, removing)

        self._editing.apply("Wand", compute)

    def forget(self) -> None:
        """Take the region back."""
        self._start = None

    @property
    def _removing(self) -> bool:
        return self._start is not None and self._is_removing(self._start)

    def _is_removing(self, sample: PointerSample) -> bool:
        return sample.inverted != self._tools.swapped

    def _show(self) -> None:
        """Compute the region as it would be; one at a time, the latest tolerance wins."""
        start, editor, image = self._start, self._editing.editor, self._image
        if self._computing or start is None or editor is None or image is None:
            return
        if self._tolerance == self._shown_tolerance:
            return
        layer, tolerance, removing = editor.kept_layer, self._tolerance, self._removing
        known = self._distance
        self._computing, self._shown_tolerance = True, tolerance

        def work(_: "ClipWork", __: object) -> "tuple[FrameEditor, NDArray[np.float32], Edit]":
            distance = _distance(image, start) if known is None else known
            return editor, distance, _edit(layer, distance, start, tolerance, removing)

        if self._project.read(work, self._found) is None:
            self._computing = False

    def _found(self, found: "tuple[FrameEditor, NDArray[np.float32], Edit]") -> None:
        editor, distance, edit = found
        self._computing = False
        if editor is self._editing.editor and editor.painting and self._start is not None:
            self._distance = distance
            self._editing.show_change(editor.replace_stroke(edit))
            self._show()


def _distance(image: "QImage", at: PointerSample) -> "NDArray[np.float32]":
    import numpy as np

    from core.masks.tools.wand import color_distance

    distance = color_distance(rgb_from_image(image), at.x, at.y)
    return np.zeros((image.height(), image.width()), np.float32) if distance is None else distance


def _edit(
    layer: "GrayImage", distance: "NDArray[np.float32]", at: PointerSample, tolerance: int, removing: bool
) -> "Edit":
    from core.masks import BACKGROUND, FOREGROUND
    from core.masks.tools.wand import wand

    return wand(layer, distance, at.x, at.y, float(tolerance), BACKGROUND if removing else FOREGROUND)
