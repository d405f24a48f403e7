"""Freezes the accepted frames of a project into a job folder. Nothing that the project becomes later changes it."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.pictures import decode, encode
from core.errors import Cancelled, OutputError
from core.exchange.project_frames import clip_path
from core.finetune.base_flow import base_flow, description
from core.finetune.job import (
    JOB_NAME,
    SAMPLES_NAME,
    AcceptedFrame,
    ExtraFrame,
    FinetuneJob,
    FinetuneSettings,
    JobClip,
    write_job,
)
from core.finetune.sampling import SampleMaker
from core.finetune.split import GAP_FRAMES, Assignment, describe, hold_out
from core.network import file_hash, inspect_checkpoint
from core.project import ClipRecord, Project
from core.types import GrayImage
from core.video import open_clip

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Accepted:
    """An accepted mask as it was, PNG bytes."""

    clip: ClipRecord
    index: int
    pts_seconds: float
    sha256: str
    png: NDArray[np.uint8]

    @property
    def mask(self) -> GrayImage:
        return decode(self.png)


def snapshot(
    project: Project,
    base: Path,
    settings: FinetuneSettings,
    folder: Path,
    cancelled: Callable[[], bool] = lambda: False,
    on_progress: Progress = lambda done, total: None,
) -> FinetuneJob:
    """Write job.json and samples/ into a folder, which is made.

    Args:
        base: weights that the job starts from.
        on_progress: called with samples written and samples to write.

    Raises:
        ProjectError: too few accepted frames, or none that can be held out. InputError: a clip or the weights cannot
        be read, or the flow's weights are missing. OutputError: the folder holds a job, or cannot be written.
        Cancelled: nothing is left in the folder.
    """
    accepted = _read_accepted(project)
    by_clip: dict[int, list[int]] = {}
    for frame in accepted:
        by_clip.setdefault(frame.clip.id, []).append(frame.index)
    assignments = hold_out(by_clip)
    base = Path(os.path.abspath(base))
    metadata = inspect_checkpoint(base)
    flow, note = base_flow(metadata.flow, settings.device)
    maker = SampleMaker(metadata.config, flow, settings, folder / SAMPLES_NAME)
    _make_folder(folder)
    try:
        writer = _Writer(project, maker, accepted, assignments, settings, cancelled, on_progress)
        rows, extra = writer.write()
        names = {clip.number: clip.name for clip in writer.clips}
        job = FinetuneJob(
            base=str(base),
            base_sha256=file_hash(base),
            project=str(project.path),
            made_at=time.time(),
            settings=settings,
            clips=tuple(writer.clips),
            accepted=tuple(rows),
            extra=tuple(extra),
            split=(*describe(assignments, names), *filter(None, (note,))),
            flow=description(flow),
        )
        write_job(folder, job)
    except BaseException:
        shutil.rmtree(folder / SAMPLES_NAME, ignore_errors=True)
        raise
    return job


def _read_accepted(project: Project) -> list[_Accepted]:
    """All accepted masks at one moment."""
    found: list[_Accepted] = []
    with project.undisturbed():
        for clip in project.clips():
            for index, record in sorted(project.frames(clip.id).items()):
                mask = project.accepted_mask(clip.id, index) if record.has_accepted else None
                if mask is not None:
                    digest = hashlib.sha256(mask.tobytes()).hexdigest()
                    png = encode(mask, ".png")
                    found.append(_Accepted(clip, index, record.pts_seconds, digest, png))
    return found


def _make_folder(folder: Path) -> None:
    if (folder / JOB_NAME).exists():
        raise OutputError(f"{folder}: holds a job already; choose another folder.")
    try:
        (folder / SAMPLES_NAME).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: the job's folder cannot be made ({error.strerror}).") from error


class _Writer:
    """Writes the samples clip by clip, each clip in the order of its frames."""

    def __init__(
        self,
        project: Project,
        maker: SampleMaker,
        accepted: Sequence[_Accepted],
        assignments: Sequence[Assignment],
        settings: FinetuneSettings,
        cancelled: Callable[[], bool],
        on_progress: Progress,
    ) -> None:
        self._project, self._maker, self._settings = project, maker, settings
        self._cancelled, self._on_progress = cancelled, on_progress
        self._accepted = {(frame.clip.id, frame.index): frame for frame in accepted}
        self._assignments = assignments
        self._done, self._total = 0, len(assignments)
        self.clips: list[JobClip] = []

    def write(self) -> tuple[list[AcceptedFrame], list[ExtraFrame]]:
        rows: list[AcceptedFrame] = []
        extra = self._maker.write_bundled()
        for number in sorted({a.clip for a in self._assignments}):
            own = [a for a in self._assignments if a.clip == number]
            more_rows, more_extra = self._write_clip(number, own, not extra)
            rows += more_rows
            extra += more_extra
        return rows, extra

    def _write_clip(
        self, number: int, own: Sequence[Assignment], with_replay: bool
    ) -> tuple[list[AcceptedFrame], list[ExtraFrame]]:
        record = self._project.clip(number)
        path = clip_path(self._project, record)
        taken = {clip.name for clip in self.clips}
        name = record.name if record.name not in taken else f"{record.name} ({number})"
        self.clips.append(
            JobClip(number, name, str(path), record.fingerprint, record.frame_count, record.size_hw)
        )
        rows: list[AcceptedFrame] = []
        with closing(open_clip(path)) as reader:
            self._maker.begin_clip(number, name, reader)
            for assignment in own:
                rows.append(self._write_frame(assignment))
            extra = self._neighbours(own)
            if with_replay:
                extra += self._replay(own, record.frame_count)
        return rows, extra

    def _write_frame(self, assignment: Assignment) -> AcceptedFrame:
        frame = self._accepted[assignment.clip, assignment.index]
        row = AcceptedFrame(
            assignment.clip,
            assignment.index,
            frame.pts_seconds,
            frame.sha256,
            assignment.part,
            assignment.reason,
        )
        self._go_on()
        training = measured = ""
        if assignment.part != "report" and self._is_far_from_report(assignment):
            training = self._maker.write_training(assignment.index, frame.mask)
        if assignment.part in ("selection", "report"):
            measured = self._maker.write_measured(assignment.index, frame.mask, assignment.part == "report")
        return replace(row, training=training, measured=measured)

    def _is_far_from_report(self, assignment: Assignment) -> bool:
        return all(
            abs(assignment.index - other.index) > GAP_FRAMES
            for other in self._assignments
            if other.part == "report" and other.clip == assignment.clip
        )

    def _neighbours(self, own: Sequence[Assignment]) -> list[ExtraFrame]:
        """Masks of training frames carried to frames around them that nobody accepted, never towards another part."""
        held = [a.index for a in own if a.part in ("selection", "report")]
        taken = {a.index for a in own}
        extra: list[ExtraFrame] = []
        for a in own:
            if a.part != "train" or not self._settings.neighbours:
                continue
            mask = self._accepted[a.clip, a.index].mask
            for index, carried in self._maker.carry(a.index, mask, self._settings.neighbours):
                self._stop_if_cancelled()
                if index not in taken and all(abs(index - other) > GAP_FRAMES for other in held):
                    taken.add(index)
                    name = self._maker.write_training(index, carried)
                    extra.append(ExtraFrame(a.clip, index, "neighbour", name))
        return extra

    def _replay(self, own: Sequence[Assignment], frame_count: int) -> list[ExtraFrame]:
        """Frames that nobody accepted, spread over the clip; every second one measures forgetting."""
        known = {a.index for a in own}
        free = [index for index in range(frame_count) if index not in known]
        count = min(len(free), self._settings.replay_frames)
        spread = [free[int(place)] for place in np.linspace(0, len(free) - 1, count)] if count else []
        extra: list[ExtraFrame] = []
        for place, index in enumerate(spread):
            self._stop_if_cancelled()
            if place % 2 == 0:
                extra.append(
                    ExtraFrame(own[0].clip, index, "replay", self._maker.write_training(index, None))
                )
            else:
                name = self._maker.write_measured(index, None, False)
                extra.append(ExtraFrame(own[0].clip, index, "regression", name))
        return extra

    def _go_on(self) -> None:
        self._stop_if_cancelled()
        self._done += 1
        self._on_progress(self._done, self._total)

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled("The finetuning was cancelled before it began; nothing was written.")
