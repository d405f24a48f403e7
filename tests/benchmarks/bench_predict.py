"""How fast `cagdde predict` goes from a file to maps, stage by stage, and how much memory it takes.

Run it by itself: python tests/benchmarks/bench_predict.py [--model FILE] [--runtime auto|torch|openvino]
[--frame-size 1920x1080]
"""

import argparse
import multiprocessing
import os
import platform
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil

FRAME_SIZE = "854x480"
SHORT, LONG = 100, 600


def make_clip(path: Path, frames: int, size_hw: tuple[int, int]) -> None:
    """An H.264 clip with a textured background that pans and an object that moves on its own."""
    height, width = size_hw
    scale = height / 480  # what is in the picture does not depend on its size
    from core.opencv import cv2
    from core.video import Mp4Writer

    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (60, 120, 3), dtype=np.uint8)
    scene = np.asarray(cv2.resize(coarse, (width * 2, height * 2), interpolation=cv2.INTER_CUBIC), np.uint8)
    scene += random.integers(0, 30, scene.shape, dtype=np.uint8) - scene // 8  # fine texture
    with Mp4Writer(path, 25) as writer:
        for index in range(frames):
            x = round(scale * (300 + 280 * np.sin(index / 60)))
            y = round(scale * (200 + 150 * np.cos(index / 80)))
            frame = np.ascontiguousarray(scene[y : y + height, x : x + width])
            centre = (
                round(width / 2 + scale * 250 * np.sin(index / 25)),
                round(height / 2 + scale * 100 * np.cos(index / 17)),
            )
            axes = (round(scale * 90), round(scale * 60))
            cv2.ellipse(frame, centre, axes, index * 2, 0, 360, (230, 60, 40), -1, cv2.LINE_AA)
            writer.write(frame)


def measure_stages(clip: Path, arguments: argparse.Namespace) -> None:
    """Milliseconds of each stage, one after the other and nothing beside it."""
    from core.inference.frames import FrameSource

    predictor = load(arguments)
    frames = 42
    predictor.warm_up(arguments.frame_hw)
    names = ("decode", "decode and flow", "resize, flow picture", "network")
    wall, cpu = np.zeros((frames, len(names))), np.zeros((frames, len(names)))
    with FrameSource(clip, "white") as plain, FrameSource(clip, "dis") as source:
        for index in range(frames):
            clock = StageClock()
            plain.load(index)
            clock.lap()
            loaded = source.load(index)
            clock.lap()
            prepared = predictor.prepare(index, 0.0, loaded.frame.rgb, loaded.field)
            clock.lap()
            predictor.run([prepared])
            clock.lap()
            wall[index], cpu[index] = clock.wall_ms, clock.cpu_ms
    print(
        f"network {predictor.network_size(arguments.frame_hw)} on {predictor.device_name}, {predictor.precision}"
    )
    print(f"  {'milliseconds a frame':<24}{'median':>10}{'mean of processor time, all cores':>36}")
    for column, name in enumerate(names):
        print(f"  {name:<24}{np.median(wall[2:, column]):>10.1f}{np.mean(cpu[2:, column]):>36.1f}")
    total = float(cpu[2:, 1:].mean(axis=0).sum())
    print(
        f"  processor time of all stages: {total:.1f} ms; two idle cores could do {2000 / total:.1f} frames a second"
    )


class StageClock:
    """Wall and processor time of consecutive stages. Processor time holds on a busy machine, wall time does not."""

    def __init__(self) -> None:
        self.wall_ms: list[float] = []
        self.cpu_ms: list[float] = []
        self._last = time.perf_counter(), time.process_time()

    def lap(self) -> None:
        now = time.perf_counter(), time.process_time()
        self.wall_ms.append(1000 * (now[0] - self._last[0]))
        self.cpu_ms.append(1000 * (now[1] - self._last[1]))
        self._last = now


def load(arguments: argparse.Namespace):
    """The predictor that the options ask for."""
    from core.inference import InferenceSettings, Predictor

    settings = InferenceSettings(runtime=arguments.runtime, size=arguments.size, threads=arguments.threads)
    return Predictor.load(arguments.model, settings)


def measure_whole(clip: Path, arguments: argparse.Namespace, saved: tuple[str, ...]) -> None:
    """Frames a second from file to results, and the peak memory of the process."""
    from core.cli.predict_job import ClipTask, run_task
    from core.exchange.clip_exporter import PRODUCTS, ExportOptions
    from core.inference.batch import predict_frames
    from core.inference.frames import FrameSource

    predictor = load(arguments)
    predictor.warm_up(arguments.frame_hw)
    started, computed = time.perf_counter(), time.process_time()
    if saved:
        options = ExportOptions(frozenset(product for product in PRODUCTS if product in saved))
        task = ClipTask(clip, clip.parent / f"out-{os.getpid()}")
        frames = run_task(predictor, task, options, True, lambda *_: None, print).frames
    else:
        with FrameSource(clip, "white") as source:
            info = source.info
        with closing(predict_frames(predictor, clip, info)) as results:
            frames = sum(1 for _ in results)
    seconds, processor = time.perf_counter() - started, time.process_time() - computed
    peak = peak_bytes() / 2**20
    what = ", ".join(saved) if saved else "nothing written"
    print(f"{frames} frames, {what}: {frames / seconds:.1f} frames a second; peak memory {peak:.0f} MiB")
    print(
        f"  processor time {1000 * processor / frames:.1f} ms a frame; two idle cores: {2 * frames / processor:.1f}"
    )


def peak_bytes() -> int:
    """Largest resident size of this process so far."""
    if platform.system() == "Windows":
        return psutil.Process().memory_info().peak_wset  # pyright: ignore[reportAttributeAccessIssue]
    import resource

    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def describe_machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    load_average = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return f"{model}, {os.cpu_count()} cores, load {load_average:.1f} before the start"


def main() -> None:
    """Each measurement runs in a fresh process, so that its peak memory is its own."""
    from core.resources import default_weights_path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=default_weights_path())
    parser.add_argument("--runtime", default="auto")
    parser.add_argument("--size", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--frame-size", default=FRAME_SIZE, help=f"of the clip; default: {FRAME_SIZE}")
    parser.add_argument("--quick", action="store_true", help="leave the long clip out")
    arguments = parser.parse_args()
    width, height = (int(side) for side in arguments.frame_size.split("x"))
    arguments.frame_hw = height, width
    print(describe_machine())
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as scratch:
        short, long = Path(scratch) / "short.mp4", Path(scratch) / "long.mp4"
        make_clip(short, SHORT, arguments.frame_hw)
        jobs = [
            (measure_stages, (short, arguments)),
            (measure_whole, (short, arguments, ())),
            (measure_whole, (short, arguments, ("maps",))),
            (measure_whole, (short, arguments, ("maps", "masks", "flow", "overlay", "scores", "sheet"))),
        ]
        if not arguments.quick:
            make_clip(long, LONG, arguments.frame_hw)
            jobs.append((measure_whole, (long, arguments, ("maps",))))
        for job, values in jobs:
            process = context.Process(target=job, args=values)
            process.start()
            process.join()


if __name__ == "__main__":
    main()
