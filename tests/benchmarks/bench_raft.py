"""How much faster our RAFT walks through a clip than the plain loop over pairs, with the same weights and result.

Run it by itself: python tests/benchmarks/bench_raft.py [--weights FILE ...] [--clip CLIP] [--rounds 5]
Both compute the same pairs in turns, in one process; the figure is the median of the ratios of neighbouring turns.
Without weights both networks are measured with numbers from a generator, which take as long as trained ones. On a busy
machine add --threads 1 --processor-time. --settling CLIP ... shows instead how far fewer updates are from 32.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from plain_raft import PlainRaft

from core.flow.raft import RaftSettings
from core.flow.raft.estimator import RaftFlow
from core.network import read_state_dict
from core.opencv import cv2
from core.resources import sample_clip_path
from core.video import open_clip

SIZE_WH = (854, 480)


def frames_of(clip: Path, count: int) -> list[NDArray[np.uint8]]:
    """The first frames of a clip at the size that is measured."""
    with open_clip(clip) as reader:
        return [
            np.asarray(cv2.resize(reader.read(index).rgb, SIZE_WH, interpolation=cv2.INTER_AREA), np.uint8)
            for index in range(min(count, len(reader)))
        ]


def plain_flow(network: PlainRaft, rgb_a: NDArray[np.uint8], rgb_b: NDArray[np.uint8], iterations: int):
    """uv HxWx2, the frames padded as the published code pads them."""
    height, width = rgb_a.shape[:2]
    rows, columns = -height % 8, -width % 8
    margins = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
    pictures = [
        F.pad(torch.from_numpy(rgb).permute(2, 0, 1)[None].float(), margins, mode="replicate")
        for rgb in (rgb_a, rgb_b)
    ]
    flow = network(pictures[0], pictures[1], iterations)[0].permute(1, 2, 0).numpy()
    return flow[margins[2] : margins[2] + height, margins[0] : margins[0] + width]


def seconds(clock: Callable[[], float], work, *arguments) -> tuple[float, NDArray[np.float32]]:
    started = clock()
    result = work(*arguments)
    return clock() - started, result


def measure(
    weights: Path,
    frames: list[NDArray[np.uint8]],
    iterations: int,
    rounds: int,
    clock: Callable[[], float],
) -> None:
    state = read_state_dict(weights)
    small = not any("mask" in name for name in state)
    plain = PlainRaft(small)
    plain.load(state)
    ours = RaftFlow(weights, RaftSettings(long_side=max(SIZE_WH), iterations=iterations))
    ours(frames[0], frames[1])  # from the second pair on a frame is known: a walk, not its first step
    plain_seconds, our_seconds, apart = [], [], 0.0
    for number in range(1, rounds + 1):
        a, b = frames[number % (len(frames) - 1)], frames[number % (len(frames) - 1) + 1]
        if number % (len(frames) - 1) == 0:
            ours(frames[0], a)
        taken, mine = seconds(clock, lambda a=a, b=b: ours(a, b).uv)
        our_seconds.append(taken)
        taken, theirs = seconds(clock, plain_flow, plain, a, b, iterations)
        plain_seconds.append(taken)
        apart = max(apart, float(np.abs(mine - theirs).max()))
    ratios = [theirs / mine for theirs, mine in zip(plain_seconds, our_seconds, strict=True)]
    print(
        f"{ours.method}: plain {1000 * statistics.median(plain_seconds):.0f} ms a pair, "
        f"ours {1000 * statistics.median(our_seconds):.0f} ms, ratio {statistics.median(ratios):.2f} "
        f"(from {min(ratios):.2f} to {max(ratios):.2f}), at most {apart:.5f} px apart"
    )


def settling(weights: Path, clips: list[Path]) -> None:
    """Mean distance of the flow after few updates from that after 32, at the default size."""
    pairs = []
    for clip in clips:
        with open_clip(clip) as reader:
            pairs += [(reader.read(index).rgb, reader.read(index + 1).rgb) for index in (5, 25)]

    def fields(iterations: int) -> tuple[list[NDArray[np.float32]], float]:
        flow = RaftFlow(weights, RaftSettings(iterations=iterations))
        started = time.process_time()
        found = [flow(a, b).uv for a, b in pairs]
        return found, (time.process_time() - started) / len(pairs)

    settled, _ = fields(32)
    speed = np.mean([np.linalg.norm(uv, axis=2).mean() for uv in settled])
    print(f"{len(pairs)} pairs, mean speed {speed:.1f} px")
    for iterations in (4, 6, 8, 12, 16, 20):
        found, taken = fields(iterations)
        apart = np.mean([np.linalg.norm(a - b, axis=2).mean() for a, b in zip(found, settled, strict=True)])
        print(
            f"{iterations:>2} updates: {apart:.3f} px from 32, {taken:.2f} s of processor time for a single pair"
        )


def generated_weights(folder: Path, small: bool) -> Path:
    """A file in the published layout."""
    torch.manual_seed(0)
    path = folder / ("raft-small.pth" if small else "raft-large.pth")
    torch.save(PlainRaft(small).state_dict(), path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, nargs="*", default=[], help="published RAFT checkpoints")
    parser.add_argument("--clip", type=Path, default=sample_clip_path())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--iterations", type=int, default=12)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--processor-time", action="store_true", help="the process's instead of the clock's")
    parser.add_argument("--settling", type=Path, nargs="+", metavar="CLIP")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.settling:
        for file in arguments.weights:
            settling(file, arguments.settling)
        return
    clock = time.process_time if arguments.processor_time else time.perf_counter
    frames = frames_of(arguments.clip, arguments.rounds + 2)
    size = f"{SIZE_WH[0]}x{SIZE_WH[1]}"
    print(f"{size}, {arguments.iterations} iterations, {arguments.threads} threads, {arguments.clip.name}")
    with tempfile.TemporaryDirectory() as folder:
        files = arguments.weights or [generated_weights(Path(folder), small) for small in (True, False)]
        for file in files:
            measure(file, frames, arguments.iterations, arguments.rounds, clock)


if __name__ == "__main__":
    main()
