"""Masks as other programs store them, with what tells which frame each is of. Matching to a clip is mask_import.py."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import InputError
from core.exchange.coco_masks import unpacked_mask
from core.exchange.project_formats import MANIFEST
from core.opencv import cv2
from core.types import GrayImage
from core.video.folder import list_images

_LARGEST_LABEL = 32
"""Gray pictures without a brighter pixel hold numbers of objects, not brightness."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundMask:
    """A mask in a file. source: for reports. mask: None where `fault` says why.

    frame: its index by manifest or annotation; None where only the name tells. number: the last one in its name.
    pts_seconds: None where nothing tells.
    """

    source: str
    stem: str
    mask: GrayImage | None
    number: int | None
    frame: int | None = None
    pts_seconds: float | None = None
    fault: str = ""


def find_masks(path: Path, clip_name: str, fingerprint: str) -> Iterator[FoundMask]:
    """The masks in a folder of images or in a COCO file.

    Args:
        clip_name, fingerprint: of a file for several clips only those of this clip are given, the others as faults.

    Raises:
        InputError: the path holds no masks.
    """
    if path.is_dir():
        yield from _from_folder(path)
    else:
        yield from _from_coco(path, clip_name, fingerprint)


def _from_folder(folder: Path) -> Iterator[FoundMask]:
    known = _manifest(folder)
    for path in list_images(folder):
        numbers = re.findall(r"[0-9]+", path.stem)
        frame, pts_seconds = known.get(path.resolve(), (None, None))
        number = int(numbers[-1]) if numbers else None
        try:
            mask, fault = read_mask(path), ""
        except InputError as error:
            mask, fault = None, str(error).replace(f"{path} ", "it ", 1)
        yield FoundMask(path.name, path.stem, mask, number, frame, pts_seconds, fault)


def read_mask(path: Path) -> GrayImage:
    """A mask picture as uint8 HxW, 0 or 255: labels and colours above black are foreground, else 128 and more.

    Raises: InputError.
    """
    try:
        data = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except (OSError, cv2.error) as error:
        raise InputError(f"{path} cannot be read ({error}).") from error
    if picture is None:
        raise InputError(f"{path} is damaged or not an image.")
    values = np.asarray(picture)
    if values.ndim == 3:
        values = values[:, :, :3]
        coloured = bool((values != values[:, :, :1]).any())
        marked = values.any(axis=2) if coloured else values[:, :, 0] >= 128
    elif values.dtype == np.uint16:
        marked = values >= 1 << 15
    else:
        marked = values > 0 if values.max(initial=0) <= _LARGEST_LABEL else values >= 128
    return np.where(marked, np.uint8(255), np.uint8(0))


def _manifest(folder: Path) -> dict[Path, tuple[int, float]]:
    """Index and time of mask files, from the table that exports put at their top."""
    for parent in (folder, *folder.resolve().parents[:3]):
        table = parent / MANIFEST
        if not table.is_file():
            continue
        try:
            with table.open(newline="", encoding="utf-8") as file:
                return {
                    (parent / row["mask"]).resolve(): (int(row["frame"]), float(row["pts_seconds"]))
                    for row in csv.DictReader(file)
                }
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{table} cannot be read ({error}): repair or remove it.") from error
    return {}


def _from_coco(path: Path, clip_name: str, fingerprint: str) -> Iterator[FoundMask]:
    try:
        content: Any = json.loads(path.read_bytes())
        images: list[dict[str, Any]] = content["images"]
        annotations: dict[int, list[dict[str, Any]]] = {}
        for annotation in content["annotations"]:
            annotations.setdefault(annotation["image_id"], []).append(annotation)
        several = len({image.get("clip") for image in images}) > 1
        for image in images:
            own = image.get("fingerprint") == fingerprint or image.get("clip") == clip_name or not several
            yield _coco_mask(image, annotations.get(image["id"], []), own)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is no COCO file: {error}.") from error


def _coco_mask(image: dict[str, Any], annotations: list[dict[str, Any]], own: bool) -> FoundMask:
    name = str(image["file_name"])
    numbers = re.findall(r"[0-9]+", Path(name).stem)
    number = int(numbers[-1]) if numbers else None
    if not own:
        return FoundMask(
            name, Path(name).stem, None, number, fault=f"it is of another clip, {image.get('clip')}"
        )
    size_hw = int(image["height"]), int(image["width"])
    mask = np.zeros(size_hw, np.uint8)
    for annotation in annotations:
        mask |= unpacked_mask(annotation["segmentation"], size_hw)
    return FoundMask(name, Path(name).stem, mask, number, image.get("frame"), image.get("pts_seconds"))
