"""Which mask of FBMS belongs to which frame, and which of its colours is the background. No pictures are read here."""

import re
from collections.abc import Sequence
from pathlib import Path

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_SUFFIXES = (".ppm", ".pgm")
"""The coloured picture first: the grey one beside it merges some objects with the background."""

Masks = tuple[tuple[Path | None, ...], tuple[int, int, int]]


def fbms_masks(folder: Path, frames: Sequence[Path]) -> Masks | None:
    """The pictures of labels in a clip's GroundTruth folder, one entry a frame, and the background's colour.

    Every twentieth frame or so is annotated. The background is region 0 of the folder's definition file (*Def.dat);
    without one it is white in coloured and black in grey pictures.

    Returns:
        None where the folder holds no such pictures: the masks of the version for salient objects are plain ones.
    """
    files = {suffix: _label_pictures(folder, suffix) for suffix in _SUFFIXES}
    suffix = next((suffix for suffix in _SUFFIXES if files[suffix]), None)
    if suffix is None:
        return None
    definition = _definition(folder)
    inputs = {Path(mask).stem: Path(frame).stem for mask, frame in _FILES.findall(definition)}
    by_frame = {inputs.get(mask.stem, _frame_stem(mask)): mask for mask in files[suffix]}
    if not any(frame.stem in by_frame for frame in frames):
        # Some clips number their masks alone.
        by_number = {_number(stem): mask for stem, mask in by_frame.items()}
        by_frame = {frame.stem: by_number[n] for frame in frames if (n := _number(frame.stem)) in by_number}
    masks = tuple(by_frame.get(frame.stem) for frame in frames)
    scale = _BACKGROUND.search(definition)
    if scale is None:
        return masks, _WHITE if suffix == ".ppm" else _BLACK
    return masks, _colour(int(scale[1]))


_BACKGROUND = re.compile(r"Scale of region 0:\s*(\d+)")
_FILES = re.compile(r"\bFile name:\s*(\S+)\s*Input file name:\s*(\S+)")


def _label_pictures(folder: Path, suffix: str) -> list[Path]:
    # PROB pictures are those of a variant with a class for what is uncertain.
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() == suffix and "PROB" not in path.stem
    )


def _definition(folder: Path) -> str:
    files = sorted(folder.glob("*Def.dat"))
    return files[0].read_text(encoding="latin-1") if files else ""


def _frame_stem(mask: Path) -> str:
    return mask.stem.removesuffix("_gt")


def _number(stem: str) -> int | None:
    digits = re.search(r"(\d+)$", stem)
    return None if digits is None else int(digits[1])


def _colour(scale: int) -> tuple[int, int, int]:
    """A grey level, or red, green and blue in 24 bits."""
    if scale <= 255:
        return scale, scale, scale
    return scale >> 16 & 255, scale >> 8 & 255, scale & 255
