"""Lines for people, on stderr, and words that several commands print. Bars: progress_bar.py."""

import sys


def say(sentence: str) -> None:
    """One line for people, on stderr."""
    print(sentence, file=sys.stderr, flush=True)


def time_left(seconds: float | None) -> str:
    """ "3 s left", "2:05 left", or nothing while it is unknown."""
    if seconds is None:
        return ""
    whole = round(seconds)
    return f"{whole} s left" if whole < 60 else f"{whole // 60}:{whole % 60:02d} left"
