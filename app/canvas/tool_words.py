"""What is said of each tool while it is in hand: its name, how it is used, which settings it has. Plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolWords:
    """name, hint: for people. settings: of size, side, tolerance, threshold, those that the tool heeds.

    adds, removes: what it does as chosen, and after the sides were swapped.
    """

    name: str
    hint: str
    settings: tuple[str, ...] = ()
    adds: str = "Adds to the object"
    removes: str = "Takes from the object"


_TO_BACKGROUND = "Paints background"

TOOL_WORDS = {
    "look": ToolWords("Look", "The mouse moves the picture and corrects nothing."),
    "brush": ToolWords(
        "Brush", "Paint the object.", ("size", "side"), adds="Paints the object", removes=_TO_BACKGROUND
    ),
    "eraser": ToolWords(
        "Eraser", "Paint the background.", ("size", "side"), adds=_TO_BACKGROUND, removes="Paints the object"
    ),
    "back_to_model": ToolWords(
        "Back to the model", "Paint corrections away: the model counts again.", ("size",)
    ),
    "threshold_brush": ToolWords(
        "Brushed threshold",
        "Paint where another threshold of the saliency shall count.",
        ("size", "threshold"),
    ),
    "neighbour_brush": ToolWords(
        "From the frame before", "Paint the mask of the frame before, moved along with the motion.", ("size",)
    ),
    "lasso": ToolWords("Lasso", "Draw round an area.", ("side",)),
    "polygon": ToolWords("Polygon", "Click the corners; Return or the first corner closes it.", ("side",)),
    "fill": ToolWords("Fill", "Click an area that has one value.", ("side",)),
    "wand": ToolWords(
        "Magic wand", "Click a colour, drag sideways for the tolerance.", ("tolerance", "side")
    ),
    "grabcut": ToolWords("GrabCut in a box", "Drag a box round the object.", ("side",)),
    "grabcut_scribble": ToolWords(
        "GrabCut from scribbles",
        "Scribble on the object, with the right button on the background.",
        ("size", "side"),
        adds="Marks the object",
        removes="Marks the background",
    ),
    "keep_island": ToolWords("Keep an island", "Click the one that stays; all others go."),
    "drop_island": ToolWords("Drop an island", "Click the one that goes."),
}
