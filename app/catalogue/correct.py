"""The commands of correcting: tools, what they work with, undo, accepting, propagation. Plain data."""

from app.catalogue.command import Command, Gesture

_GROUP = "Correct"


def _tool(name: str, words: str, keys: str) -> Command:
    """Its name is that of app.canvas.tool_state too."""
    icon = name.replace("_", "-")
    return Command(
        name, words, (keys,), _GROUP, icon,
        needs="clip", choice="tool", value=name, ready=False, changes=name != "look",
    )  # fmt: skip


def _edit(name: str, words: str, *keys: str, icon: str = "", repeats: bool = False) -> Command:
    return Command(name, words, keys, _GROUP, icon, repeats=repeats, needs="clip", ready=False, changes=True)


def _dock(name: str, words: str, keys: str) -> Command:
    return Command(name, words, (keys,), "Window", checkable=True, ready=False)


COMMANDS = (
    _tool("look", "L&ook", "H"),
    _tool("brush", "&Brush", "B"),
    _tool("eraser", "&Eraser", "E"),
    _tool("back_to_model", "Back to the &model", "M"),
    _tool("threshold_brush", "Brushed &threshold", "T"),
    _tool("neighbour_brush", "&Paint from the frame before", "Shift+C"),
    _tool("lasso", "&Lasso", "L"),
    _tool("polygon", "Poly&gon", "P"),
    _tool("fill", "&Fill", "F"),
    _tool("wand", "Magic &wand", "W"),
    _tool("grabcut", "Grab&Cut in a box", "G"),
    _tool("grabcut_scribble", "GrabCut from &scribbles", "Shift+G"),
    _tool("keep_island", "&Keep an island", "K"),
    _tool("drop_island", "&Drop an island", "Shift+K"),
    _edit("smaller", "S&maller brush", "[", repeats=True),
    _edit("larger", "&Larger brush", "]", repeats=True),
    _edit("swap", "S&wap foreground and background", "X"),
    _edit("undo", "&Undo", "Ctrl+Z", icon="undo", repeats=True),
    _edit("redo", "&Redo", "Ctrl+Shift+Z", "Ctrl+Y", icon="redo", repeats=True),
    _edit("accept", "&Accept and go on", "Return", "Enter", icon="accept"),
    _edit("needs_work", "&Needs work", "Backspace", icon="needs-work"),
    _edit("unaccept", "&Take acceptance back", "Ctrl+Backspace"),
    _edit("copy_previous", "&Copy the previous frame's mask", "C"),
    _edit("clear_frame", "Clear the corrections of this &frame", "Del"),
    _edit("grow", "&Grow", "Ctrl+]", repeats=True),
    _edit("shrink", "&Shrink", "Ctrl+[", repeats=True),
    _edit("smooth", "S&mooth", "S", repeats=True),
    _edit("fill_holes", "Fill &holes", "Shift+F"),
    _edit("propagate_forward", "Propagate &forward", "Ctrl+F"),
    _edit("propagate_back", "Propagate &back", "Ctrl+Shift+F"),
    _edit("propagate_both", "Propagate both &ways", "Ctrl+Alt+F"),
    _edit("interpolate", "&Interpolate between corrected frames", "Ctrl+I"),
    _dock("tools_dock", "&Tools", "F5"),
    _dock("clips_dock", "&Clips", "F6"),
    _dock("history", "&History", "F7"),
)

GESTURES = (
    Gesture(_GROUP, "Paint the opposite", "Right button"),
    Gesture(_GROUP, "Paint the opposite", "Ctrl and left button"),
    Gesture(_GROUP, "Forget what is in hand", "Esc"),
)
