"""Augmented views of samples with what the frozen stages see of them, and the batches made of views.

A view is made once and used many times: its crop, flip, colours and flow picture depend on the seed and its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from core.datasets.sample import Sample
from core.datasets.transform import Example, TransformSettings, make_example
from core.finetune.distil import Taught
from core.finetune.groups import EncoderCut
from core.network.cagdde import CagDde
from core.network.objective import Targets
from core.network.preprocess import normalise
from core.opencv import cv2
from core.types import SizeHW

TRANSFORM = TransformSettings(min_crop=0.65, stretch=1.15, white_flow=0.05)
"""Milder than in training from stills: what is learnt is this clip, seen whole."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One augmented view. example: pictures and targets. features: of the frozen stages, 2xCxhxw each (rgb, flow), on
    the processor; None where they would not fit and are computed anew. taught: what the base model says of it, where
    that is its target."""

    example: Example
    features: list[Tensor] | None
    taught: Taught | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A sample and how much it counts. distil: it is held to the base model's output instead of a ground truth."""

    sample: Sample
    weight: float = 1.0
    distil: bool = False


def plan_views(count: int, limit: int, needed: int) -> list[int]:
    """Which sample each view shows: all of them in turn, as many views as are needed, at most `limit`."""
    if not count:
        return []
    total = max(count, min(limit, needed))
    return [number % count for number in range(total)]


class ViewFactory:
    """Makes views at one size.

    Args:
        base: the model that training starts from, in evaluation mode; its output is the target of distilled samples.
        cut: its encoder. device: where it runs. seed: of every augmentation.
        budget: bytes that features may take in all.
    """

    def __init__(
        self,
        base: CagDde,
        cut: EncoderCut,
        size_hw: SizeHW,
        device: torch.device,
        seed: int,
        mixed_precision: bool,
        budget: float,
    ) -> None:
        self.base, self.cut, self.size_hw, self.device = base, cut, size_hw, device
        self.seed, self.mixed_precision, self._budget = seed, mixed_precision, budget

    @torch.no_grad()
    def view(self, chosen: Weighted, kind: int, number: int) -> View:
        """One view. kind, number: of it; they and the seed alone decide on its augmentation."""
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self.seed, kind, number])
        example = make_example(chosen.sample, self.size_hw, rng, TRANSFORM)
        taught = None
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed_precision):
            features = self.cut.frozen(pictures_of([example], self.device))
            if chosen.distil:
                taught = Taught.of(self.base.heads(self.cut.rest(features), self.size_hw))
        kept = [tensor.to("cpu") for tensor in features]
        return View(replace(example, weight=chosen.weight), kept, taught)

    def bounded(self, view: View) -> View:
        """The same view without its features, where they do not fit into what is left of the budget."""
        size = sum(tensor.nbytes for tensor in view.features or ())
        if size > self._budget:
            return replace(view, features=None)
        self._budget -= size
        return view


def pictures_of(examples: Sequence[Example], device: torch.device) -> Tensor:
    """Normalised pictures, 2Nx3xHxW: all frames, then all flow pictures."""
    pictures = np.stack([example.rgb for example in examples] + [example.flow for example in examples])
    return normalise(torch.as_tensor(pictures).to(device))


def features_of(views: Sequence[View], cut: EncoderCut, device: torch.device) -> list[Tensor]:
    """What the frozen stages see of several views, 2NxCxhxw each: all frames, then all flow pictures."""
    rows = [view.features for view in views]
    kept = [row for row in rows if row is not None]
    if len(kept) < len(rows):
        return cut.frozen(pictures_of([view.example for view in views], device))
    taps = zip(*kept, strict=True)
    return [
        torch.stack(tap, 1).flatten(0, 1).to(device).contiguous(memory_format=torch.channels_last)
        for tap in taps
    ]


def targets_of(views: Sequence[View], device: torch.device) -> Targets:
    examples = [view.example for view in views]

    def stack(name: str) -> Tensor:
        return torch.as_tensor(np.stack([getattr(example, name) for example in examples]))[:, None].to(device)

    weight = torch.tensor([example.weight for example in examples], dtype=torch.float32, device=device)
    return Targets(stack("ground_truth"), stack("rgb_side"), stack("valid"), weight)


def batch_of(
    corrected: Sequence[View], replay: Sequence[View], batch: int, seed: int, iteration: int
) -> list[View]:
    """The views of one step: half corrected, half replay; a function of seed and iteration alone.

    Each half walks through a fresh permutation of its views every epoch.
    """
    halves = ((corrected, batch - batch // 2), (replay, batch // 2)) if replay else ((corrected, batch),)
    chosen: list[list[View]] = []
    for kind, (views, count) in enumerate(halves):
        first = iteration * count
        positions = [_shuffled(len(views), seed, kind, first + offset) for offset in range(count)]
        chosen.append([views[position] for position in positions])
    # In turn, so that a part of the batch has both kinds as well.
    longest = max(len(half) for half in chosen)
    return [half[i] for i in range(longest) for half in chosen if i < len(half)]


def _shuffled(count: int, seed: int, kind: int, draw: int) -> int:
    epoch, position = divmod(draw, count)
    return int(np.random.default_rng([seed, 3, kind, epoch]).permutation(count)[position])
