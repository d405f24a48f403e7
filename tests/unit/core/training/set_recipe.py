"""A small data set of moving squares as it lies on disk, and a recipe over it that trains in seconds."""

from pathlib import Path

import numpy as np

from core.opencv import cv2
from core.resources import default_weights_path

HEIGHT, WIDTH, FRAMES = 48, 64, 4

RECIPE = """
model = "cagdde-lite"
start = "{start}"
seed = 3
save_every = 100
phases = [{{ epochs = 1, side = 64, head_rate = 1e-4 }},
          {{ epochs = 1, side = 64, head_rate = 1e-4, encoder_rate = 1e-4, encoder_decay = 1.0 }}]
[sets]
sources = [{{ name = "clips", folder = "{folder}" }}]
scales = [0.75, 1.0]
[optimizer]
kind = "adam"
schedule = "constant"
batch = 4
warmup = 0
clip_norm = 1.0
ema = 0.0
mixed_precision = false
[selection]
share = 0.34
every = 0
side = 64
"""


def make_clips(folder: Path, names: tuple[str, ...] = ("one", "two", "three")) -> Path:
    """Clips in the layout "clips"; their masks are of one grey, not white."""
    for number, name in enumerate(names):
        rng = np.random.default_rng(number)
        noise = cv2.GaussianBlur(rng.integers(0, 160, (HEIGHT, WIDTH, 3)).astype(np.uint8), (0, 0), 2)
        for kind in ("frames", "masks"):
            (folder / name / kind).mkdir(parents=True)
        for index in range(FRAMES):
            mask = np.zeros((HEIGHT, WIDTH), np.uint8)
            left = 6 + 4 * index + 5 * number
            mask[12:34, left : left + 22] = 200
            picture = noise.copy()
            picture[mask > 0] = picture[mask > 0] // 2 + np.array([30, 60, 120], np.uint8)
            cv2.imwrite(str(folder / name / f"frames/{index:05d}.png"), picture)
            cv2.imwrite(str(folder / name / f"masks/{index:05d}.png"), mask)
    return folder


def write_recipe(path: Path, folder: Path, more: str = "") -> Path:
    text = RECIPE.format(folder=folder.as_posix(), start=default_weights_path().as_posix())
    path.write_text(text + more, encoding="utf-8")
    return path
