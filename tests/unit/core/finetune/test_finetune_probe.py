"""What the memory probe chooses, and what it takes for memory running out."""

import pytest
import torch
from torch import Tensor

from core.errors import DeviceError
from core.finetune.probe import free_memory, is_out_of_memory, probe_memory, saved_bytes, used_memory_mib

MIB = 2.0**20


def one_sample(side: int) -> Tensor:
    """Keeps a tensor of side**2 MiB / 2**14 for the backward pass: 1 MiB at 128."""
    weight = torch.ones(16, side, side, requires_grad=True)
    return weight.square().sum()


def test_saved_bytes_counts_each_storage_once() -> None:
    x = torch.ones(256, 1024, requires_grad=True)
    assert saved_bytes(lambda: (x * x).sum() + (x * x).sum()) == pytest.approx(MIB, rel=0.01)


@pytest.mark.parametrize(
    ("free_mib", "expected"),
    [(100, (256, 8, 1)), (30, (256, 8, 2)), (8, (256, 8, 8)), (3, (160, 8, 8)), (None, (256, 8, 1))],
)
def test_the_largest_side_and_as_few_parts_as_fit(
    free_mib: float | None, expected: tuple[int, int, int]
) -> None:
    result = probe_memory(one_sample, 256, 8, None if free_mib is None else free_mib * MIB)
    assert (result.side, result.batch, result.accumulate) == expected


def test_nothing_fits_is_said() -> None:
    with pytest.raises(DeviceError, match="close other programs"):
        probe_memory(one_sample, 256, 8, 0.5 * MIB)


def test_a_probe_that_runs_out_goes_smaller() -> None:
    def forward(side: int) -> Tensor:
        if side > 200:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return one_sample(side)

    assert probe_memory(forward, 256, 8, 1000 * MIB).side == 192


def test_only_memory_errors_count() -> None:
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))
    assert is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory"))
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))


def test_memory_of_this_machine() -> None:
    device = torch.device("cpu")
    for value in (free_memory(device), used_memory_mib(device)):
        assert value is None or value > 1
