"""The network with its pictures' arithmetic around it, as one torch module: pixels in, pixels out."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.network import CagDde
from core.network.preprocess import normalise, picture_statistics

SIDE_DIVISOR = 4


class InferenceGraph(nn.Module):
    """Normalises, runs the network and turns logits into eight bits, so that every runtime does the same.

    Args:
        model: in eval mode.
    """

    def __init__(self, model: CagDde) -> None:
        super().__init__()
        self.model = model
        # Kept on the device: made in each pass they would be copied there, which a CUDA graph cannot record.
        self.mean: Tensor
        self.std: Tensor
        for name, value in zip(("mean", "std"), picture_statistics(), strict=True):
            self.register_buffer(name, value, persistent=False)

    def forward(self, rgb: Tensor, flow: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Run a batch.

        Args:
            rgb, flow: uint8 NxHxWx3.

        Returns:
            uint8 NxHxW saliency, float32 Nx5x2 scores, uint8 Nx5x2x(H/4)x(W/4) side maps.
        """
        size = (rgb.shape[1] // SIDE_DIVISOR, rgb.shape[2] // SIDE_DIVISOR)
        pictures = (normalise(picture, statistics=(self.mean, self.std)) for picture in (rgb, flow))
        output = self.model(*pictures)
        sides = torch.stack([_resized(side, size) for side in output.side_logits], dim=1)
        return _eight_bits(output.final_logits[:, 0]), output.scores.float(), _eight_bits(sides)


def _resized(logits: Tensor, size: tuple[int, int]) -> Tensor:
    if tuple(logits.shape[-2:]) == size:
        return logits.float()
    return F.interpolate(logits.float(), size=size, mode="bilinear", align_corners=True)


def _eight_bits(logits: Tensor) -> Tensor:
    return (torch.sigmoid(logits.float()) * 255 + 0.5).to(torch.uint8)
