"""The report of a finetuning as one HTML file: reads report.json and the pictures. What it looks like: report_page."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.datasets.pictures import encode, read_gray, read_rgb
from core.errors import OutputError
from core.exchange.overlay import tinted
from core.finetune.outcome import FrameOutcome, read_report
from core.finetune.report_page import Wipe, page
from core.opencv import cv2
from core.types import GrayImage, RgbImage

PAGE_NAME = "report.html"
MOST_WIPES = 24
"""Frames whose pictures are in the page; the worst ones."""

_JPEG_QUALITY = 82
_OUTLINE_LIGHT, _OUTLINE_DARK = (255, 255, 255), (20, 20, 20)


@dataclass(frozen=True, slots=True, eq=False)
class WipePictures:
    """The same frame with the old and with the new model's mask, uint8 HxWx3, the accepted mask as an outline."""

    before: RgbImage
    after: RgbImage


def write_page(folder: Path) -> Path:
    """Write the page of a job that has finished into its folder, whole or not at all.

    Raises: InputError: the report or a picture is missing or damaged. OutputError: the page cannot be written.
    """
    report = read_report(folder)
    shown = report.frames[:MOST_WIPES] if report.result.chosen_a else ()
    content = page(report, _wipes(folder, shown)).encode()
    target = folder / PAGE_NAME
    partial = folder / f".{PAGE_NAME}.partial"
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror}); free some space.") from error
    return target


def wipe_pictures(folder: Path, frame: FrameOutcome) -> WipePictures:
    """The pictures of one frame of the report. Raises: InputError where a file of it is missing or damaged."""
    rgb = read_rgb(folder / frame.rgb)
    truth = _scaled(read_gray(folder / frame.truth), rgb)
    maps = (_scaled(read_gray(folder / name), rgb) for name in (frame.before, frame.after))
    before, after = (_outlined(tinted(rgb, _mask(saliency)), _mask(truth)) for saliency in maps)
    return WipePictures(before, after)


def _wipes(folder: Path, frames: Sequence[FrameOutcome]) -> list[Wipe]:
    wipes: list[Wipe] = []
    for frame in frames:
        pictures = wipe_pictures(folder, frame)
        wipes.append(Wipe(frame, pictures.before.shape[:2], _uri(pictures.before), _uri(pictures.after)))
    return wipes


def _scaled(picture: GrayImage, like: RgbImage) -> GrayImage:
    height, width = like.shape[:2]
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _mask(saliency: GrayImage) -> GrayImage:
    return np.where(saliency >= 128, np.uint8(255), np.uint8(0))


def _outlined(rgb: RgbImage, truth: GrayImage) -> RgbImage:
    """Light on dark, so that it is seen on any picture."""
    contours, _ = cv2.findContours(truth, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    picture = rgb.copy()
    cv2.drawContours(picture, contours, -1, _OUTLINE_DARK, 2, cv2.LINE_AA)
    cv2.drawContours(picture, contours, -1, _OUTLINE_LIGHT, 1, cv2.LINE_AA)
    return picture


def _uri(rgb: RgbImage) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(encode(rgb, ".jpg", _JPEG_QUALITY).tobytes()).decode()
