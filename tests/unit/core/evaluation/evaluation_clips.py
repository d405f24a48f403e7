"""Generated clips with ground truth, and folders of maps that are nearly right."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.benchmark import Benchmark, open_benchmark
from core.opencv import cv2

SIZE_HW = (48, 64)


def write_clips(root: Path, names: tuple[str, ...] = ("duck", "swan"), count: int = 5) -> Benchmark:
    """Folders with frames/ and masks/ of a bright square that walks over noise."""
    for number, name in enumerate(names):
        noise = np.random.default_rng(number).integers(0, 120, (*SIZE_HW, 3), dtype=np.uint8)
        for index in range(count):
            truth = square(index, number)
            frame = noise.copy()
            frame[truth > 0] = (40, 180, 250)
            write_picture(root / name / "frames" / f"{index:05d}.png", frame)
            write_picture(root / name / "masks" / f"{index:05d}.png", truth)
    return open_benchmark("clips", root)


def square(index: int, number: int = 0) -> NDArray[np.uint8]:
    """The ground truth of a frame."""
    truth = np.zeros(SIZE_HW, np.uint8)
    left = 6 + 2 * index
    truth[10 + 2 * number : 30 + 2 * number, left : left + 20] = 255
    return truth


def write_maps(folder: Path, data: Benchmark, shift: int = 0, seed: int = 0) -> Path:
    """Maps as soft as a network's, `shift` pixels beside the truth, in FOLDER/CLIP/NAME.png."""
    rng = np.random.default_rng(seed)
    for clip in data.clips:
        for index in clip.annotated:
            truth = clip.read_truth(index)
            assert truth is not None
            soft = cv2.GaussianBlur(np.roll(truth, shift, axis=1), (5, 5), 0).astype(np.float32)
            noisy = np.clip(soft * 0.9 + rng.integers(0, 20, truth.shape), 0, 255).astype(np.uint8)
            write_picture(folder / clip.name / f"{clip.frames[index].stem}.png", noisy)
    return folder


def write_picture(path: Path, picture: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(path.suffix, picture)
    assert done
    path.write_bytes(data.tobytes())
