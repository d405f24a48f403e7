"""Which tool is in hand and how it is set, kept in the settings. What the tools do is beside."""

from PySide6.QtCore import QObject, Signal

from app.settings import Settings

BRUSHES = ("brush", "eraser", "back_to_model", "threshold_brush", "neighbour_brush")
"""Tools that paint with a ring."""
TOOLS = (
    "look", *BRUSHES, "lasso", "polygon", "fill", "wand", "grabcut", "grabcut_scribble", "keep_island",
    "drop_island",
)  # fmt: skip
SMALLEST_BRUSH, LARGEST_BRUSH = 1, 1000


class ToolState(QObject):
    """Shared by the tools, their dock and the canvas."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tool = "look"
        self._swapped = False

    @property
    def tool(self) -> str:
        """One of TOOLS; "look" leaves the mouse to the view."""
        return self._tool

    @property
    def swapped(self) -> bool:
        """Foreground and background have changed places."""
        return self._swapped

    @property
    def brush_diameter(self) -> int:
        """Frame pixels."""
        return self._settings.brush_diameter

    @property
    def smallest_share(self) -> float:
        """Share of the brush that the lightest touch of a pen paints: all of it where pressure does not count."""
        return self._settings.pen_least / 100 if self._settings.pen_pressure else 1.0

    @property
    def wand_tolerance(self) -> int:
        """Colour distance, CIELAB, 0 to 100."""
        return self._settings.wand_tolerance

    @property
    def brush_threshold(self) -> int:
        """Of the brush that paints another threshold, 0 to 255."""
        return self._settings.brush_threshold

    @property
    def morphology_radius(self) -> int:
        """Of grow, shrink and smooth, frame pixels."""
        return self._settings.morphology_radius

    @property
    def has_ring(self) -> bool:
        return self._tool in BRUSHES or self._tool == "grabcut_scribble"

    def choose(self, tool: str) -> None:
        """Take a tool in hand, one of TOOLS."""
        if tool not in TOOLS:
            raise ValueError(f"there is no tool {tool}")
        if tool != self._tool:
            self._tool = tool
            self.changed.emit()

    def swap(self) -> None:
        """Let foreground and background change places."""
        self._swapped = not self._swapped
        self.changed.emit()

    def set_brush_diameter(self, diameter: int) -> None:
        self._set("brush_diameter", min(max(diameter, SMALLEST_BRUSH), LARGEST_BRUSH))

    def resize_brush(self, steps: int) -> None:
        """Larger by so many steps, smaller where negative; always by a pixel at least."""
        now = self.brush_diameter
        wanted = round(now * (1 + self._settings.brush_step / 100) ** steps)
        self.set_brush_diameter(wanted if wanted != now else now + (1 if steps > 0 else -1))

    def set_wand_tolerance(self, tolerance: int) -> None:
        self._set("wand_tolerance", min(max(tolerance, 0), 100))

    def set_brush_threshold(self, threshold: int) -> None:
        self._set("brush_threshold", min(max(threshold, 0), 255))

    def set_morphology_radius(self, radius: int) -> None:
        self._set("morphology_radius", min(max(radius, 1), 100))

    def _set(self, name: str, value: int) -> None:
        if getattr(self._settings, name) != value:
            setattr(self._settings, name, value)
            self.changed.emit()
