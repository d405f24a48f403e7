"""Published RAFT state dicts with numbers made from their names, and what the original programs computed with them."""

import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from seeded_weights import seeded_state
from torch import Tensor

REFERENCE = Path(__file__).resolve().parents[3] / "fixtures" / "reference"
LAYOUTS = ("princeton_small", "princeton_large", "torchvision_small", "torchvision_large")
UPDATES = 4
STEP = 3
"""The fixture keeps every third pixel of the original fields along each side."""


def published_state(layout: str) -> dict[str, Tensor]:
    return seeded_state(json.loads((REFERENCE / "raft_keys.json").read_text())[layout])


def published_file(folder: Path, layout: str, prefix: str = "") -> Path:
    """A .pth as it is published, `prefix` before every name."""
    path = folder / f"{layout}.pth"
    torch.save({f"{prefix}{name}": value for name, value in published_state(layout).items()}, path)
    return path


def reference() -> dict[str, NDArray[np.generic]]:
    """image1, image2: uint8 128x160x3. LAYOUT_seeded_flow: float32 2x43x54."""
    with np.load(REFERENCE / "raft_parity.npz") as file:
        return dict(file)
