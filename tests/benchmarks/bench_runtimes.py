"""How fast each runtime runs a network against the plain float32 loop, one frame at a time, and how far apart the maps.

All run in turn in one process, so that a busy machine slows all of them: read the ratios. Processor time (of all
threads) holds on a busy machine, wall time on an idle one.

Run it by itself: python tests/benchmarks/bench_runtimes.py [--model FILE | --train STEPS] [--clip CLIP] [--size SIDE]
Without --model it is cagdde-r101, trained for so many steps first: without any its maps say nothing.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from bench_predict import describe_machine

PLAIN = "plain torch"


@dataclass
class Contender:
    """A way to run the network: pictures in, saliency in [0, 1] out."""

    run: Callable[[np.ndarray, np.ndarray], np.ndarray]
    wall_ms: list[float] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)
    differences: list[float] = field(default_factory=list)

    def measure(self, rgb: np.ndarray, flow: np.ndarray) -> np.ndarray:
        wall, processor = time.perf_counter(), time.process_time()
        saliency = self.run(rgb, flow)
        self.wall_ms.append(1000 * (time.perf_counter() - wall))
        self.processor_ms.append(1000 * (time.process_time() - processor))
        return saliency


def contenders(model_path: Path, size_hw: tuple[int, int], place: Path) -> dict[str, Contender]:
    """The plain loop, and every runtime that this machine has."""
    import torch

    from core.inference import InferenceSettings
    from core.inference.candidates import candidate_names, make_runtime
    from core.network import load_checkpoint, normalise

    plain, _ = load_checkpoint(model_path)
    model, _ = load_checkpoint(model_path)

    def plain_loop(rgb: np.ndarray, flow: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return plain(normalise(rgb), normalise(flow)).final_logits[:, 0].sigmoid().numpy()

    def by(runtime) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        return lambda rgb, flow: runtime(rgb, flow).saliency_u8 / np.float32(255)

    found = {PLAIN: Contender(plain_loop)}
    for name in candidate_names(InferenceSettings(device="cpu"), "cpu"):
        runtime = make_runtime(name, model, "cpu", size_hw, None, place)
        found[f"{name}, {runtime.precision}"] = Contender(by(runtime))
    if any(name.startswith("openvino, bfloat16") for name in found):
        import core.inference.openvino_runtime as module

        module.openvino_precision = lambda: "float32"
        found["openvino, float32"] = Contender(by(module.OpenVinoRuntime(model, size_hw, place)))
    return found


def pictures(clip: Path, size_hw: tuple[int, int], count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Frames of the clip and their flow, spread over it, as the network gets them: uint8 1xhxwx3 each."""
    from core.flow import flow_picture
    from core.inference.frames import FrameSource
    from core.network import resize_picture

    pairs = []
    with FrameSource(clip, "dis") as source:
        for index in np.linspace(0, source.info.frame_count - 1, count).astype(int):
            loaded = source.load(int(index))
            assert loaded.field is not None
            pairs.append(
                (resize_picture(loaded.frame.rgb, size_hw)[None], flow_picture(loaded.field, size_hw)[None])
            )
    return pairs


def main() -> None:
    """Alternate and print."""
    from core.network import inspect_checkpoint, network_input_size
    from core.resources import sample_clip_path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="weights; default: cagdde-r101, see --train")
    parser.add_argument("--train", type=int, default=60, metavar="STEPS", help="where there is no --model")
    parser.add_argument("--clip", type=Path, default=sample_clip_path())
    parser.add_argument("--size", type=int)
    parser.add_argument("--frames", type=int, default=8)
    arguments = parser.parse_args()
    print(describe_machine())
    with tempfile.TemporaryDirectory() as scratch:
        model = arguments.model or Path(scratch) / "trained.safetensors"
        if arguments.model is None:
            from small_training import train_r101

            train_r101(model, arguments.train)
        config = inspect_checkpoint(model).config
        size_hw = network_input_size(config, (480, 854), arguments.size)
        running = contenders(model, size_hw, Path(scratch) / "conversions" / "place")
        pairs = pictures(arguments.clip, size_hw, arguments.frames + 1)
        spread = []
        for number, (rgb, flow) in enumerate(pairs):
            expected = running[PLAIN].measure(rgb, flow)
            spread.append(np.quantile(expected, (0.05, 0.5, 0.95)))
            for contender in running.values():
                if contender is not running[PLAIN]:
                    difference = np.abs(contender.measure(rgb, flow) - expected)
                    contender.differences.append(float(difference.mean()))
            if number == 0:  # the first frame sets everything up
                for contender in running.values():
                    contender.wall_ms.clear()
                    contender.processor_ms.clear()
    quantiles = ", ".join(f"{value:.2f}" for value in np.mean(spread, axis=0))
    print(
        f"{config.name} {size_hw}, {arguments.frames} frames; quantiles .05, .5, .95 of its maps: {quantiles}"
    )
    report(running)


def report(running: dict[str, Contender]) -> None:
    """Medians, their ratio to the plain loop's, and the mean absolute difference of saliency."""
    print(
        f"  {'':<28}{'ms':>9}{'x plain':>9}{'processor ms':>14}{'x plain':>9}{'difference':>12}{'worst':>9}"
    )
    plain = running[PLAIN]
    for name, contender in running.items():
        wall, processor = statistics.median(contender.wall_ms), statistics.median(contender.processor_ms)
        gain = statistics.median(plain.wall_ms) / wall, statistics.median(plain.processor_ms) / processor
        line = f"  {name:<28}{wall:>9.1f}{gain[0]:>9.2f}{processor:>14.1f}{gain[1]:>9.2f}"
        if contender.differences:
            mean, worst = np.mean(contender.differences), np.max(contender.differences)
            line += f"{mean:>12.5f}{worst:>9.5f}"
        print(line)


if __name__ == "__main__":
    main()
