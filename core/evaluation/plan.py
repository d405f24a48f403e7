"""What is evaluated: the clips, the protocols, what to leave out. Nothing is run here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.datasets.benchmark import Benchmark, BenchmarkClip
from core.errors import InputError
from core.metrics.protocols import DAVSOD, FRAMES, PROTOCOLS, Protocol, find_protocol
from core.video.folder import is_image, list_images

ALL_PROTOCOLS = "all"
TRUTH_FOLDERS = ("masks", "GT_object_level", "ground-truth", "GT", "GroundTruth")
"""Folders of masks inside a clip's folder, as data sets call them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an evaluation is. done, total: steps, of about the same time each. doing: what, and on which clip."""

    done: int
    total: int
    doing: str


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """One evaluation.

    data: the clips. has_frames: whether there are pictures of them, not only masks. protocols: at least one; J of
    single frames is that of the first. quick: without weighted F, boundary F, flicker and the baselines from flow.
    notes: sentences about what was decided.
    """

    data: Benchmark
    has_frames: bool
    protocols: tuple[Protocol, ...]
    quick: bool = False
    notes: tuple[str, ...] = ()


def make_plan(data: Benchmark, protocol: str | None, quick: bool = False, has_frames: bool = True) -> Plan:
    """Settle the protocols.

    Args:
        protocol: a name, "all", or None for the field's own: `davsod` for clips, `frames` for stills, which have no
            first and last frame to leave out.

    Raises:
        InputError: an unknown protocol.
    """
    short = any(len(clip.annotated) < 3 for clip in data.clips)
    if protocol is None:
        stills = all(len(clip.frames) == 1 for clip in data.clips)
        return Plan(data, has_frames, (FRAMES if stills else DAVSOD,), quick)
    if protocol != ALL_PROTOCOLS:
        return Plan(data, has_frames, (find_protocol(protocol),), quick)
    chosen = tuple(rules for rules in PROTOCOLS.values() if not (short and rules.drop_first_and_last))
    notes = (
        (f"The protocol {DAVSOD.name} is left out: some clips have fewer than three annotated frames.",)
        if len(chosen) < len(PROTOCOLS)
        else ()
    )
    return Plan(data, has_frames, chosen, quick, notes)


def open_truth(folder: Path) -> Benchmark:
    """Ground truth without frames: a folder of masks for each clip, or one folder of masks, which is one clip.

    Raises:
        InputError: there are no masks.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder of ground truth.")
    if any(is_image(entry) for entry in folder.iterdir()):
        clips = [_masks_alone(folder.resolve().name, folder)]
    else:
        inside = (_truth_folder(entry) for entry in sorted(folder.iterdir()) if entry.is_dir())
        clips = [_masks_alone(name, place) for name, place in (item for item in inside if item is not None)]
    if not clips:
        raise InputError(f"{folder}: expected masks, or a folder of masks for each clip (CLIP/00000.png).")
    return Benchmark("pairs", "", tuple(clips))


def _truth_folder(clip: Path) -> tuple[str, Path] | None:
    for place in (clip, *(clip / name for name in TRUTH_FOLDERS)):
        if place.is_dir() and any(is_image(entry) for entry in place.iterdir()):
            return clip.name, place
    return None


def _masks_alone(name: str, folder: Path) -> BenchmarkClip:
    masks = tuple(list_images(folder))
    return BenchmarkClip(name, masks, masks)
