"""Forms in which a project's frames leave it: DAVIS tree, image/ground-truth pairs, COCO, overlay video, CSV.

One writer a form, each for all clips of an export. Which frames, and where they come from, is project_export.py.
"""

import csv
import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from core.errors import OutputError
from core.exchange.coco_masks import load_tools, packed_mask
from core.exchange.overlay import tinted
from core.exchange.project_frames import ExportFrame
from core.exchange.scores import SCORE_COLUMNS, score_cells
from core.opencv import cv2
from core.project import ClipRecord
from core.types import RgbImage
from core.video import Mp4Writer
from core.video.atomic import AtomicFile, make_folder, output_error
from core.video.png_writer import write_png

ExportFormat = Literal["davis", "pairs", "coco", "video", "csv"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)

MANIFEST = "frames.csv"
_COCO = "annotations.json"
TOP_NAMES = frozenset({MANIFEST, _COCO, "images", "JPEGImages", "Annotations", "ImageSets"})
"""What lies at the top of an export, beside files and folders named after its clips."""
_JPEG_QUALITY = 95


class FormatWriter(ABC):
    """Writes frames into a folder that is empty at first. Clips come one after the other, frames in order."""

    needs_pictures = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.video: Mp4Writer | None = None
        """One that is not complete."""

    @abstractmethod
    def add(self, name: str, clip: ClipRecord, frame: ExportFrame, rgb: RgbImage | None) -> None:
        """Write one frame. name: of the clip in this export. rgb: None where needs_pictures is False."""

    @abstractmethod
    def finish(self) -> None:
        """All frames were added."""

    def close(self) -> None:
        """Release what is open, after finish or a failure."""
        if self.video is not None:
            self.video.discard()
            self.video = None


class MaskTree(FormatWriter):
    """Pictures and masks in folders, with a manifest of index and time of each."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._rows: list[tuple[object, ...]] = []

    @abstractmethod
    def places(self, name: str, clip: ClipRecord, file: str) -> tuple[str, str]:
        """Paths of picture and mask without their endings, from the folder."""

    def add(self, name: str, clip: ClipRecord, frame: ExportFrame, rgb: RgbImage | None) -> None:
        picture, mask = self.places(name, clip, f"{frame.index:05d}")
        picture, mask = f"{picture}.jpg", f"{mask}.png"
        make_folder((self.folder / picture).parent)
        make_folder((self.folder / mask).parent)
        assert rgb is not None
        write_jpeg(self.folder / picture, rgb)
        write_png(self.folder / mask, frame.mask)
        facts = (name, clip.fingerprint, frame.index, repr(frame.pts_seconds), frame.state.value)
        self._rows.append((*facts, picture, mask))

    def finish(self) -> None:
        header = ("clip", "fingerprint", "frame", "pts_seconds", "state", "image", "mask")
        write_table(self.folder / MANIFEST, [header, *self._rows])


class PairsWriter(MaskTree):
    """CLIP/Imgs/00000.jpg with CLIP/ground-truth/00000.png, as sets of video salient objects store them."""

    def places(self, name: str, clip: ClipRecord, file: str) -> tuple[str, str]:
        return f"{name}/Imgs/{file}", f"{name}/ground-truth/{file}"


class DavisWriter(MaskTree):
    """JPEGImages, Annotations and ImageSets, as DAVIS has them."""

    def places(self, name: str, clip: ClipRecord, file: str) -> tuple[str, str]:
        size = _davis_size(clip)
        return f"JPEGImages/{size}/{name}/{file}", f"Annotations/{size}/{name}/{file}"

    def finish(self) -> None:
        super().finish()
        lists: dict[str, list[str]] = {}
        for row in self._rows:
            size = str(row[5]).split("/")[1]
            lists.setdefault(f"ImageSets/{size}/all.txt", []).append(f"/{row[5]} /{row[6]}")
        lists["ImageSets/2017/all.txt"] = list(dict.fromkeys(str(row[0]) for row in self._rows))
        for path, lines in lists.items():
            make_folder((self.folder / path).parent)
            with AtomicFile(self.folder / path) as file:
                file.write("".join(f"{line}\n" for line in lines).encode())


class CocoWriter(FormatWriter):
    """annotations.json with run-length masks, beside images/CLIP/00000.jpg."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def add(self, name: str, clip: ClipRecord, frame: ExportFrame, rgb: RgbImage | None) -> None:
        number = len(self._images) + 1
        path = f"images/{name}/{frame.index:05d}.jpg"
        make_folder((self.folder / path).parent)
        assert rgb is not None
        write_jpeg(self.folder / path, rgb)
        height, width = clip.size_hw
        image: dict[str, Any] = {
            "id": number,
            "file_name": path,
            "width": width,
            "height": height,
            "clip": name,
        }
        image |= {"fingerprint": clip.fingerprint, "frame": frame.index, "pts_seconds": frame.pts_seconds}
        self._images.append(image | {"state": frame.state.value})
        if frame.mask.any():  # a frame without an object has no annotation
            self._annotations.append(_annotation(number, frame))

    def finish(self) -> None:
        content = {
            "images": self._images,
            "annotations": self._annotations,
            "categories": [{"id": 1, "name": "salient object", "supercategory": "object"}],
        }
        with AtomicFile(self.folder / _COCO) as file:
            file.write(json.dumps(content).encode())


