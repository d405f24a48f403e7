"""From 8-bit pictures to network input and from logits to 8-bit maps."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.opencv import cv2
from core.types import RgbImage, SizeHW

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def picture_statistics(device: torch.device | None = None) -> tuple[Tensor, Tensor]:
    """ImageNet mean and standard deviation of 8-bit pictures, float32 1x3x1x1 each."""
    mean = torch.tensor(IMAGENET_MEAN, device=device).view(1, 3, 1, 1) * 255
    std = torch.tensor(IMAGENET_STD, device=device).view(1, 3, 1, 1) * 255
    return mean, std


def normalise(
    pictures_u8: NDArray[np.uint8] | Tensor,
    device: torch.device | None = None,
    statistics: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    """8-bit pictures to network input.

    Args:
        pictures_u8: uint8 NxHxWx3.
        statistics: see picture_statistics, on the pictures' device; None makes them.

    Returns:
        float32 Nx3xHxW (channels last in memory), ImageNet mean and standard deviation.
    """
    batch = torch.as_tensor(pictures_u8, device=device).permute(0, 3, 1, 2)
    mean, std = statistics or picture_statistics(batch.device)
    return (batch.float() - mean) / std


def resize_picture(picture: RgbImage, size_hw: SizeHW) -> RgbImage:
    """Resize for the network: area when shrinking, bilinear when growing. uint8 HxWx3 in and out."""
    if picture.shape[:2] == size_hw:
        return picture
    shrinking = picture.shape[0] * picture.shape[1] > size_hw[0] * size_hw[1]
    method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (size_hw[1], size_hw[0]), interpolation=method), np.uint8)
