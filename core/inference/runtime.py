"""What runs the network: one small interface, and the choice of a device. The runtimes themselves live beside."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import DeviceError
from core.inference.settings import Device

BatchU8 = NDArray[np.uint8]
Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True, slots=True, eq=False)
class RuntimeOutput:
    """What the network says of a batch.

    saliency_u8: uint8 NxHxW at the input's size, 255 = certainly salient.
    scores: float32 Nx5x2 in [0, 1], columns rgb and flow.
    side_maps_u8: uint8 Nx5x2xhxw, a quarter of the input's size.
    """

    saliency_u8: BatchU8
    scores: NDArray[np.float32]
    side_maps_u8: BatchU8


class Runtime(Protocol):
    """Runs a loaded network on one device. Used by one thread at a time."""

    @property
    def device_name(self) -> str:
        """For people, for example "cuda" or "cpu (openvino)"."""
        ...

    @property
    def precision(self) -> str:
        """ "float32" or "bfloat16"."""
        ...

    def __call__(self, rgb_batch: BatchU8, flow_batch: BatchU8) -> RuntimeOutput:
        """Args are uint8 NxHxWx3, RGB frames and flow pictures at network size."""
        ...


def resolve_device(device: Device) -> str:
    """The device to use: "cuda", "mps" or "cpu".

    Raises:
        DeviceError: the requested device is not there.
    """
    available = available_devices()
    if device == "auto":
        return available[0]
    if device not in available:
        raise DeviceError(f"The device {device} is not there: choose one of {', '.join(available)}, or auto.")
    return device


def available_devices() -> tuple[Device, ...]:
    """The devices of this machine, the fastest first. Loads torch."""
    import torch

    there: dict[Device, bool] = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    return tuple(name for name, usable in there.items() if usable)
