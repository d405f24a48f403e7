"""The commands of looking: zoom, the mask's appearance, panes, layout, theme. Plain data."""

from app.catalogue.command import Command, Gesture

PANE_TITLES = {
    "rgb": "RGB and mask",
    "flow": "Optical flow",
    "saliency": "Saliency",
    "confidence": "Confidence",
}
LAYOUTS = {"grid": "Grid", "strip": "One large, three in a strip", "alone": "One alone"}
THEMES = {"system": "Follow the &system", "dark": "&Dark", "light": "&Light"}
_PANES = "Panes and layout"


def _zoom(name: str, words: str, keys: tuple[str, ...], repeats: bool = False) -> Command:
    return Command(name, words, keys, "View", repeats=repeats, needs="clip")


def _pan(name: str, words: str, keys: str) -> Command:
    return Command(name, words, (keys,), "View", repeats=True)


COMMANDS = (
    _zoom("fit", "&Fit to the pane", ("Ctrl+0",)),
    _zoom("actual_size", "&100 %", ("Ctrl+1",)),
    _zoom("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+="), repeats=True),
    _zoom("zoom_out", "Zoom &out", ("Ctrl+-",), repeats=True),
    _pan("pan_left", "Look left", "Ctrl+Left"),
    _pan("pan_right", "Look right", "Ctrl+Right"),
    _pan("pan_up", "Look up", "Ctrl+Up"),
    _pan("pan_down", "Look down", "Ctrl+Down"),
    Command("next_mask_mode", "&Next way to show the mask", ("V",), "Mask"),
    Command("outline", "Outlin&e", ("O",), "Mask"),
    Command("peek", "Picture without the mask (hold)", ("Tab",), "Mask", held=True),
    *(
        Command(f"pane_{key}", words, (f"Alt+{number}",), _PANES, checkable=True, value=key)
        for number, (key, words) in enumerate(PANE_TITLES.items(), start=1)
    ),
    Command("all_panes", "Show &all panes", ("Alt+0",), _PANES),
    *(
        Command(f"layout_{key}", words, (f"Ctrl+{number}",), _PANES, choice="layout", value=key)
        for number, (key, words) in enumerate(LAYOUTS.items(), start=2)
    ),
    *(
        Command(f"theme_{key}", words, (), "Window", choice="theme", value=key)
        for key, words in THEMES.items()
    ),
)

GESTURES = (
    Gesture("View", "Move the picture (hold and drag)", key_of="play"),
    Gesture("View", "Move the picture (drag)", "Middle button"),
    Gesture("View", "Zoom at the pointer", "Wheel"),
    Gesture(_PANES, "One pane alone and back", "Double click"),
    Gesture("Window", "Next control (tap)", "Tab"),
)
