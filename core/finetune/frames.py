"""Frames that are measured: exactly what the network is given of them, and their ground truth. No network here."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.pictures import decode, encode
from core.errors import InputError
from core.types import FlowField, GrayImage, RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """The frame before a measured one, for the flicker between both.

    rgb, flow: uint8 hxwx3 at network size. forward: flow from it to the measured frame. backward: the other way.
    """

    rgb: RgbImage
    flow: RgbImage
    forward: FlowField
    backward: FlowField


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationFrame:
    """A frame with its ground truth.

    clip: name. rgb, flow: uint8 hxwx3 at network size, frame and flow picture. truth: uint8 HxW of the clip's size.
    """

    clip: str
    index: int
    rgb: RgbImage
    flow: RgbImage
    truth: GrayImage
    before: Before | None = None


def save_frame(path: Path, frame: EvaluationFrame) -> None:
    """Write a frame as one .npz, without loss (the flow of `before` as float16)."""
    arrays: dict[str, NDArray[np.generic]] = {
        "clip": np.array(frame.clip),
        "index": np.array(frame.index),
        "rgb": encode(frame.rgb, ".png"),
        "flow": encode(frame.flow, ".png"),
        "truth": encode(frame.truth, ".png"),
    }
    if frame.before is not None:
        arrays["before_rgb"] = encode(frame.before.rgb, ".png")
        arrays["before_flow"] = encode(frame.before.flow, ".png")
        arrays["forward"] = frame.before.forward.uv.astype(np.float16)
        arrays["backward"] = frame.before.backward.uv.astype(np.float16)
    np.savez(path, **arrays)  # pyright: ignore[reportArgumentType]  numpy types the keywords as its own options


def load_frame(path: Path) -> EvaluationFrame:
    """Read what `save_frame` wrote. Raises: InputError."""
    try:
        with np.load(path) as file:
            before = None
            if "before_rgb" in file:
                fields = [FlowField(file[name].astype(np.float32)) for name in ("forward", "backward")]
                before = Before(decode(file["before_rgb"]), decode(file["before_flow"]), *fields)
            pictures = [decode(file[name]) for name in ("rgb", "flow", "truth")]
            return EvaluationFrame(str(file["clip"]), int(file["index"]), *pictures, before=before)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: the job's sample cannot be read ({error}); make the job again.") from error
