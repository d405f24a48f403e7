"""From frames of a clip and their masks to the sample files of a job. Which frames is decided in snapshot."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.datasets.sample import IGNORE, Sample, save_sample
from core.errors import OutputError, VideoError
from core.finetune.frames import Before, EvaluationFrame, save_frame
from core.finetune.job import ExtraFrame, FinetuneSettings
from core.finetune.replay import ReplayPair, read_replay, replay_folder
from core.flow import FlowChoice, FlowEstimator, flow_for_frame, flow_picture
from core.masks.propagation import PropagatedMask, propagate
from core.network import ModelConfig, network_input_size, resize_picture
from core.opencv import cv2
from core.types import FlowField, GrayImage, RgbImage, SizeHW
from core.video import ClipReader

_LONG_SIDE = 480
"""Of stored training frames at least: crops of them are seen at the training size."""
_CROP_ROOM = 1.4
"""The same as a multiple of the training side."""


class SampleMaker:
    """Writes samples into a folder.

    Args:
        config: of the model that is finetuned. flow: an estimator's choice, not "white".

    Raises: InputError, CheckpointError: the flow's weights cannot be used.
    """

    def __init__(
        self, config: ModelConfig, flow: FlowChoice, settings: FinetuneSettings, folder: Path
    ) -> None:
        self._config, self._flow, self._folder = config, flow, folder
        self._long_side = max(_LONG_SIDE, round(_CROP_ROOM * settings.side))
        self._estimator = self._new_estimator()

    def begin_clip(self, number: int, name: str, reader: ClipReader) -> None:
        """The clip that the following calls are about."""
        self._number, self._name, self._reader = number, name, reader
        self._estimator = self._new_estimator()

    def write_training(self, index: int, mask: GrayImage | None) -> str:
        """A frame to train on. mask: uint8 HxW, 0 or 255; None where its target is the base model's map.

        Returns:
            The file's name.
        """
        rgb, flow = self._frame(index)
        size_hw = _reduced((rgb.shape[0], rgb.shape[1]), self._long_side)
        truth = np.full(size_hw, IGNORE, np.uint8) if mask is None else _resize_mask(mask, size_hw)
        sample = Sample(resize_picture(rgb, size_hw), truth, None, flow, f"clip/{self._name}")
        name = f"train-{self._number}-{index:06d}.npz"
        self._write(name, sample)
        return name

    def write_measured(self, index: int, mask: GrayImage | None, with_before: bool) -> str:
        """A frame to measure on, at the size of the network's input, with its predecessor where flicker is asked for.

        Args:
            mask: as in write_training.
        """
        rgb, flow = self._frame(index)
        truth = np.full(rgb.shape[:2], IGNORE, np.uint8) if mask is None else mask
        before = self._before(index) if with_before and index > 0 else None
        frame = self._measured(self._name, index, rgb, flow, truth, before)
        name = f"measure-{self._number}-{index:06d}.npz"
        self._write(name, frame)
        return name

    def carry(self, index: int, mask: GrayImage, reach: int) -> Iterator[tuple[int, GrayImage]]:
        """The mask on the frames around, nearest first on each side, as far as the flow can be trusted."""
        for target in (min(index + reach, len(self._reader) - 1), max(index - reach, 0)):
            if target == index:
                continue
            for step in propagate(self._read, index, mask, target):
                if isinstance(step, PropagatedMask):
                    yield step.index, step.mask_u8

    def write_bundled(self) -> list[ExtraFrame]:
        """The bundled replay set, which then needs no bundle where the job runs; empty where there is none."""
        replay = read_replay(replay_folder())
        extra: list[ExtraFrame] = []
        for number, pair in enumerate(replay.trained):
            name = f"replay-{pair.name}.npz"
            self._write(name, pair.sample(self._estimator))
            extra.append(ExtraFrame(0, number, "replay", name))
        for number, pair in enumerate(replay.measured):
            name = f"regression-{pair.name}.npz"
            self._write(name, self._bundled_frame(number, pair))
            extra.append(ExtraFrame(0, number, "regression", name))
        return extra

    def _bundled_frame(self, number: int, pair: ReplayPair) -> EvaluationFrame:
        flow = self._estimator(pair.rgb, pair.following)
        return self._measured(pair.group, number, pair.rgb, flow, pair.truth, None)

    def _measured(
        self, clip: str, index: int, rgb: RgbImage, flow: FlowField, truth: GrayImage, before: Before | None
    ) -> EvaluationFrame:
        size_hw = network_input_size(self._config, (rgb.shape[0], rgb.shape[1]))
        picture = flow_picture(flow, size_hw)
        return EvaluationFrame(clip, index, resize_picture(rgb, size_hw), picture, truth, before)

    def _before(self, index: int) -> Before | None:
        try:
            earlier, current = self._read(index - 1), self._read(index)
        except VideoError:  # flicker is then not known of this frame
            return None
        size_hw = network_input_size(self._config, (current.shape[0], current.shape[1]))
        forward, backward = self._estimator(earlier, current), self._estimator(current, earlier)
        return Before(resize_picture(earlier, size_hw), flow_picture(forward, size_hw), forward, backward)

    def _frame(self, index: int) -> tuple[RgbImage, FlowField]:
        rgb = self._read(index)
        flow = flow_for_frame(
            self._estimator, lambda i: rgb if i == index else self._read(i), index, len(self._reader)
        )
        return rgb, flow

    def _new_estimator(self) -> FlowEstimator:
        """One that remembers no other clip."""
        estimator = self._flow.estimator()
        assert estimator is not None
        return estimator

    def _read(self, index: int) -> RgbImage:
        return self._reader.read(index).rgb

    def _write(self, name: str, content: Sample | EvaluationFrame) -> None:
        path = self._folder / name
        try:
            if isinstance(content, Sample):
                save_sample(path, content)
            else:
                save_frame(path, content)
        except OSError as error:
            raise OutputError(
                f"{path}: the job's samples cannot be written ({error.strerror}); free space."
            ) from error


def _reduced(size_hw: SizeHW, long_side: int) -> SizeHW:
    scale = min(1.0, long_side / max(size_hw))
    return max(16, round(size_hw[0] * scale)), max(16, round(size_hw[1] * scale))


def _resize_mask(mask: GrayImage, size_hw: SizeHW) -> GrayImage:
    """Area-averaged and cut at a half: thin parts stay where nearest sampling would drop them by chance."""
    if mask.shape == size_hw:
        return mask
    small = cv2.resize(mask, (size_hw[1], size_hw[0]), interpolation=cv2.INTER_AREA)
    return np.where(np.asarray(small) >= 128, 255, 0).astype(np.uint8)
