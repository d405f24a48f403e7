"""The field's data sets as clips with ground truth, read where they lie. Their folders: benchmark_layouts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from core.datasets.benchmark_fbms import fbms_masks
from core.datasets.benchmark_layouts import TITLES, ClipFolders, find_folders, splits
from core.datasets.pictures import read_gray, read_rgb
from core.errors import InputError
from core.types import GrayImage
from core.video.folder import is_image, list_images

BenchmarkName = Literal["davis16", "segv2", "fbms", "davsod", "visal", "duts", "pairs", "clips"]
BENCHMARKS: tuple[BenchmarkName, ...] = get_args(BenchmarkName)

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


@dataclass(frozen=True, slots=True)
class BenchmarkClip:
    """One clip. A still is a clip of one frame.

    frames: in presentation order. masks: one entry a frame, None where it was not annotated; `read_truth` reads them.
    background: where masks are pictures of labels, the colour of what is no object; None for grey masks.
    further: per frame, the masks of its other objects; empty where every frame has one file at most.
    """

    name: str
    frames: tuple[Path, ...]
    masks: tuple[Path | None, ...]
    background: Colour | None = None
    further: tuple[tuple[Path, ...], ...] = ()

    @property
    def source(self) -> Path:
        """What core.video.open_clip opens to read these frames: their folder, or the still."""
        return self.frames[0] if len(self.frames) == 1 else self.frames[0].parent

    @property
    def annotated(self) -> tuple[int, ...]:
        """The frames that have ground truth, ascending."""
        return tuple(index for index, mask in enumerate(self.masks) if mask is not None)

    def read_truth(self, index: int) -> GrayImage | None:
        """The ground truth of a frame, all its objects together.

        Returns:
            uint8 HxW, 255 = object (grey masks as they are stored); None where the frame was not annotated.

        Raises:
            InputError: a mask cannot be read, or the masks of two objects differ in size.
        """
        first = self.masks[index]
        if first is None:
            return None
        truth = self._read(first)
        for path in self.further[index] if self.further else ():
            other = self._read(path)
            if other.shape != truth.shape:
                raise InputError(
                    f"{path}: is {other.shape[1]}x{other.shape[0]}, but {first}, another object of the same frame, "
                    f"is {truth.shape[1]}x{truth.shape[0]}."
                )
            truth = np.maximum(truth, other)
        return truth

    def _read(self, path: Path) -> GrayImage:
        if self.background is None:
            return read_gray(path)
        labels = read_rgb(path)
        return np.where((labels == np.array(self.background, np.uint8)).all(axis=2), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A data set or a part of one. split: empty where it has none."""

    name: str
    split: str
    clips: tuple[BenchmarkClip, ...]

    @property
    def title(self) -> str:
        """For people: "DAVIS 2016, val"."""
        return ", ".join(part for part in (TITLES[self.name], self.split) if part)


def open_benchmark(name: str, root: Path, split: str | None = None) -> Benchmark:
    """Find the clips of a data set in the folders it is distributed in. Pictures are not opened.

    Args:
        name: one of BENCHMARKS; "pairs" are stills in images/ and masks/, "clips" are folders with frames/ and masks/.
        root: the folder that the data set was unpacked into.
        split: None is the one that is reported in the field (val, test, easy-35), or all where there is none.

    Raises:
        InputError: an unknown name or split, or a layout that is not the expected one: the path is named.
    """
    if name not in TITLES:
        raise InputError(f"There is no data set {name!r}: choose one of {', '.join(BENCHMARKS)}.")
    known = splits(name)
    chosen = known[0] if split is None else split.lower()
    if chosen not in known:
        parts = f"choose one of {', '.join(known)}" if known[0] else "leave --split out"
        raise InputError(f"{TITLES[name]} has no split {split!r}: {parts}.")
    clips = [_clip(name, folders) for folders in find_folders(name, chosen, root)]
    flat = [still for clip in clips for still in (_stills(clip) if name in ("duts", "pairs") else [clip])]
    return Benchmark(name, chosen, tuple(flat))


def open_pairs(images: Path, masks: Path) -> Benchmark:
    """Stills in one folder, masks of the same names in another. Raises: InputError."""
    return Benchmark("pairs", "", tuple(_stills(_clip("pairs", ClipFolders(images.name, images, masks)))))


def _clip(name: str, folders: ClipFolders) -> BenchmarkClip:
    frames = list_images(folders.frames)
    if name == "fbms" and (found := fbms_masks(folders.masks, frames)) is not None:
        masks, background = found
        clip = BenchmarkClip(folders.name, tuple(frames), masks, background)
    else:
        # DAVIS: every release stores 0 for the background, later ones a colour for each object.
        background = (0, 0, 0) if name == "davis16" else None
        objects = [_by_stem(folder) for folder in _object_folders(folders.masks)]
        every = [[one[frame.stem] for one in objects if frame.stem in one] for frame in frames]
        masks = tuple(found[0] if found else None for found in every)
        further = tuple(tuple(found[1:]) for found in every) if len(objects) > 1 else ()
        clip = BenchmarkClip(folders.name, tuple(frames), masks, background, further)
    if not clip.annotated:
        raise InputError(
            f"{folders.masks}: expected a mask with the name of a frame in {folders.frames} "
            f"(such as {frames[0].stem}.png), found none."
        )
    return clip


def _object_folders(masks: Path) -> list[Path]:
    """The folder of masks itself, or its sub-folders where each object has one."""
    entries = sorted(masks.iterdir())
    if any(is_image(entry) for entry in entries):
        return [masks]
    return [entry for entry in entries if entry.is_dir()] or [masks]


def _by_stem(folder: Path) -> dict[str, Path]:
    masks = {path.stem: path for path in list_images(folder)}
    return {stem.removesuffix("_gt"): path for stem, path in masks.items()} | masks


def _stills(clip: BenchmarkClip) -> list[BenchmarkClip]:
    """Every annotated picture of a folder as a clip of its own: its neighbours have nothing to do with it."""
    return [
        BenchmarkClip(frame.stem, (frame,), (mask,), clip.background)
        for frame, mask in zip(clip.frames, clip.masks, strict=True)
        if mask is not None
    ]
