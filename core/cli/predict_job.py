"""Predicts several inputs into folders, one after the other. Prints nothing: it reports through functions."""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.cli.predict_record import RECORD_NAME, kept_scores, made_with, write_record
from core.errors import InputError, OutputError, StudioError
from core.exchange.background import BackgroundExporter
from core.exchange.clip_exporter import RESULT_NAMES, ClipExporter, ExportOptions
from core.exchange.output_folder import new_folder
from core.exchange.scores import MeanScores
from core.inference.batch import predict_frames
from core.inference.frames import FrameSource
from core.inference.predictor import Predictor
from core.inference.progress import InferenceProgress, RateMeter
from core.video import ClipInfo, list_clips
from core.video.clip_name import clip_name


@dataclass(frozen=True, slots=True)
class ClipTask:
    """One clip and the folder its results go to."""

    clip: Path
    output: Path


@dataclass(frozen=True, slots=True)
class ClipResult:
    """How one input ended.

    error: None when all went well; the figures are 0 otherwise. kept: the results are those of an earlier run, and
    the times 0.
    """

    input: str
    output: str | None
    frames: int
    seconds: float
    frames_per_second: float
    mean_scores: dict[str, float]
    error: str | None
    kept: bool = False


OnProgress = Callable[[ClipTask, InferenceProgress], None]


def plan(inputs: Iterable[Path], output: Path) -> tuple[list[ClipTask], list[ClipResult]]:
    """Find the clips behind the inputs and give each its own folder.

    Returns:
        the tasks, and a failed result for each input that holds no clip or whose results would replace an input.
    """
    clips: list[Path] = []
    failures: list[ClipResult] = []
    for path in inputs:
        try:
            clips += _clips_at(path, output)
        except StudioError as error:
            failures.append(failed(path, error))
    unique = {_real(clip): clip for clip in clips}
    occupied = {place for clip in unique for place in (clip, *clip.parents)}
    tasks: list[ClipTask] = []
    for clip, name in zip(unique.values(), _names(list(unique.values())), strict=True):
        task = ClipTask(clip, output / name)
        if _real(task.output) in occupied:
            failures.append(failed(clip, _in_the_way(task)))
        else:
            tasks.append(task)
    return tasks, failures


def _clips_at(path: Path, output: Path) -> list[Path]:
    """The clips of one input, without results of earlier runs that lie below it."""
    if path.suffix == ".cagdde":
        raise InputError(
            f"{path} is a project, not a video: `cagdde project info` lists its clips, "
            "`cagdde export` writes its masks."
        )
    clips = list_clips(path)
    results = _real(output)
    if _real(path).is_relative_to(results):
        return clips
    return [clip for clip in clips if not _real(clip).is_relative_to(results)]


def _real(path: Path) -> Path:
    """Path.resolve, which fails on links that go in a circle."""
    return Path(os.path.realpath(path))


def _in_the_way(task: ClipTask) -> OutputError:
    return OutputError(
        f"The results of {task.clip} would go to {task.output}, where inputs lie: choose another output folder."
    )


def failed(path: Path, error: StudioError) -> ClipResult:
    """The result of an input that could not be predicted."""
    return ClipResult(str(path), None, 0, 0.0, 0.0, {}, str(error))


def run_task(
    predictor: Predictor,
    task: ClipTask,
    options: ExportOptions,
    overwrite: bool,
    on_progress: OnProgress,
    on_note: Callable[[str], None],
    resume: bool = False,
) -> ClipResult:
    """Predict one clip into its folder.

    Args:
        resume: keep results that are complete and made by the same model and settings.
        on_note: gets sentences about damage in the clip that was worked around, and about fallbacks.

    Raises:
        StudioError: the clip cannot be read or the folder not be written; nothing is left of it.
    """
    with FrameSource(task.clip, "white") as source:
        info = source.info
    made = made_with(predictor, info, options)
    if resume and (kept := _kept(task, made, info.frame_count, overwrite)) is not None:
        return kept
    known = len(predictor.notices)
    with new_folder(task.output, overwrite, RESULT_NAMES | {RECORD_NAME}) as folder:
        predictor.warm_up(info.size_hw)
        for note in (*info.warnings, *predictor.notices[known:]):
            on_note(note)
        exporter = ClipExporter(folder, task.output.name, info, options)
        started = time.perf_counter()
        with BackgroundExporter(exporter, folder) as background:
            mean = _predict(predictor, task, info, background, on_progress)
        seconds = time.perf_counter() - started
        write_record(folder, made, mean)
    rate = info.frame_count / max(seconds, 1e-9)
    return ClipResult(
        str(task.clip), str(task.output), info.frame_count, round(seconds, 3), round(rate, 2), mean, None
    )


def _kept(task: ClipTask, made: dict[str, Any], frames: int, overwrite: bool) -> ClipResult | None:
    """What an earlier run made in just this way; None where the clip is to be predicted. Raises: OutputError."""
    try:
        scores = kept_scores(task.output, made)
    except OutputError:
        if overwrite:
            return None
        raise
    if scores is None:
        return None
    return ClipResult(str(task.clip), str(task.output), frames, 0.0, 0.0, scores, None, kept=True)


def _predict(
    predictor: Predictor,
    task: ClipTask,
    info: ClipInfo,
    background: BackgroundExporter,
    on_progress: OnProgress,
) -> dict[str, float]:
    meter = RateMeter()
    means = MeanScores()
    with closing(predict_frames(predictor, task.clip, info)) as frames:
        for done, item in enumerate(frames, 1):
            background.add(item.source.frame, item.source.field, item.prediction)
            means.add(item.prediction)
            meter.tick()
            left = meter.seconds_left(info.frame_count - done)
            rate = meter.frames_per_second
            on_progress(
                task,
                InferenceProgress(
                    done, info.frame_count, rate, left, predictor.device_name, predictor.precision
                ),
            )
    return means.named()


def _names(clips: list[Path]) -> list[str]:
    """A folder name for each clip; repeated ones get -2, -3 and so on (also where only the case differs)."""
    taken: set[str] = set()
    names: list[str] = []
    for clip in clips:
        base = name = clip_name(_real(clip))
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names
