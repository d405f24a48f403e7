"""What the network tests share: reference files and networks with weights."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from seeded_weights import seeded_state
from torch import Tensor

from core.network import CAGDDE_LITE, CagDde, build_model


@pytest.fixture(scope="module", autouse=True)
def one_torch_thread() -> Iterator[None]:
    """These networks are too small to share, and several threads on a busy machine mostly wait for one another."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    return Path(__file__).resolve().parents[3] / "fixtures" / "reference"


@pytest.fixture(scope="session")
def official_shapes(reference_folder: Path) -> dict[str, Any]:
    """Key names and shapes of the published CAG-DDE checkpoint."""
    return json.loads((reference_folder / "cagdde_official_keys.json").read_text())


@pytest.fixture(scope="module")
def official_state(official_shapes: dict[str, Any]) -> Iterator[dict[str, Tensor]]:
    """A state dict of the published layout (220 MB, so not kept longer than a module needs it)."""
    state = seeded_state(official_shapes)
    yield state
    state.clear()


@pytest.fixture(scope="module")
def lite() -> CagDde:
    """A compact network with seeded random weights, in evaluation mode. Tests do not change it."""
    model = build_model(CAGDDE_LITE)
    model.load_state_dict(seeded_state({name: value.shape for name, value in model.state_dict().items()}))
    return model.eval()
