"""What one step of training needs in memory, and the batch and size that fit. Nothing is trained here."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.errors import DeviceError

_SAFE_SHARE = 0.6
"""Of the free memory that the tensors of a step may take: the network's work space is not counted."""
_SIDE_STEP = 32
_SMALLEST_SIDE = 128


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """side: input side. batch: samples a step. accumulate: parts that a step is run in.

    sample_mib: that one sample keeps for its backward pass. free_mib: found free, None where it cannot be told.
    """

    side: int
    batch: int
    accumulate: int
    sample_mib: float
    free_mib: float | None
    seconds: float


def probe_memory(
    forward: Callable[[int], Tensor], side: int, batch: int, free_bytes: float | None
) -> ProbeResult:
    """Measure one sample and choose.

    Args:
        forward: runs the network on one sample of an input side and returns the loss, its graph still there.
        side, batch: wanted. free_bytes: memory of the device, see `free_memory`.

    Returns:
        The largest side up to the wanted one at which a sample fits, and as few parts as possible.

    Raises:
        DeviceError: not even one sample of the smallest side fits.
    """
    started = time.monotonic()
    while True:
        try:
            needed = saved_bytes(lambda: forward(side))  # noqa: B023  called at once
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            needed = float("inf")
        if free_bytes is None or needed <= _SAFE_SHARE * free_bytes:
            break
        if side - _SIDE_STEP < _SMALLEST_SIDE:
            raise DeviceError(
                f"Training needs {needed / 2**20:.0f} MiB of memory for one sample at {side} pixels and "
                f"{free_bytes / 2**20:.0f} MiB are free: close other programs, or choose heads only."
            )
        side -= _SIDE_STEP
    accumulate = 1
    fits = float("inf") if free_bytes is None else _SAFE_SHARE * free_bytes
    while needed * -(-batch // accumulate) > fits and accumulate < batch:
        accumulate *= 2
    free_mib = None if free_bytes is None else free_bytes / 2**20
    seconds = time.monotonic() - started
    return ProbeResult(side, batch, min(accumulate, batch), needed / 2**20, free_mib, seconds)


def saved_bytes(run: Callable[[], Tensor]) -> float:
    """Bytes of the tensors that a forward pass keeps for its backward pass, each storage counted once."""
    seen: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        seen[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = run()
    del loss
    return float(sum(seen.values()))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory has run out, of the processor or of a device."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    words = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        sign in words for sign in ("out of memory", "can't allocate memory", "not enough memory", "alloc_cpu")
    )


def free_memory(device: torch.device) -> float | None:
    """Free bytes of a device; None where the system does not tell."""
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[0])
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return float(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return None


def used_memory_mib(device: torch.device) -> float | None:
    """What the process (on a device: torch) holds now, MiB; None where the system does not tell."""
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device) / 2**20
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, ValueError, AttributeError):
        return None
