"""What a picture pane is asked to draw, as one frozen value."""

from dataclasses import dataclass

from PySide6.QtGui import QImage, QPainterPath


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Layers from back to front, each stretched over the whole frame.

    preview: a smaller copy of the first layer, drawn while the view is not magnified. outline: a border in frame
    positions 0 to 1. dimmed: the picture belongs to another frame, or waits for its result.
    """

    layers: tuple[QImage, ...]
    preview: QImage | None = None
    outline: QPainterPath | None = None
    dimmed: bool = False
