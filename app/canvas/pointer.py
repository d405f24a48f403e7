"""What a picture tells the tool in hand about mouse and pen. No widgets, no tools here."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PointerSample:
    """One report of mouse or pen.

    x, y: frame pixels, (0, 0) the top left corner of the frame; beside the frame they lie outside of it.
    pressure: of a pen, 0 to 1; 1 for a mouse. inverted: right button or Ctrl: the tool does its opposite.
    shift: Shift is held. scale: logical pixels per frame pixel at this place.
    """

    x: float
    y: float
    pressure: float = 1.0
    inverted: bool = False
    shift: bool = False
    scale: float = 1.0


class PointerTarget(Protocol):
    """Takes what the pointer does on an editable picture while `active`."""

    @property
    def active(self) -> bool:
        """A tool is in hand; otherwise the picture keeps its own ways with the mouse."""
        ...

    def press(self, sample: PointerSample) -> None: ...
    def move(self, sample: PointerSample) -> None: ...
    def release(self, sample: PointerSample) -> None: ...
    def double_click(self, sample: PointerSample) -> None: ...

    def hover(self, sample: PointerSample | None) -> None:
        """The pointer moves without a button; None: it has left the picture."""
        ...

    def cancel(self) -> bool:
        """Escape, or the button was taken away: forget what is in hand. Returns whether there was anything."""
        ...
