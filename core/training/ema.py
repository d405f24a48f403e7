"""Exponential moving average of a network's weights, which is what a run keeps."""

import copy

import torch

from core.network.cagdde import CagDde


class AveragedModel:
    """A shadow copy in evaluation mode that follows a model.

    The decay grows from 0 with the number of updates, so that early averages forget the random start. Buffers
    (BatchNorm statistics) are averaged likewise; integer buffers are copied.
    """

    def __init__(self, model: CagDde, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.model = copy.deepcopy(model).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, model: CagDde) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        averages, values = self.model.state_dict(), model.state_dict()
        for name, average in averages.items():
            if average.is_floating_point():
                average.lerp_(values[name], 1 - decay)
            else:
                average.copy_(values[name])
