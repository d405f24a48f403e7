"""What a job's folder holds, ready for the network: the base model, views to train on, frames to measure on."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from core.datasets.sample import IGNORE, load_sample
from core.errors import CheckpointError, InputError
from core.finetune.frames import EvaluationFrame, load_frame
from core.finetune.groups import EncoderCut, frozen_stages, prepare_model
from core.finetune.job import SAMPLES_NAME, FinetuneJob, FinetuneSettings, Part
from core.finetune.labels import LabelledFrame, contradiction
from core.finetune.measure import FrameRunner, map_u8
from core.finetune.probe import ProbeResult, free_memory, probe_memory
from core.finetune.view_store import ViewStore
from core.finetune.views import View, ViewFactory, Weighted, plan_views
from core.flow import flow_picture
from core.masks.layer import salient_mask
from core.network import CagDde, CheckpointMetadata, file_hash, load_checkpoint, network_input_size
from core.network.objective import ObjectiveSettings, Targets, objective
from core.network.preprocess import normalise, resize_picture
from core.types import GrayImage, RgbImage, SizeHW

_FEATURE_SHARE = 0.25
"""Of the free memory that kept features may take; where it is not known, as many bytes as below."""
_FEATURE_BYTES = 1 << 30
_USERS = 5
"""Which share that: the trial's, the refit's and the replay views, the selection part, the regression set."""

OnView = Callable[[int, int], None]


class JobMaterial:
    """A job's samples and its base model on a device.

    Args:
        store: what made views are kept in, so that a run which is begun again does not make them again; or None.

    Raises:
        CheckpointError: the base model is not what the job was made for.
    """

    def __init__(
        self, folder: Path, job: FinetuneJob, device: torch.device, store: ViewStore | None = None
    ) -> None:
        self._samples, self.job, self.device, self._store = folder / SAMPLES_NAME, job, device, store
        self.settings: FinetuneSettings = job.settings
        self.base, self.metadata = _load_base(job)
        self.base.to(device).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.cut = EncoderCut(self.base, frozen_stages(self.settings))
        free = free_memory(torch.device("cpu"))
        self._budget = (_FEATURE_BYTES if free is None else _FEATURE_SHARE * free) / _USERS

    def probe(self) -> ProbeResult:
        """What fits into the device's memory, tried with one sample on a copy of the model that is then gone."""
        model = copy.deepcopy(self.base)
        prepare_model(model, self.settings)
        cut = EncoderCut(model, frozen_stages(self.settings))

        def forward(side: int) -> torch.Tensor:
            size_hw = self.training_size(side)
            blank = torch.zeros(2, *size_hw, 3, dtype=torch.uint8)
            pictures = normalise(blank.to(self.device))
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.mixed_precision):
                output = model.heads(cut.rest(cut.frozen(pictures)), size_hw)
            truth = torch.zeros(1, 1, *size_hw, device=self.device)
            targets = Targets(truth, truth, torch.ones_like(truth), torch.ones(1, device=self.device))
            return objective(output, targets, ObjectiveSettings())["total"]

        return probe_memory(forward, self.settings.side, self.settings.batch, free_memory(self.device))

    def training_size(self, side: int) -> SizeHW:
        """The shape of the clip that trains most."""
        clips = [frame.clip for frame in self.job.of_part("train")]
        largest = max(set(clips), key=lambda number: (clips.count(number), -number))
        shape = next(clip.size_hw for clip in self.job.clips if clip.number == largest)
        return network_input_size(self.base.config, shape, side)

    def corrected_views(self, side: int, parts: Sequence[Part], on_view: OnView) -> list[View]:
        """Of the accepted frames of some parts, and of the frames that the masks of the training part were carried to.

        Args:
            on_view: called with views made and to make; may raise to end it.
        """
        frames = [frame for frame in self.job.accepted if frame.part in parts and frame.training]
        accepted = [self._weighted(frame.training, 1.0, False) for frame in frames]
        weight = self.settings.neighbour_weight
        carried = [frame for frame in self.job.extra if frame.role == "neighbour"]
        accepted += [self._weighted(frame.sample, weight, False) for frame in carried]
        return self._views("-".join(parts), side, accepted, 0, on_view)

    def replay_views(self, side: int, on_view: OnView) -> list[View]:
        """Of the replay frames, with the base model's output as target."""
        replay = [
            self._weighted(frame.sample, 1.0, True) for frame in self.job.extra if frame.role == "replay"
        ]
        return self._views("replay", side, replay, 1, on_view)

    def _views(
        self, name: str, side: int, samples: Sequence[Weighted], kind: int, on_view: OnView
    ) -> list[View]:
        settings = self.settings
        factory = ViewFactory(
            self.base,
            self.cut,
            self.training_size(side),
            self.device,
            settings.seed,
            settings.mixed_precision,
            self._budget,
        )
        plan = plan_views(len(samples), settings.views, settings.iterations * settings.batch // 2)
        made: list[View] = []
        for number, position in enumerate(plan):
            label = f"{name}-{side}-{number:05d}"
            view = None if self._store is None else self._store.get(label)
            if view is None:
                view = factory.view(samples[position], kind, number)
                if self._store is not None:
                    self._store.put(label, view)
            made.append(factory.bounded(view))
            on_view(len(made), len(plan))
        return made

    def contradiction(self) -> str | None:
        """What is wrong with the accepted masks that train and choose; None where they go together."""
        frames: list[LabelledFrame] = []
        for frame in self.job.accepted:
            if frame.part == "report" or not frame.training:
                continue
            sample = self._weighted(frame.training, 1.0, False).sample
            assert sample.ground_truth is not None
            assert sample.flow is not None
            size_hw = network_input_size(self.base.config, (sample.rgb.shape[0], sample.rgb.shape[1]))
            saliency = self._base_map(resize_picture(sample.rgb, size_hw), flow_picture(sample.flow, size_hw))
            name = self.job.clip_name(frame.clip)
            frames.append(LabelledFrame(name, frame.index, saliency, sample.ground_truth))
        return contradiction(frames)

    def runner(self, frames: Sequence[EvaluationFrame]) -> FrameRunner:
        return FrameRunner(frames, self.cut, self.device, self._budget)

    def frames(self, part: Part) -> list[EvaluationFrame]:
        """Of the selection or the report part."""
        names = [frame.measured for frame in self.job.accepted if frame.part == part]
        return [load_frame(self._samples / name) for name in names]

    def regression_frames(self) -> list[EvaluationFrame]:
        """With their own ground truth, or, where nobody drew one, the base model's mask."""
        names = [frame.sample for frame in self.job.extra if frame.role == "regression"]
        return [self._with_truth(load_frame(self._samples / name)) for name in names]

    def _with_truth(self, frame: EvaluationFrame) -> EvaluationFrame:
        if not (frame.truth == IGNORE).any():
            return frame
        return replace(frame, truth=salient_mask(self._base_map(frame.rgb, frame.flow), 0.5))

    @torch.inference_mode()
    def _base_map(self, rgb: RgbImage, flow: RgbImage) -> GrayImage:
        """Args: pictures uint8 hxwx3 at network size. Returns: uint8 hxw."""
        pictures = [normalise(picture[None]).to(self.device) for picture in (rgb, flow)]
        return map_u8(self.base(*pictures))

    def _weighted(self, name: str, weight: float, distil: bool) -> Weighted:
        path = self._samples / name
        try:
            return Weighted(load_sample(path), weight, distil)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"{path}: the job's sample cannot be read ({error}); make the job again."
            ) from error


def _load_base(job: FinetuneJob) -> tuple[CagDde, CheckpointMetadata]:
    if file_hash(job.base) != job.base_sha256:
        raise CheckpointError(
            f"{job.base}: is not the model that the finetuning was prepared for; it has been replaced since. "
            "Finetune again."
        )
    return load_checkpoint(job.base)
