"""Where each data set of the field keeps frames and masks, as path patterns. No pictures are listed here."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.video.folder import is_image

TITLES = {
    "davis16": "DAVIS 2016",
    "segv2": "SegTrackV2",
    "fbms": "FBMS",
    "davsod": "DAVSOD",
    "visal": "ViSal",
    "duts": "DUTS",
    "pairs": "Image and mask folders",
    "clips": "Clips",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths below the data set's folder; {clip} stands for a clip's name, without it the pictures are stills.

    listed: a text file with the names of the clips that belong to the split; None means every folder there is.
    """

    frames: str
    masks: str
    listed: str | None = None


@dataclass(frozen=True, slots=True)
class ClipFolders:
    """One clip's folders."""

    name: str
    frames: Path
    masks: Path


def _davis(split: str) -> tuple[Layout, ...]:
    folders = "JPEGImages/480p/{clip}", "Annotations/480p/{clip}"
    return tuple(Layout(*folders, f"ImageSets/{year}/{split}.txt") for year in ("480p", "2016"))


def _davsod(*folders: str) -> tuple[Layout, ...]:
    whole = tuple(Layout(f"{one}/{{clip}}/Imgs", f"{one}/{{clip}}/GT_object_level") for one in folders)
    return (*whole, Layout("{clip}/Imgs", "{clip}/GT_object_level", f"{folders[0]}.txt"))


def _fbms(folder: str) -> tuple[Layout, ...]:
    return (
        Layout(f"{folder}/{{clip}}", f"{folder}/{{clip}}/GroundTruth"),
        Layout(f"{folder}/{{clip}}", f"{folder}/{{clip}}/GT"),
        Layout(f"{folder}/{{clip}}/Imgs", f"{folder}/{{clip}}/ground-truth"),
    )


_BY_CLIP = tuple(
    Layout("{clip}/Imgs", f"{{clip}}/{masks}") for masks in ("ground-truth", "GT", "GT_object_level")
)
"""As the collection of the DAVSOD benchmark repacks other data sets."""

_LAYOUTS: dict[str, dict[str, tuple[Layout, ...]]] = {
    "davis16": {split: _davis(split) for split in ("val", "train", "trainval")},
    "segv2": {"": (Layout("JPEGImages/{clip}", "GroundTruth/{clip}"), *_BY_CLIP)},
    "fbms": {"test": (*_fbms("Testset"), *_BY_CLIP), "train": _fbms("Trainingset")},
    "davsod": {
        "easy-35": _davsod("Easy-35"),
        "normal-25": _davsod("Normal-25"),
        "difficult-20": _davsod("Difficult-20"),
        "train": _davsod("DAVSOD-TrainingSet", "TrainingSet", "Training Set", "train"),
        "val": _davsod("DAVSOD-ValidationSet", "ValidationSet", "Validation Set", "val"),
    },
    "visal": {
        "": (
            *_BY_CLIP,
            Layout("ViSal_test/{clip}", "GT/{clip}"),
            Layout("Image/{clip}", "GroundTruth/{clip}"),
            Layout("JPEGImages/{clip}", "GroundTruth/{clip}"),
            Layout("{clip}", "{clip}/GroundTruth"),
        )
    },
    "duts": {
        "test": (Layout("DUTS-TE/DUTS-TE-Image", "DUTS-TE/DUTS-TE-Mask"),),
        "train": (Layout("DUTS-TR/DUTS-TR-Image", "DUTS-TR/DUTS-TR-Mask"),),
    },
    "pairs": {"": (Layout("images", "masks"), Layout("Imgs", "GT"), Layout("Image", "Mask"))},
    "clips": {"": (Layout("{clip}/frames", "{clip}/masks"),)},
}


def splits(name: str) -> tuple[str, ...]:
    """The parts of a data set, the one that is reported first; one empty name where it has none."""
    return tuple(_LAYOUTS[name])


def find_folders(name: str, split: str, root: Path) -> list[ClipFolders]:
    """The folders of every clip, by name, at least one.

    Args:
        root: what the data set was unpacked into; its split's own folder, or one clip of "clips", will do too.

    Raises:
        InputError: no known layout is there, or a clip lacks its frames or masks; the path is named.
    """
    if not root.is_dir():
        raise InputError(
            f"{root}: there is no such folder; give the one that {TITLES[name]} was unpacked into."
        )
    if name == "clips" and (root / "frames").is_dir():
        return [_checked(ClipFolders(root.resolve().name, root / "frames", root / "masks"))]
    place = root.resolve()
    for layout in _LAYOUTS[name][split]:
        base = place.parent if layout.frames.startswith(f"{place.name}/") else root
        found = _clips(layout, base)
        if found:
            return [_checked(folders) for folders in found]
    raise InputError(_refusal(name, split, root))


def _clips(layout: Layout, base: Path) -> list[ClipFolders]:
    """The clips of a layout; none where it is not this one."""
    if "{clip}" not in layout.frames:
        stills = ClipFolders(base.name, base / layout.frames, base / layout.masks)
        return [stills] if stills.frames.is_dir() else []
    clips = [
        ClipFolders(clip, base / layout.frames.format(clip=clip), base / layout.masks.format(clip=clip))
        for clip in _names(layout, base)
    ]
    if layout.listed is not None:
        return clips
    if not any(clip.frames.is_dir() and clip.masks.is_dir() for clip in clips):
        return []
    # Folders beside the clips may hold anything; one with frames and no masks is a clip that lacks them.
    return [clip for clip in clips if clip.masks.is_dir() or _holds_images(clip.frames)]


def _holds_images(folder: Path) -> bool:
    return folder.is_dir() and any(is_image(entry) for entry in folder.iterdir())


def _names(layout: Layout, base: Path) -> list[str]:
    if layout.listed is not None:
        return _listed(base / layout.listed)
    parent = base / layout.frames.partition("{clip}")[0]
    return sorted(entry.name for entry in parent.iterdir() if entry.is_dir()) if parent.is_dir() else []


def _listed(path: Path) -> list[str]:
    """Clip names of a list of frames (/JPEGImages/480p/bear/00000.jpg ...) or of clips, in its order."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a list of clips ({error}).") from error
    first = [line.split()[0] for line in lines if line.strip()]
    return list(dict.fromkeys(Path(name).parent.name if "/" in name else name for name in first))


def _checked(folders: ClipFolders) -> ClipFolders:
    for folder in (folders.frames, folders.masks):
        if not folder.is_dir():
            raise InputError(f"Clip {folders.name}: expected the folder {folder}, which is not there.")
    return folders


def _refusal(name: str, split: str, root: Path) -> str:
    expected = [
        f"{root / layout.frames.format(clip='CLIP')} with {root / layout.masks.format(clip='CLIP')}"
        + (f" and the list {root / layout.listed}" if layout.listed else "")
        for layout in _LAYOUTS[name][split]
    ]
    part = f", {split}" if split else ""
    return (
        f"{root}: is not laid out as {TITLES[name]}{part} is distributed; expected {'; or '.join(expected)}."
    )