class VideoWriter(FormatWriter):
    """CLIP.mp4: each frame with its mask tinted and outlined."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._name = ""

    def add(self, name: str, clip: ClipRecord, frame: ExportFrame, rgb: RgbImage | None) -> None:
        if self.video is None or name != self._name:
            self.finish()
            self.video = Mp4Writer(self.folder / f"{name}.mp4", clip.frames_per_second)
            self._name = name
        assert rgb is not None
        self.video.write(tinted(rgb, frame.mask))

    def finish(self) -> None:
        if self.video is not None:
            self.video.finish()
            self.video = None


class CsvWriter(FormatWriter):
    """frames.csv: index, time, state, threshold and share of the mask, and what the model says where it was run."""

    needs_pictures = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        names = ("clip", "frame", "pts_seconds", "state", "threshold", "mask_share", *SCORE_COLUMNS)
        self._rows: list[tuple[object, ...]] = [names]

    def add(self, name: str, clip: ClipRecord, frame: ExportFrame, rgb: RgbImage | None) -> None:
        scores = [""] * len(SCORE_COLUMNS) if frame.prediction is None else score_cells(frame.prediction)
        share = f"{np.count_nonzero(frame.mask) / frame.mask.size:.6f}"
        time = f"{frame.pts_seconds:.6f}"
        self._rows.append((name, frame.index, time, frame.state.value, frame.threshold, share, *scores))

    def finish(self) -> None:
        write_table(self.folder / MANIFEST, self._rows)


def make_writer(form: ExportFormat, folder: Path) -> FormatWriter:
    """The writer of a form. Raises: InputError when what it needs is not installed."""
    if form == "coco":
        load_tools()
    writers: dict[ExportFormat, type[FormatWriter]] = {
        "davis": DavisWriter,
        "pairs": PairsWriter,
        "coco": CocoWriter,
        "video": VideoWriter,
        "csv": CsvWriter,
    }
    return writers[form](folder)


def write_jpeg(path: Path, rgb: RgbImage) -> None:
    """Write one JPEG file of high quality, whole or not at all. Raises: OutputError."""
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise OutputError(f"{path} cannot be encoded as JPEG: an image of shape {rgb.shape} was given.")
    with AtomicFile(path) as file:
        file.write(data.tobytes())


def write_table(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write a CSV file whole. Raises: OutputError."""
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    except OSError as error:
        raise output_error(path, error) from error


def _annotation(number: int, frame: ExportFrame) -> dict[str, Any]:
    return {"id": number, "image_id": number, "category_id": 1, "iscrowd": 0} | packed_mask(frame.mask)


def _davis_size(clip: ClipRecord) -> str:
    return "480p" if clip.size_hw[0] == 480 else "Full-Resolution"
