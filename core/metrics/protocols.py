"""The three evaluation protocols as data. What each field means is carried out in frame and clips."""

from dataclasses import dataclass

from core.errors import InputError
from core.metrics.resize import Interpolation
from core.metrics.s_measure import AUTHORS_STATISTICS, PUBLISHED, Statistics


@dataclass(frozen=True, slots=True)
class Protocol:
    """How maps are prepared, which thresholds and frames count, and how frames are averaged.

    name: as printed in every table. ground_truth_above: a pixel is object when its ground truth is above this.
    interpolation: brings the map to the ground truth's size. stretch: min-max stretch per frame. thresholds: of the
    F curve, from 0 up. drop_first_and_last: these frames of each clip do not count. clips_equal: average frames
    to clips and clips to the data set; otherwise all frames count alike. f_of_means: F of the mean precision and mean
    recall; otherwise the mean of the frames' F. s_statistics: of the S-measure.
    """

    name: str
    ground_truth_above: int
    interpolation: Interpolation
    stretch: bool
    thresholds: int
    drop_first_and_last: bool
    clips_equal: bool
    f_of_means: bool
    s_statistics: Statistics = PUBLISHED


DAVSOD = Protocol("davsod", 128, "bicubic", True, 256, True, True, False)
"""The field's tool, that of the DAVSOD benchmark; the default."""
FRAMES = Protocol("frames", 128, "bilinear", True, 256, False, False, False)
"""The same measures as `davsod` with all frames alike."""
AUTHORS = Protocol("authors", 127, "bilinear", False, 255, False, False, True, AUTHORS_STATISTICS)
"""What the paper's repository computes."""

PROTOCOLS = {protocol.name: protocol for protocol in (DAVSOD, FRAMES, AUTHORS)}


def find_protocol(name: str) -> Protocol:
    """The protocol of that name.

    Raises:
        InputError: there is none of that name.
    """
    try:
        return PROTOCOLS[name]
    except KeyError:
        known = ", ".join(PROTOCOLS)
        raise InputError(f"There is no evaluation protocol {name!r}: choose one of {known}.") from None
