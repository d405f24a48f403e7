"""Masks in COCO's run-length form, by pycocotools, which is loaded when first needed. No files here."""

import warnings
from typing import Any

import numpy as np

from core.errors import InputError
from core.types import GrayImage, SizeHW


def load_tools() -> Any:
    """pycocotools' module for masks. Raises: InputError when it is missing."""
    try:
        from pycocotools import mask  # pyright: ignore
    except ImportError as error:
        raise InputError(f"COCO needs pycocotools ({error}): pip install pycocotools.") from error
    return mask


def packed_mask(mask: GrayImage) -> dict[str, Any]:
    """What COCO says of a mask: segmentation, area, bbox (left, top, width, height).

    Args:
        mask: uint8 HxW, 0 or 255.
    """
    tools = load_tools()
    with _quiet():
        packed = tools.encode(np.asfortranarray(mask // 255))
        area, box = int(tools.area(packed)), [float(side) for side in tools.toBbox(packed)]
    segmentation = {"size": [int(side) for side in packed["size"]], "counts": packed["counts"].decode()}
    return {"segmentation": segmentation, "area": area, "bbox": box}


def unpacked_mask(segmentation: Any, size_hw: SizeHW) -> GrayImage:
    """A segmentation of any of COCO's forms (polygons, runs, packed runs) as uint8 HxW, 0 or 255.

    Raises: ValueError, KeyError, TypeError for anything else.
    """
    tools = load_tools()
    with _quiet():
        if isinstance(segmentation, list) or isinstance(segmentation["counts"], list):
            segmentation = tools.frPyObjects(segmentation, *size_hw)
        if isinstance(segmentation, list):
            segmentation = tools.merge(segmentation)
        mask = np.asarray(tools.decode(segmentation), np.uint8)
    if mask.shape != size_hw:
        raise ValueError(f"a segmentation of {mask.shape} in an image of {size_hw}")
    return mask * np.uint8(255)


def _quiet() -> "warnings.catch_warnings[None]":
    """pycocotools 2.0.11 still has the array protocol of NumPy 1, about which NumPy 2 warns."""
    return warnings.catch_warnings(action="ignore", category=DeprecationWarning)
