"""Finetuning on eight corrected frames of a clip's first half, measured on its second half and on other clips.

python tests/benchmarks/bench_finetune.py ../shared/data/clips/dev/* [--preset quick] [--stride 2] [--corrupt]

Ground truth stands for the annotator's corrections. The frames that are measured lie 15 frames beyond the last
corrected one at least, in the clip's second half; they are in no part of the job.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.datasets.pictures import list_pictures, read_gray
from core.finetune.frames import EvaluationFrame
from core.finetune.groups import EncoderCut
from core.finetune.job import preset_settings
from core.finetune.measure import FrameRunner, frame_j, measure_maps
from core.finetune.run import run_finetune
from core.finetune.snapshot import snapshot
from core.flow import DisFlow, flow_for_frame, flow_picture
from core.network import load_checkpoint, network_input_size, resize_picture
from core.project import Project
from core.resources import default_weights_path
from core.video import open_clip

GAP = 15


@dataclass(frozen=True)
class Row:
    """One clip's line of the table."""

    clip: str
    before: float
    after: float
    a: float
    kept_old: bool
    others_before: dict[str, tuple[float, float]]
    others_after: dict[str, tuple[float, float]]
    lost_points: float
    seconds: float
    processor_seconds: float
    reason: str


@dataclass(frozen=True)
class Measured:
    """J of each measured frame, and max F of the clip (protocol `frames`, not per frame)."""

    j: dict[int, float]
    max_f: float


def main() -> None:
    options = parse_options()
    torch.set_num_threads(options.threads)
    base, _ = load_checkpoint(default_weights_path())
    runners = {
        clip.name: FrameRunner(
            evaluation_frames(clip, base.config, options.stride),
            EncoderCut(base, 2),
            torch.device("cpu"),
            2e9,
        )
        for clip in options.clips
    }
    before = {name: measure(runner, base) for name, runner in runners.items()}
    rows: list[Row] = []
    for clip in options.tune or [clip.name for clip in options.clips]:
        folder = next(path for path in options.clips if path.name == clip)
        rows.append(run_clip(folder, base, runners, before, options))
        print(json.dumps(asdict(rows[-1])), file=sys.stderr, flush=True)
    print(table(rows))


def run_clip(
    clip: Path, base: Any, runners: dict[str, FrameRunner], before: dict[str, Measured], options: Any
) -> Row:
    changes = {name: json.loads(value) for name, value in (item.split("=") for item in options.set)}
    settings = preset_settings(options.preset, threads=options.threads, **changes)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "job"
        started, processor = time.monotonic(), time.process_time()
        half = make_project(clip, Path(temporary) / "p.cagdde", options.frames, options.corrupt)
        with Project.open(Path(temporary) / "p.cagdde") as project:
            job = snapshot(project, default_weights_path(), settings, folder)
        log(job.split)
        result = run_finetune(folder, log_event if options.verbose else lambda event: None)
        spent = time.monotonic() - started, time.process_time() - processor
        log([asdict(candidate) for candidate in result.candidates])
        tuned = base if result.weights is None else load_checkpoint(folder / result.weights)[0]
    after = {name: measure(runner, tuned) for name, runner in runners.items()}
    own = [index for index in before[clip.name].j if index >= half + GAP]
    others = [name for name in runners if name != clip.name]
    j_before, j_after = mean_of(before[clip.name].j, own), mean_of(after[clip.name].j, own)
    return Row(
        clip.name,
        j_before,
        j_after,
        result.chosen_a,
        result.kept_old,
        {name: (mean_of(before[name].j), before[name].max_f) for name in others},
        {name: (mean_of(after[name].j), after[name].max_f) for name in others},
        0.0 if result.forgetting is None else result.forgetting.lost_points,
        spent[0],
        spent[1],
        result.reason,
    )


def make_project(clip: Path, path: Path, count: int, corrupt: bool) -> int:
    """A project with `count` frames of the clip's first half accepted. Returns the last one's index."""
    masks = list_pictures(clip / "masks")
    indices = [round(place) for place in np.linspace(0, len(masks) // 2 - 1, count)]
    with Project.create(path) as project, open_clip(clip / "frames") as reader:
        number = project.add_clip(reader.info).id
        for place, index in enumerate(indices):
            mask = np.where(read_gray(masks[index]) > 127, 255, 0).astype(np.uint8)
            project.accept(number, index, 255 - mask if corrupt and place % 2 else mask)
    return indices[-1]


def evaluation_frames(clip: Path, config: Any, stride: int) -> list[EvaluationFrame]:
    masks, estimator = list_pictures(clip / "masks"), DisFlow()
    frames: list[EvaluationFrame] = []
    with open_clip(clip / "frames") as reader:
        size_hw = network_input_size(config, reader.info.size_hw)
        for index in range(0, len(masks), stride):
            rgb = reader.read(index).rgb
            flow = flow_for_frame(estimator, lambda i: reader.read(i).rgb, index, len(reader))
            truth = read_gray(masks[index])
            picture = flow_picture(flow, size_hw)
            frames.append(EvaluationFrame(clip.name, index, resize_picture(rgb, size_hw), picture, truth))
    return frames


def measure(runner: FrameRunner, model: Any) -> Measured:
    maps = list(runner.maps(model))
    return Measured({item.frame.index: frame_j(item) for item in maps}, measure_maps(maps).max_f)


def mean_of(values: dict[int, float], indices: list[int] | None = None) -> float:
    return float(np.mean([values[index] for index in (values if indices is None else indices)]))


def table(rows: list[Row]) -> str:
    lines = [
        "| clip | J before | J after | gain | a | other clips: worst change of J | and of max F | "
        "points lost on the regression set | minutes | processor minutes |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        names = list(row.others_before)
        worst_j, worst_f = (
            min((row.others_after[name][k] - row.others_before[name][k] for name in names), default=0.0)
            for k in (0, 1)
        )
        lines.append(
            f"| {row.clip} | {row.before:.3f} | {row.after:.3f} | {row.after - row.before:+.3f} | {row.a:g} | "
            f"{worst_j:+.3f} | {worst_f:+.3f} | {row.lost_points:+.2f} | {row.seconds / 60:.1f} | "
            f"{row.processor_seconds / 60:.1f} |"
        )
    return "\n".join(lines)


def log(value: Any) -> None:
    print(json.dumps(value), file=sys.stderr, flush=True)


def log_event(event: dict[str, Any]) -> None:
    if event["event"] not in ("preparing", "reporting"):
        log(event)


def parse_options() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+", help="folders with frames/ and masks/")
    parser.add_argument("--tune", nargs="*", help="names of the clips to finetune on; all")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", nargs="*", default=[], help="settings, name=value")
    parser.add_argument("--frames", type=int, default=8, help="corrected frames")
    parser.add_argument("--stride", type=int, default=1, help="measure every n-th frame")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--corrupt", action="store_true", help="invert every second corrected mask")
    parser.add_argument("--verbose", action="store_true", help="every event on stderr")
    return parser.parse_args()


if __name__ == "__main__":
    main()
