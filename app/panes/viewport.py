"""Where a frame's pixels lie inside a pane, and back. Plain arithmetic, no widgets."""

from dataclasses import dataclass

LARGEST_PIXEL = 64.0
"""At most so many screen pixels for one frame pixel."""

SMALLEST_ZOOM = 0.1


@dataclass(frozen=True, slots=True)
class Viewport:
    """One pane's view of a frame.

    frame_wh: size of the frame, pixels. pane_wh: size of the pane, logical pixels. zoom: 1.0 fits the frame into
    the pane. centre: the frame position in the middle of the pane, 0 to 1 in x and y.
    """

    frame_wh: tuple[int, int]
    pane_wh: tuple[int, int]
    zoom: float
    centre: tuple[float, float]

    @property
    def fit_scale(self) -> float:
        """Logical pixels per frame pixel when the whole frame just fits."""
        (frame_w, frame_h), (pane_w, pane_h) = self.frame_wh, self.pane_wh
        return max(min(pane_w / frame_w, pane_h / frame_h), 1e-6)

    @property
    def scale(self) -> float:
        """Logical pixels per frame pixel now."""
        return self.fit_scale * self.zoom

    @property
    def rectangle(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the frame in the pane, logical pixels."""
        width, height = self.frame_wh[0] * self.scale, self.frame_wh[1] * self.scale
        left = self.pane_wh[0] / 2 - self.centre[0] * width
        top = self.pane_wh[1] / 2 - self.centre[1] * height
        return left, top, width, height

    def to_pane(self, position: tuple[float, float]) -> tuple[float, float]:
        """Frame position (0 to 1) to logical pixels of the pane."""
        left, top, width, height = self.rectangle
        return left + position[0] * width, top + position[1] * height

    def to_frame(self, point: tuple[float, float]) -> tuple[float, float]:
        """Logical pixels of the pane to frame position; outside 0 to 1 where the frame is not."""
        left, top, width, height = self.rectangle
        return (point[0] - left) / width, (point[1] - top) / height

    def zoomed_at(self, point: tuple[float, float], factor: float) -> tuple[float, tuple[float, float]]:
        """Zoom and centre after zooming by `factor` with the frame position under `point` held still."""
        zoom = self.limited(self.zoom * factor)
        fixed = self.to_frame(point)
        ratio = self.zoom / zoom
        x, y = (fixed[i] + (self.centre[i] - fixed[i]) * ratio for i in (0, 1))
        return zoom, (x, y)

    def moved_by(self, dx: float, dy: float) -> tuple[float, float]:
        """Centre after dragging the frame by logical pixels."""
        _, _, width, height = self.rectangle
        return self.centre[0] - dx / width, self.centre[1] - dy / height

    def limited(self, zoom: float) -> float:
        """`zoom` within what makes sense for this frame and pane."""
        return min(max(zoom, SMALLEST_ZOOM), max(LARGEST_PIXEL / self.fit_scale, 1.0))

    def zoom_for_scale(self, scale: float) -> float:
        """The zoom at which one frame pixel covers `scale` logical pixels."""
        return self.limited(scale / self.fit_scale)
