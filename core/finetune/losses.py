"""The loss of a batch: equation 13 on corrected views, closeness to the base model on replay views. No optimiser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from core.finetune.distil import Taught, distillation
from core.finetune.groups import EncoderCut
from core.finetune.job import FinetuneSettings
from core.finetune.views import View, features_of, targets_of
from core.network.cagdde import CagDde, ModelOutput
from core.network.objective import ObjectiveSettings, objective

TERMS = ("bce", "ssim", "iou", "side", "confidence", "replay", "total")
"""Of equation 13 as `objective` names them, over the corrected views; the distance from the base model over the
replay views; and what is minimised."""

_OBJECTIVE = ObjectiveSettings()


@dataclass(frozen=True, slots=True)
class Whole:
    """What a batch weighs, its corrected and its replay views."""

    corrected: float
    replay: float

    @classmethod
    def of(cls, views: Sequence[View]) -> Self:
        replay = sum(view.taught is not None for view in views)
        return cls(sum(view.example.weight for view in views if view.taught is None), float(replay))

    @property
    def all(self) -> float:
        return self.corrected + self.replay


class BatchLoss:
    """The loss of a model's batches, run in parts.

    Args:
        cut: of the model's encoder.
    """

    def __init__(
        self, model: CagDde, cut: EncoderCut, device: torch.device, settings: FinetuneSettings
    ) -> None:
        self._model, self._cut, self._device, self._settings = model, cut, device, settings

    def gradients(self, views: Sequence[View], whole: Whole, parts: int) -> dict[str, float]:
        """Add the gradients of some views of a batch, run in parts.

        Args:
            whole: of the batch.

        Returns:
            What they add to each term; over all of the batch they are its means.
        """
        size = max(1, -(-len(views) // parts))
        terms: dict[str, float] = {}
        for start in range(0, len(views), size):
            for name, value in self.backward(views[start : start + size], whole).items():
                terms[name] = terms.get(name, 0.0) + value
        return terms

    def backward(self, views: Sequence[View], whole: Whole) -> dict[str, float]:
        """The same, at once."""
        output = self._run(views)
        terms: dict[str, Tensor] = {}
        loss = output.scores.new_zeros((), dtype=torch.float32)
        if own := [place for place, view in enumerate(views) if view.taught is None]:
            corrected = [views[place] for place in own]
            weight = sum(view.example.weight for view in corrected)
            found = objective(_rows(output, own), targets_of(corrected, self._device), _OBJECTIVE)
            loss = loss + found.pop("total") * (weight / whole.all)
            terms |= {name: value * (weight / whole.corrected) for name, value in found.items()}
        if others := [place for place, view in enumerate(views) if view.taught is not None]:
            distance = distillation(_rows(output, others), _taught(views))
            loss = loss + self._settings.replay_weight * distance * (len(others) / whole.all)
            terms["replay"] = distance * (len(others) / whole.replay)
        torch.autograd.backward(loss)
        return {name: float(value.detach()) for name, value in {**terms, "total": loss}.items()}

    def _run(self, views: Sequence[View]) -> ModelOutput:
        size_hw = views[0].example.rgb.shape[:2]
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._settings.mixed_precision):
            features = features_of(views, self._cut, self._device)
            return self._model.heads(self._cut.rest(features), (size_hw[0], size_hw[1]))


def _rows(output: ModelOutput, places: Sequence[int]) -> ModelOutput:
    rows = list(places)
    sides = tuple(logits[rows] for logits in output.side_logits)
    return ModelOutput(output.final_logits[rows], sides, output.scores[rows])


def _taught(views: Sequence[View]) -> list[Taught]:
    return [view.taught for view in views if view.taught is not None]
