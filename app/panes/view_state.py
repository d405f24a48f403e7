"""The one zoom, pan and crosshair cursor that all panes share. Each pane makes its own Viewport of it."""

from PySide6.QtCore import QObject, Qt, Signal

from app.panes.viewport import Viewport

Position = tuple[float, float]


class ViewState(QObject):
    """Shared by the panes. Zoom is relative to fitting, so panes of different sizes show the same region.

    peek_keys: Qt's numbers of the keys that show the picture without the mask while they are held.
    """

    changed = Signal()
    cursor_changed = Signal()
    pan_armed_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._zoom = 1.0
        self._centre: Position = (0.5, 0.5)
        self._cursor: Position | None = None
        self._frame_wh = (16, 9)
        self._pan_armed = False
        self._panned = False
        self.peek_keys: frozenset[int] = frozenset({Qt.Key.Key_Tab})

    @property
    def zoom(self) -> float:
        return self._zoom

    @property
    def centre(self) -> Position:
        """Frame position in the middle of every pane, 0 to 1."""
        return self._centre

    @property
    def cursor(self) -> Position | None:
        """Frame position of the crosshair, 0 to 1, None while the mouse is on no picture."""
        return self._cursor

    @property
    def frame_wh(self) -> tuple[int, int]:
        """Width and height of the clip's frames, pixels."""
        return self._frame_wh

    @property
    def cursor_pixel(self) -> tuple[int, int] | None:
        """Column and row of the frame pixel under the crosshair."""
        if self._cursor is None:
            return None
        x, y = (min(int(self._cursor[i] * self._frame_wh[i]), self._frame_wh[i] - 1) for i in (0, 1))
        return x, y

    def viewport(self, pane_wh: tuple[int, int]) -> Viewport:
        """This view in a pane of `pane_wh` logical pixels."""
        return Viewport(self._frame_wh, pane_wh, self._zoom, self._centre)

    def set_frame_size(self, frame_wh: tuple[int, int]) -> None:
        """A clip was opened: its frames have this size, and the view fits them."""
        self._frame_wh = (max(frame_wh[0], 1), max(frame_wh[1], 1))
        self._cursor = None
        self.fit()
        self.cursor_changed.emit()

    def fit(self) -> None:
        self.look(1.0, (0.5, 0.5))

    def look(self, zoom: float, centre: Position) -> None:
        """Set zoom and centre; the centre stays on the frame."""
        x, y = (min(max(value, 0.0), 1.0) for value in centre)
        if (zoom, (x, y)) != (self._zoom, self._centre):
            self._zoom, self._centre = zoom, (x, y)
            self.changed.emit()

    def point_at(self, position: Position | None) -> None:
        """Move the crosshair; positions off the frame take it away."""
        if position is not None and not all(0 <= value < 1 for value in position):
            position = None
        if position != self._cursor:
            self._cursor = position
            self.cursor_changed.emit()

    @property
    def pan_armed(self) -> bool:
        """Space is held: the left button drags the picture."""
        return self._pan_armed

    def arm_pan(self) -> None:
        """Space went down."""
        self._pan_armed, self._panned = True, False
        self.pan_armed_changed.emit()

    def disarm_pan(self) -> bool:
        """Space was let go. Returns whether the picture was dragged meanwhile."""
        self._pan_armed = False
        self.pan_armed_changed.emit()
        return self._panned

    def note_pan(self) -> None:
        """A pane has begun to drag the picture."""
        self._panned = True
