"""The commands of playing and of prediction. Plain data."""

from app.catalogue.command import Command


def _step(name: str, words: str, keys: tuple[str, ...], icon: str = "") -> Command:
    return Command(name, words, keys, "Playback", icon, repeats=True, needs="clip")


COMMANDS = (
    Command("play", "&Play or pause", ("Space",), "Playback", "play", needs="clip", held=True),
    _step("back", "One frame &back", ("Left", "A"), "step-back"),
    _step("forward", "One frame &forward", ("Right", "D"), "step-forward"),
    _step("back_ten", "Ten frames back", ("Shift+Left", "Shift+A")),
    _step("forward_ten", "Ten frames forward", ("Shift+Right", "Shift+D")),
    Command("first", "F&irst frame", ("Home",), "Playback", "first", needs="clip"),
    Command("last", "&Last frame", ("End",), "Playback", "last", needs="clip"),
    Command("jump", "&Go to frame or time…", ("Ctrl+G",), "Playback", needs="clip"),
    Command("loop", "&Repeat", ("R",), "Playback", "repeat", checkable=True),
    Command("pause_inference", "Pause or resume prediction", ("Ctrl+P",), "Playback", needs="clip"),
)
