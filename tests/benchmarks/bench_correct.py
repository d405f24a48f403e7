"""How long a stroke takes to show, and how long the window's thread stands still, in the real window.

Run it by itself: python tests/benchmarks/bench_correct.py [--quick]. It needs Linux with Xvfb and libXtst: an X server
of its own, and a mouse in a process of its own. The window is correct_window.py, the mouse hand.py.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from bench_predict import describe_machine

from core.bench.start import display

REPOSITORY = Path(__file__).resolve().parents[2]
SIZES = {"1920x1080": (16.0, 900), "3840x2160": (33.0, 200)}
"""Frame size to the limit of the 95th percentile in ms and the number of frames."""
STALL_MS = 50.0
MOST_STACKS = 15


def make_clip(path: Path, width: int, height: int, frames: int) -> None:
    """An H.264 clip with a textured background that pans and an object that moves on its own."""
    from core.opencv import cv2
    from core.video import Mp4Writer

    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (60, 120, 3), dtype=np.uint8)
    scene = np.asarray(
        cv2.resize(coarse, (width + 256, height + 128), interpolation=cv2.INTER_CUBIC), np.uint8
    )
    with Mp4Writer(path, 25, preset="ultrafast") as writer:
        for index in range(frames):
            x, y = round(128 + 120 * np.sin(index / 60)), round(64 + 60 * np.cos(index / 80))
            frame = np.ascontiguousarray(scene[y : y + height, x : x + width])
            centre = (
                round(width * (0.5 + 0.3 * np.sin(index / 40))),
                round(height * (0.5 + 0.2 * np.cos(index / 30))),
            )
            axes = (width // 9, height // 8)
            cv2.ellipse(frame, centre, axes, index, 0, 360, (230, 60, 40), -1, cv2.LINE_AA)
            writer.write(frame)


def measure(
    kind: str, clip: Path, model: Path, seconds: float, environment: dict[str, str]
) -> dict[str, Any]:
    """Run the window on the clip; what it has measured."""
    with tempfile.TemporaryDirectory() as folder:
        own = {f"XDG_{name}_HOME": f"{folder}/{name.lower()}" for name in ("CONFIG", "CACHE", "DATA")}
        script = Path(__file__).with_name("correct_window.py")
        done = subprocess.run(
            [sys.executable, str(script), kind, str(clip), str(model), str(seconds)],
            cwd=REPOSITORY,
            env=environment | own | {"PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            text=True,
            timeout=seconds + 180,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def tell_latencies(size: str, limit_ms: float, found: dict[str, Any]) -> bool:
    """Print a row for each pane. Returns whether all hold the limit."""
    good = True
    for pane in ("RGB", "saliency"):
        values = {name: np.array(seconds) * 1000 for name, seconds in found[pane].items()}
        if not values["sent"].size:
            print(f"  {size:<11}{pane:<10} no move was seen")
            good = False
            continue
        at_95 = {name: float(np.percentile(each, 95)) for name, each in values.items()}
        good = good and at_95["sent"] <= limit_ms
        print(
            f"  {size:<11}{pane:<10}{values['sent'].size:>6}{np.median(values['sent']):>9.1f}{at_95['sent']:>8.1f}"
            f"{values['sent'].max():>8.1f}{at_95['arrived']:>12.1f}{at_95['screen']:>12.1f}{limit_ms:>8.0f}"
        )
    return good


def tell_gaps(found: dict[str, Any]) -> bool:
    """Print the longest gaps of each phase, and what the window did in the long ones.

    On a busy machine the gaps less the time in which the window's thread waited for a processor tell more. The
    thread's own work says the same on any: threads that hold Python's lock wait for a processor too.
    """
    columns = ("beats", "p99", "longest", "over 40 ms", "less waiting for a processor", "own work")
    print(f"  {'phase, ms':<20}" + "".join(f"{name:>{len(name) + 3}}" for name in columns))
    longest = 0.0
    for phase, moments in found["gaps"].items():
        gaps, busy, waited = (np.array(moments) * 1000).T
        longest = max(longest, float(gaps.max()))
        figures = (gaps.size, np.percentile(gaps, 99), gaps.max(), np.count_nonzero(gaps > 40))
        row = zip(columns, (*figures, (gaps - waited).max(), busy.max()), strict=True)
        print(f"  {phase:<20}" + "".join(f"{value:>{len(name) + 3}.0f}" for name, value in row))
    for (gap, busy, waited), phase, words in sorted(found["stacks"], key=waited_least)[:MOST_STACKS]:
        print(
            f"  {phase}: {gap * 1000:.0f} ms, {busy * 1000:.0f} own work, {waited * 1000:.0f} waiting: {words}"
        )
    print(f"  longest {longest:.1f} ms, limit {STALL_MS:.0f} ms; frames changed: {found['touched']}")
    return longest < STALL_MS


def waited_least(entry: Any) -> float:
    """Orders long gaps: those first that were not the machine's fault."""
    (gap, _, waited), *_ = entry
    return waited - gap


def told_states(found: dict[str, Any]) -> str:
    total = max(sum(found["states"].values()), 1)
    running = found["states"].get("RUNNING", 0) / total
    return f"inference ran in {running:.0%} of the time: {found['predicted']} frames"


def main() -> int:
    """Measure and print. Exit code 1 if a limit does not hold."""
    from core.resources import default_weights_path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=default_weights_path())
    parser.add_argument("--quick", action="store_true", help="6 s of strokes a size, 24 s of everything")
    parser.add_argument("--only", choices=("stroke", "stalls"), help="one of the two measurements")
    parser.add_argument("--size", choices=SIZES, help="strokes at one size alone")
    parser.add_argument("--seconds", type=float, help="of each measurement, in place of 20 and 120")
    parser.add_argument("--clip", type=Path, help="use this clip; its size is called what --size says")
    options = parser.parse_args()
    if shutil.which("Xvfb") is None:
        sys.exit("this benchmark needs Xvfb")
    os.environ.pop("DISPLAY", None)  # an X server of its own: nobody else's windows, a known size
    os.environ.pop("WAYLAND_DISPLAY", None)
    print(describe_machine())
    good = True
    with display() as (_, environment), tempfile.TemporaryDirectory() as scratch:
        clips: dict[str, Path] = {}

        def clip_of(size: str) -> Path:
            if options.clip is not None:
                return options.clip
            if size not in clips:
                clips[size] = Path(scratch) / f"{size}.mp4"
                width, height = (int(side) for side in size.split("x"))
                frames = SIZES[size][1]
                make_clip(clips[size], width, height, frames // 3 if options.quick else frames)
            return clips[size]

        if options.only != "stalls":
            seconds = options.seconds or (6.0 if options.quick else 20.0)
            print("From moving the mouse to the end of the paintEvent that shows it, ms")
            print(
                f"  {'clip':<11}{'pane':<10}{'moves':>6}{'median':>9}{'p95':>8}{'max':>8}{'in window':>12}"
                f"{'to X server':>12}{'limit':>8}"
            )
            for size in [options.size] if options.size else SIZES:
                found = measure("stroke", clip_of(size), options.model, seconds, environment)
                good = tell_latencies(size, SIZES[size][0], found) and good
                print(f"  {told_states(found)}")
        if options.only != "stroke":
            seconds = options.seconds or (24.0 if options.quick else 120.0)
            size = options.size or "1920x1080"
            print(f"Gaps between beats of the window's event loop, {seconds:.0f} s at {size}")
            found = measure("stalls", clip_of(size), options.model, seconds, environment)
            good = tell_gaps(found) and good
            print(f"  {told_states(found)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
