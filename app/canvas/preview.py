"""What a tool draws over the picture while it is in hand, as one frozen value. Painting it is the panes' part."""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Preview:
    """All in frame pixels.

    ring: x, y and radius of the brush. path: corners of the outline or line in hand. closed: the path's end joins
    its start. box: left, top, right, bottom. removing: it will take away rather than add.
    words: shown beside the pointer, such as the tolerance while it is dragged.
    """

    ring: tuple[float, float, float] | None = None
    path: tuple[Point, ...] = ()
    closed: bool = False
    box: tuple[float, float, float, float] | None = None
    removing: bool = False
    words: str = ""
