"""How long the program stands still, and how soon the first map comes, when a clip of a new frame shape is opened.

A thread asks to be woken every 5 ms, as the window's thread would, while live inference loads the model in another
one. Each line is a fresh process; the first has nothing stored, the second finds the conversion, the third also what
was measured of the runtimes.

Linux. Run it by itself: python tests/benchmarks/bench_live_start.py [--model FILE] [--code FOLDER]
"""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

BEAT_SECONDS = 0.005
FRAMES = 24
SHAPES = ((240, 427), (240, 427), (240, 427), (288, 352))


class Beats:
    """Gaps between the moments at which a thread that sleeps 5 ms was woken."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self.computed: list[float] = []
        self.waited: list[float] = []
        self.other = 0
        """The thread that loads, by the system's number; 0 before it runs."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat)

    def __enter__(self) -> "Beats":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        own = threading.get_native_id()
        while not self._ended.is_set():
            time.sleep(BEAT_SECONDS)
            self.moments.append(time.perf_counter())
            self.computed.append(_account(self.other)[0])
            self.waited.append(_account(own)[1])

    def longest(self, idle_machine: bool) -> str:
        """The five longest gaps in milliseconds, each with the second at which it began.

        Args:
            idle_machine: leave out the time in which this thread waited for a processor, and count no more than the
                loading thread computed: what is left is what a gap comes to where nobody else wants the processors.
        """
        gaps: list[tuple[float, float]] = []
        for index in range(1, len(self.moments)):
            gap = self.moments[index] - self.moments[index - 1]
            if idle_machine:
                gap -= self.waited[index] - self.waited[index - 1]
                gap = min(gap, self.computed[index] - self.computed[index - 1])
            gaps.append((1000 * gap, self.moments[index - 1] - self.moments[0]))
        return ", ".join(f"{gap:.0f} (at {at:.1f} s)" for gap, at in sorted(gaps, reverse=True)[:5])


def _account(thread: int) -> tuple[float, float]:
    """Seconds for which a thread of this process has computed, and waited for a processor."""
    try:
        computed, waited, _ = Path(f"/proc/self/task/{thread}/schedstat").read_text().split()
    except OSError:
        return 0.0, 0.0
    return int(computed) / 1e9, int(waited) / 1e9


def watch(clip: Path, model: Path, cache: Path) -> None:
    """Predict a clip live and tell what was felt."""
    from app.session.preload import preload_runtimes

    sys.setswitchinterval(0.0005)  # as the window sets it
    gc.disable()  # the window collects garbage by itself: docs/adr/0007
    first: list[float] = []
    devices: list[str] = []

    def run() -> None:
        beats.other = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)  # as the window's worker steps back
        preload_runtimes()
        from core.inference import LiveInference

        live = LiveInference(clip, model, cache_folder=cache)

        def took(_: object) -> None:
            first.append(time.perf_counter())

        def progressed(progress: object) -> None:
            device, done = progress.device, progress.done  # pyright: ignore[reportAttributeAccessIssue]
            if not devices or devices[-1] != device:
                devices.append(device)
            if done >= FRAMES and (len(devices) > 1 or "openvino" in device or time.perf_counter() > limit):
                live.stop()
            elif done >= FRAMES:
                live.focus(0)

        live.run(took, progressed)
        for notice in live.notices:
            print(notice)

    begun = time.perf_counter()
    limit = begun + 60
    with Beats() as beats:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    seconds = time.perf_counter() - begun
    print(f"  first map after {first[0] - begun:.2f} s, {seconds:.1f} s in all, on {', then '.join(devices)}")
    print(f"  longest gaps, ms: {beats.longest(False)}")
    print(f"  without waiting for a processor: {beats.longest(True)}", flush=True)


def make_clip(path: Path, size_hw: tuple[int, int]) -> None:
    """Frames of noise that moves."""
    import numpy as np

    from core.video import Mp4Writer

    scene = np.random.default_rng(0).integers(0, 256, (size_hw[0], size_hw[1] + 2 * 600, 3), dtype=np.uint8)
    with Mp4Writer(path, 25) as writer:
        for index in range(600):
            writer.write(np.ascontiguousarray(scene[:, 2 * index : 2 * index + size_hw[1]]))


def main() -> None:
    """Each start runs in a fresh process that shares the caches of the one before."""
    from core.resources import default_weights_path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=default_weights_path())
    parser.add_argument(
        "--code", type=Path, default=Path(__file__).resolve().parents[2], help="measure this one"
    )
    parser.add_argument("--watch", type=Path, nargs=2, metavar=("CLIP", "CACHE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.watch:
        watch(arguments.watch[0], arguments.model, arguments.watch[1])
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder), "PYTHONPATH": str(arguments.code)}
        for number, size_hw in enumerate(SHAPES):
            clip = folder / f"{size_hw[1]}x{size_hw[0]}.mp4"
            if not clip.exists():
                make_clip(clip, size_hw)
            print(f"start {number + 1}, frames of {size_hw[1]}x{size_hw[0]}", flush=True)
            command = [sys.executable, "-P", __file__, "--model", str(arguments.model)]
            command += ["--watch", str(clip), str(folder / f"predictions {number}")]
            subprocess.run(command, env=environment, check=True, cwd=scratch)


if __name__ == "__main__":
    main()
