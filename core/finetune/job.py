"""A finetuning job as a folder: what is trained on, from what, and how. Frozen once written; no training here.

The folder holds job.json and samples/; a run adds events.jsonl, state.pt, refit.pt, views/, tuned.safetensors,
result.json, report.json and report/.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from core.finetune.outcome import read_document, write_document
from core.types import SizeHW

JOB_NAME = "job.json"
STATE_NAME = "state.pt"
REFIT_STATE_NAME = "refit.pt"
TUNED_NAME = "tuned.safetensors"
SAMPLES_NAME = "samples"
FORMAT = "cagdde-finetune/1"
"""Written into every job; raised when the layout changes."""

FEWEST_ACCEPTED = 4
"""Accepted frames that a finetuning needs at least."""

PresetName = Literal["quick", "thorough", "paper"]
Part = Literal["train", "selection", "report", "gap"]


@dataclass(frozen=True, slots=True)
class FinetuneSettings:
    """How a job trains. `preset_settings` holds the presets.

    preset: the name they come from. heads_only: the encoder stays as it is. iterations: optimiser steps.
    side: input side of training in pixels (its area for models that keep the aspect ratio).
    batch: samples a step, half of them corrected frames and half replay. seed: of sampling and augmentation.
    device: "auto", "cpu" or "cuda". threads: of the processor, None leaves it to torch.
    rate: of the heads; the encoder's last stages get `encoder_share` of it. encoder_stages: how many of them learn.
    optimizer: "adam" is the paper's, whose weight decay is a part of the gradient.
    ema: decay of the averaged weights. select_every: iterations between two looks at the selection part.
    views: augmented views made of the samples of each kind at most (what the frozen stages see is computed once).
    neighbours: how many frames on each side of an accepted one its mask is carried to by flow, at
    `neighbour_weight` each.
    replay_weight: how much staying close to the base model on a replay view counts, see distil.py.
    allowed_points, allowed_loss: points of max F, and J, that a choice may lose on the regression set.
    allowed_group_loss: J that it may lose in any group of it; a group is a few frames.
    refit: once a result was chosen, train again with the frames that chose it, see docs/adr/0011.
    least_gain: gain of J on the selection part below which the old model is kept.
    """

    preset: PresetName
    heads_only: bool = False
    iterations: int = 80
    side: int = 256
    batch: int = 8
    seed: int = 2026
    device: str = "auto"
    threads: int | None = None
    rate: float = 5e-4
    encoder_share: float = 0.1
    encoder_stages: int = 2
    optimizer: Literal["adamw", "adam"] = "adamw"
    weight_decay: float = 1e-4
    clip_norm: float = 5.0
    warmup: int = 10
    ema: float = 0.95
    mixed_precision: bool = True
    select_every: int = 20
    views: int = 160
    replay_frames: int = 24
    neighbours: int = 0
    neighbour_weight: float = 0.5
    replay_weight: float = 4.0
    allowed_points: float = 0.5
    allowed_loss: float = 0.01
    allowed_group_loss: float = 0.02
    least_gain: float = 0.002
    refit: bool = True


def preset_settings(preset: PresetName, **changes: Any) -> FinetuneSettings:
    """The settings of a preset, some of them changed.

    quick: three minutes on two processor cores. thorough: more steps at the network's own size. paper: size, batch,
    optimiser and rate that the authors train with, the encoder's last stages at the full rate, for a GPU.
    """
    return replace(_PRESETS[preset], **changes)


_PRESETS: dict[PresetName, FinetuneSettings] = {
    "quick": FinetuneSettings("quick"),
    "thorough": FinetuneSettings(
        "thorough", iterations=400, side=320, ema=0.99, select_every=50, views=600, replay_frames=48
    ),
    "paper": FinetuneSettings(
        "paper",
        iterations=4000,
        side=448,
        batch=4,
        rate=1e-5,
        encoder_share=1.0,
        optimizer="adam",
        weight_decay=5e-4,
        ema=0.995,
        select_every=250,
        views=2000,
        replay_frames=96,
    ),
}


@dataclass(frozen=True, slots=True)
class JobClip:
    """A clip of the job. number: in the project. path, fingerprint: of its file at the snapshot."""

    number: int
    name: str
    path: str
    fingerprint: str
    frame_count: int
    size_hw: SizeHW


@dataclass(frozen=True, slots=True)
class AcceptedFrame:
    """An accepted frame as it was at the snapshot.

    clip: number of a JobClip. mask_sha256: of the mask's bytes, uint8 HxW. part, reason: of the hold-out.
    training: its file below samples/ to train on, in the trial (part "train") or in the refit alone (the others);
    empty for frames of the report and those near them. measured: its file to measure on, of "selection" and "report".
    """

    clip: int
    index: int
    pts_seconds: float
    mask_sha256: str
    part: Part
    reason: str
    training: str = ""
    measured: str = ""


@dataclass(frozen=True, slots=True)
class ExtraFrame:
    """A frame that nobody accepted. role: "replay" and "regression" frames are held to the base model's map; a
    "neighbour" has an accepted frame's mask, carried to it by flow."""

    clip: int
    index: int
    role: Literal["replay", "regression", "neighbour"]
    sample: str


@dataclass(frozen=True, slots=True)
class FinetuneJob:
    """job.json. base: weights file that everything starts from. split: the hold-out in sentences, and what else is to
    be known before the start. flow: method, settings and timing of the samples' flow, as checkpoints record them."""

    base: str
    base_sha256: str
    project: str
    made_at: float
    settings: FinetuneSettings
    clips: tuple[JobClip, ...]
    accepted: tuple[AcceptedFrame, ...]
    extra: tuple[ExtraFrame, ...]
    split: tuple[str, ...]
    flow: dict[str, Any] = field(default_factory=dict[str, Any])
    format: Literal["cagdde-finetune/1"] = FORMAT

    def of_part(self, part: Part) -> list[AcceptedFrame]:
        return [frame for frame in self.accepted if frame.part == part]

    def clip_name(self, number: int) -> str:
        return next(clip.name for clip in self.clips if clip.number == number)


def read_job(folder: Path) -> FinetuneJob:
    """The job of a folder. Raises: InputError where it is missing or damaged."""
    return read_document(FinetuneJob, folder / JOB_NAME)


def write_job(folder: Path, job: FinetuneJob) -> None:
    """Raises: OutputError."""
    write_document(folder / JOB_NAME, job)
