"""What a person may type to go somewhere: a frame number or a time. No widgets here."""

import re

import numpy as np
from numpy.typing import NDArray

_CLOCK = re.compile(r"^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)$")


def parse_jump(text: str, pts_seconds: NDArray[np.float64]) -> int | None:
    """The frame that is meant.

    A whole number is a frame number as it is shown, from 0. A time has a colon, a decimal point or an "s":
    "1:02.5", "0:07", "3.2", "12s". Times go to the frame that is on screen at that time.

    Args:
        pts_seconds: float64 (frames,), start of each frame, seconds.

    Returns:
        Frame index within the clip, None if the text is neither.
    """
    text = text.strip().lower()
    if text.isdecimal():
        return min(int(text), len(pts_seconds) - 1)
    match = _CLOCK.match(text.removesuffix("s").strip())
    if match is None:
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    wanted = hours * 3600 + minutes * 60 + seconds
    # Shown times are rounded to hundredths: the time that is shown for a frame must lead back to it.
    place = int(np.searchsorted(pts_seconds, wanted + 0.006, side="right")) - 1
    return min(max(place, 0), len(pts_seconds) - 1)


def clock(seconds: float) -> str:
    """Seconds as m:ss.cc, or h:mm:ss.cc from one hour on."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest // 100:02d}.{rest % 100:02d}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"
