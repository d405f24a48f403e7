"""Fill the cache of training samples: generated motion from stills and composites, real motion from clips.

Every sample is a function of the recipe's seed and its own number, so that a cache can be made again.
"""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from core.datasets.layers import Layer, inpaint_object, still_layer
from core.datasets.layout import FrameFolder, Still, find_clip, find_stills
from core.datasets.pictures import list_pictures, read_rgb, read_rgba
from core.datasets.sample import Sample, save_sample
from core.datasets.synthetic_motion import MotionSettings, animate_composite, animate_still
from core.flow import DisFlow, DisSettings
from core.opencv import cv2


@dataclass(frozen=True, slots=True)
class StillsSource:
    """A folder of stills and how many moving pairs are made of each; thumbnails are too small to be a scene."""

    folder: str
    pairs: float = 1.0
    thumbnails: bool = False


@dataclass(frozen=True, slots=True)
class DataRecipe:
    """What the training cache is made of. Folders are relative to the data root.

    composites: number of objects pasted into other scenes. crowded: number of moving objects pasted over whole stills,
    whose own objects move with the background. distractors: share of pairs with a second object that
    moves with the background. inpainted_scenes: share of composites whose scene is another still without its object.
    """

    stills: tuple[StillsSource, ...] = ()
    clips: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    cutouts: str | None = None
    backgrounds: str | None = None
    composites: int = 0
    crowded: int = 0
    distractors: float = 0.12
    inpainted_scenes: float = 0.4
    seed: int = 0
    motion: MotionSettings = field(default_factory=MotionSettings)
    flow: DisSettings = field(default_factory=DisSettings)

    def key(self) -> str:
        """Name of the cache folder that belongs to these values."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


CROWDED_FROM = 500_000
"""Numbers of the crowded group, apart so that adding to one group leaves the others' samples as they are."""


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    kind: str
    item: int
    frame: int = 0


GROUPS = ("motion", "composite", "crowded", "clip", "unlabelled")
"""Folders of a cache, and the names of the sampling mix."""


def prepare(recipe: DataRecipe, root: Path, cache_root: Path, workers: int = 1) -> Path:
    """Make what is missing of a recipe's cache.

    Args:
        root: folder that the recipe's paths are relative to.
        cache_root: where caches live; this one gets a folder named by the recipe's key.
        workers: processes.

    Returns:
        The cache folder, with one folder of .npz samples for each of GROUPS.

    Raises:
        InputError: a folder of the recipe is missing or empty.
    """
    folder = cache_root / recipe.key()
    tasks = [task for task in _tasks(recipe, root) if not _path(folder, task).exists()]
    for group in GROUPS:
        (folder / group).mkdir(parents=True, exist_ok=True)
    if workers <= 1:
        for task in tasks:
            _run(recipe, root, folder, task)
        return folder
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(_run, recipe, root, folder, task) for task in tasks]
        for job in jobs:
            job.result()
    return folder


@dataclass(frozen=True, slots=True)
class _Material:
    """The recipe's folders, listed once per process."""

    stills: tuple[Still, ...]
    stills_pairs: tuple[float, ...]
    full_size: tuple[int, ...]
    clips: tuple[FrameFolder, ...]
    unlabelled: tuple[FrameFolder, ...]
    cutouts: tuple[Path, ...]
    backgrounds: tuple[Path, ...]


@cache
def _material(recipe: DataRecipe, root: Path) -> _Material:
    sources = [(source, still) for source in recipe.stills for still in find_stills(root / source.folder)]
    return _Material(
        tuple(still for _, still in sources),
        tuple(source.pairs for source, _ in sources),
        tuple(i for i, (source, _) in enumerate(sources) if not source.thumbnails),
        tuple(find_clip(root / name) for name in recipe.clips),
        tuple(find_clip(root / name) for name in recipe.unlabelled),
        tuple(list_pictures(root / recipe.cutouts)) if recipe.cutouts else (),
        tuple(list_pictures(root / recipe.backgrounds)) if recipe.backgrounds else (),
    )


def _tasks(recipe: DataRecipe, root: Path) -> Iterator[_Task]:
    material = _material(recipe, root)
    rng = np.random.default_rng([recipe.seed, 0])
    number = 0
    for item, pairs in enumerate(material.stills_pairs):
        for _ in range(int(pairs) + (rng.random() < pairs % 1)):
            yield _Task(number, "motion", item)
            number += 1
    for item in range(recipe.composites):
        yield _Task(number, "composite", item)
        number += 1
    for item in range(recipe.crowded):
        yield _Task(CROWDED_FROM + item, "crowded", item)
    for kind, clips in (("clip", material.clips), ("unlabelled", material.unlabelled)):
        for item, clip in enumerate(clips):
            for frame in range(len(clip.frames)):
                if clip.masks[frame] or clip.teachers[frame]:
                    yield _Task(number, kind, item, frame)
                    number += 1


def _path(folder: Path, task: _Task) -> Path:
    return folder / task.kind / f"{task.number:06d}.npz"


def _run(recipe: DataRecipe, root: Path, folder: Path, task: _Task) -> None:
    cv2.setNumThreads(1)
    sample = _make(recipe, _material(recipe, root), task)
    partial = _path(folder, task).with_suffix(".partial.npz")
    save_sample(partial, sample)
    partial.replace(_path(folder, task))


def _make(recipe: DataRecipe, material: _Material, task: _Task) -> Sample:
    rng = np.random.default_rng([recipe.seed, 1, task.number])
    flow = DisFlow(recipe.flow)
    if task.kind == "clip":
        return material.clips[task.item].load(task.frame, flow)
    if task.kind == "unlabelled":
        return material.unlabelled[task.item].load(task.frame, flow)
    distractor = _object(material, rng) if rng.random() < recipe.distractors else None
    if task.kind == "motion":
        return animate_still(material.stills[task.item].load(), flow, rng, recipe.motion, distractor)
    if task.kind == "crowded":
        whole = material.stills[int(rng.choice(np.array(material.full_size)))].load().rgb
        return animate_composite(_object(material, rng), whole, flow, rng, recipe.motion, crowded=True)
    scene = _scene(recipe, material, rng)
    return animate_composite(_object(material, rng), scene, flow, rng, recipe.motion, distractor)


def _object(material: _Material, rng: np.random.Generator) -> Layer:
    """A cut-out, the object of a still or that of a frame of a clip with masks."""
    choice = rng.random()
    if material.cutouts and choice < 0.3:
        rgb, alpha = read_rgba(material.cutouts[rng.integers(len(material.cutouts))])
        return Layer(rgb, (alpha / 255).astype(np.float32))
    if material.clips and choice < 0.45:
        clip = material.clips[rng.integers(len(material.clips))]
        frame = int(rng.integers(len(clip.frames)))
        mask = clip.masks[frame]
        if mask is not None:
            return still_layer(Still(clip.frames[frame], mask, None, clip.name).load())
    return still_layer(material.stills[rng.integers(len(material.stills))].load())


def _scene(recipe: DataRecipe, material: _Material, rng: np.random.Generator) -> np.ndarray:
    if material.backgrounds and rng.random() >= recipe.inpainted_scenes:
        return read_rgb(material.backgrounds[rng.integers(len(material.backgrounds))])
    still = material.stills[rng.integers(len(material.stills))].load()
    assert still.ground_truth is not None
    return inpaint_object(still.rgb, still.ground_truth)
