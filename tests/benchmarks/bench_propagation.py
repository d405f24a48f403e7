"""How well one true mask survives being propagated: mean J over the following frames, clip by clip.

Run it by itself: python tests/benchmarks/bench_propagation.py FOLDER [--frames 10] [--start 0]
FOLDER holds clips, at any depth, each a folder with `frames` and `masks`.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.masks.propagation import PropagatedMask, PropagationEnd, PropagationSettings, propagate
from core.opencv import cv2
from core.video import open_clip


def read_mask(path: Path) -> np.ndarray:
    """uint8 HxW, 0 or 255."""
    gray = np.asarray(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE))
    return (gray > 127).astype(np.uint8) * np.uint8(255)


def region_similarity(mask: np.ndarray, truth: np.ndarray) -> float:
    """J of two masks; 1 where both are empty."""
    union = int(np.count_nonzero(mask | truth))
    return int(np.count_nonzero(mask & truth)) / union if union else 1.0


def measure(clip: Path, start: int, frames: int, settings: PropagationSettings, verbose: bool):
    """The J of every frame that got a mask, and how the run ended."""
    truth = sorted((clip / "masks").glob("*.png"))
    last = min(start + frames, len(truth) - 1)
    similarities: list[float] = []
    end = PropagationEnd(start, "range done")
    with open_clip(clip / "frames") as reader:
        steps = propagate(
            lambda i: reader.read(i).rgb, start, read_mask(truth[start]), last, settings=settings
        )
        for step in steps:
            if isinstance(step, PropagatedMask):
                similarities.append(region_similarity(step.mask_u8, read_mask(truth[step.index])))
                if verbose:
                    print(
                        f"    {step.index} J {similarities[-1]:.3f} confirmed {step.confirmed:.2f}"
                        f" overlap {step.overlap:.2f}"
                    )
            else:
                end = step
    return similarities, end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frames", type=int, default=10)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--verbose", action="store_true", help="J and trust of every frame")
    arguments = parser.parse_args()
    stopping = PropagationSettings()
    going_on = replace(stopping, least_confirmed=-1.0, least_overlap=-1.0, least_area_px=0)
    print("| clip | mean J, all frames | J of the last | frames before the stop | their mean J | ended by |")
    print("|---|---|---|---|---|---|")
    for masks in sorted(arguments.folder.rglob("masks")):
        clip = masks.parent
        everything, _ = measure(clip, arguments.start, arguments.frames, going_on, arguments.verbose)
        trusted, end = measure(clip, arguments.start, arguments.frames, stopping, False)
        kept = f"{np.mean(trusted):.3f}" if trusted else "-"
        print(
            f"| {clip.name} | {np.mean(everything):.3f} | {everything[-1]:.3f} | {len(trusted)} | {kept} |"
            f" {end.reason} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
