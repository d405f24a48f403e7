"""The commands of going through a clip: what to look at next, the range of frames. Plain data."""

from app.catalogue.command import Command, Gesture

_GROUP = "Review"


def _go(name: str, words: str, keys: str, repeats: bool = False) -> Command:
    return Command(name, words, (keys,), _GROUP, repeats=repeats, needs="clip")


COMMANDS = (
    _go("next_suggested", "&Next suggested frame", "N"),
    _go("previous_unreviewed", "&Previous unreviewed frame", "Alt+Left", repeats=True),
    _go("next_unreviewed", "Next &unreviewed frame", "Alt+Right", repeats=True),
    _go("range_start", "Range &starts here", "I"),
    _go("range_end", "Range &ends here", "Shift+I"),
    _go("go_range_start", "Go to the s&tart of the range", "Alt+I"),
    _go("go_range_end", "Go to the en&d of the range", "Alt+Shift+I"),
    _go("clear_range", "&Clear the range", "Ctrl+Alt+I"),
    _go("legend", "&Legend of the timeline", "Shift+F1"),
)

GESTURES = (
    Gesture(_GROUP, "Select a range (timeline)", "Drag the ruler"),
    Gesture(_GROUP, "Select a range (timeline)", "Shift and drag"),
    Gesture(_GROUP, "Go to a dip of the curve (timeline)", "Click"),
    Gesture(_GROUP, "Magnify the timeline", "Wheel"),
)
