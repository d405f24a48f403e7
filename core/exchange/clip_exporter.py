"""Turns one clip's predictions into the files of its folder, frame by frame. Threads live in background.py."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from core.exchange.overlay import tinted
from core.exchange.scores import ScoreTable
from core.exchange.sheet import SheetRow, draw_sheet, sampled_frames, thumb_size
from core.flow import flow_picture, white_picture
from core.masks.layer import full_saliency, salient_mask
from core.opencv import cv2
from core.types import FlowField, Frame, Prediction, RgbImage, SizeHW
from core.video import ClipInfo, Mp4Writer
from core.video.atomic import output_error
from core.video.png_writer import encode_png

Product = Literal["maps", "masks", "flow", "overlay", "scores", "sheet"]
PRODUCTS: tuple[Product, ...] = get_args(Product)
_FOLDERS = ("maps", "masks", "flow")
RESULT_NAMES = frozenset({*_FOLDERS, "overlay.mp4", "scores.csv", "sheet.png"})
"""All that a clip's folder of results may hold."""
_PNG_COMPRESSION = 1
"""Low: writing must not hold the network up."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to write.

    products: any of PRODUCTS. threshold: 0 to 1, for masks, overlay and sheet. subtitle: a line on the sheet.
    """

    products: frozenset[Product]
    threshold: float = 0.5
    subtitle: str = ""


class ClipExporter:
    """Context manager; frames come in order. Used by one thread.

    Args:
        folder: exists and is empty.
    """

    def __init__(self, folder: Path, name: str, info: ClipInfo, options: ExportOptions) -> None:
        self._folder, self._name, self._info, self._options = folder, name, info, options
        self._digits = max(5, len(str(info.frame_count - 1)))
        self._sampled = (
            frozenset(sampled_frames(info.frame_count)) if self._wants("sheet") else frozenset[int]()
        )
        self._rows: list[SheetRow] = []
        self._stack = ExitStack()
        self._table: ScoreTable | None = None
        self._overlay: Mp4Writer | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:  # closes what is open already if a later one fails
            for name in _FOLDERS:
                if self._wants(name):
                    (self._folder / name).mkdir()
            if self._wants("scores"):
                self._table = stack.enter_context(ScoreTable(self._folder / "scores.csv"))
            if self._wants("overlay"):
                writer = Mp4Writer(self._folder / "overlay.mp4", self._info.frames_per_second)
                self._overlay = stack.enter_context(writer)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        if kind is None and self._rows:
            title = f"{self._name}  ·  {self._info.size_hw[1]}x{self._info.size_hw[0]}"
            _write_png(self._folder / "sheet.png", draw_sheet(title, self._options.subtitle, self._rows))

    def add(self, frame: Frame, field: FlowField | None, prediction: Prediction) -> None:
        """Write everything of one frame.

        Raises:
            OutputError, OSError: the disk refuses.
        """
        size_hw = self._info.size_hw
        saliency = full_saliency(prediction.saliency_u8, size_hw)
        mask = salient_mask(saliency, self._options.threshold)
        if self._wants("maps"):
            self._write("maps", frame.index, saliency)
        if self._wants("masks"):
            self._write("masks", frame.index, mask)
        if self._wants("flow"):
            self._write("flow", frame.index, _flow_at(field, size_hw))
        if self._table is not None:
            self._table.add(prediction)
        sampled = frame.index in self._sampled
        if self._overlay is not None or sampled:
            overlay = tinted(frame.rgb, mask)
            if self._overlay is not None:
                self._overlay.write(overlay)
            if sampled:
                self._rows.append(_sheet_row(frame, prediction, saliency, overlay))

    def _wants(self, product: Product) -> bool:
        return product in self._options.products

    def _write(self, kind: str, index: int, picture: NDArray[np.uint8]) -> None:
        _write_png(self._folder / kind / f"{index:0{self._digits}d}.png", picture)


def _write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """Without a sibling: the folder itself appears only when it is complete."""
    try:
        path.write_bytes(encode_png(picture, _PNG_COMPRESSION))
    except OSError as error:
        raise output_error(path, error) from error


def _flow_at(field: FlowField | None, size_hw: SizeHW) -> RgbImage:
    return white_picture(size_hw) if field is None else flow_picture(field, size_hw)


def _sheet_row(
    frame: Frame, prediction: Prediction, saliency: NDArray[np.uint8], overlay: RgbImage
) -> SheetRow:
    gray = np.asarray(cv2.cvtColor(saliency, cv2.COLOR_GRAY2RGB), np.uint8)
    full = (frame.rgb, prediction.flow_picture, gray, overlay)
    height, width = thumb_size((frame.rgb.shape[0], frame.rgb.shape[1]))
    small = tuple(
        np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        for picture in full
    )
    return SheetRow(frame.index, frame.pts_seconds, (small[0], small[1], small[2], small[3]))
