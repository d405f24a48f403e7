"""Folders of training material as they lie on disk: stills with masks, clips with masks or a teacher's maps."""

from dataclasses import dataclass
from pathlib import Path

from core.datasets.pictures import list_pictures, read_gray, read_rgb
from core.datasets.sample import Sample
from core.errors import InputError
from core.flow import FlowEstimator, flow_for_frame


@dataclass(frozen=True, slots=True)
class Still:
    """Paths of one image, its mask and, where there is one, the teacher's map."""

    image: Path
    mask: Path
    teacher: Path | None
    origin: str

    def load(self) -> Sample:
        teacher = None if self.teacher is None else read_gray(self.teacher)
        return Sample(read_rgb(self.image), read_gray(self.mask), teacher, None, self.origin)


@dataclass(frozen=True, slots=True)
class FrameFolder:
    """A clip as a folder: frames/ with masks/ (ground truth) or teacher/ (soft maps), equal file names."""

    name: str
    frames: tuple[Path, ...]
    masks: tuple[Path | None, ...]
    teachers: tuple[Path | None, ...]

    def load(self, index: int, estimator: FlowEstimator) -> Sample:
        """Frame `index` with its flow to the next frame."""
        rgb = read_rgb(self.frames[index])
        mask, teacher = self.masks[index], self.teachers[index]
        flow = flow_for_frame(
            estimator, lambda i: rgb if i == index else read_rgb(self.frames[i]), index, len(self.frames)
        )
        return Sample(
            rgb,
            None if mask is None else read_gray(mask),
            None if teacher is None else read_gray(teacher),
            flow,
            f"clip/{self.name}",
        )


def find_stills(folder: Path) -> list[Still]:
    """Stills of folder/images with folder/masks and, if present, folder/teacher. Raises InputError."""
    masks = _by_stem(folder / "masks")
    teachers = _by_stem(folder / "teacher") if (folder / "teacher").is_dir() else {}
    stills = [
        Still(image, masks[image.stem], teachers.get(image.stem), f"still/{folder.name}")
        for image in list_pictures(folder / "images")
        if image.stem in masks
    ]
    if not stills:
        raise InputError(f"{folder}: no image in images/ has a mask of its name in masks/.")
    return stills


def find_clip(folder: Path) -> FrameFolder:
    """A clip folder with frames/ and masks/ or teacher/. Raises InputError."""
    frames = list_pictures(folder / "frames")
    masks = _by_stem(folder / "masks") if (folder / "masks").is_dir() else {}
    teachers = _by_stem(folder / "teacher") if (folder / "teacher").is_dir() else {}
    if not masks and not teachers:
        raise InputError(f"{folder}: expected masks/ or teacher/ beside frames/.")
    return FrameFolder(
        folder.name,
        tuple(frames),
        tuple(masks.get(frame.stem) for frame in frames),
        tuple(teachers.get(frame.stem) for frame in frames),
    )


def _by_stem(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in list_pictures(folder)}
