"""RAFT: the same flow as the original programs, whichever layout its weights come in, and no work done twice."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from raft_material import LAYOUTS, STEP, UPDATES, published_file, published_state, reference

from core.errors import CheckpointError
from core.flow import DisFlow, FlowChoice, flow_for_frame, make_estimator
from core.flow.raft import RaftSettings
from core.flow.raft.correlation import CorrelationPyramid, feature_levels
from core.flow.raft.estimator import RaftFlow
from core.flow.raft.network import Raft
from core.flow.raft.weights import load_raft, serialise_raft

TOLERANCE_PX = 1e-2
FEW = RaftSettings(iterations=2)


@pytest.fixture(scope="module")
def pair() -> tuple[np.ndarray, np.ndarray]:
    """A picture and the same shifted by (+5, -2)."""
    images = reference()
    return np.asarray(images["image1"], np.uint8), np.asarray(images["image2"], np.uint8)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_file(tmp_path_factory.mktemp("weights"), "princeton_small", "module.")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_published_layout_gives_the_original_flow(
    layout: str, pair: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    weights = published_file(tmp_path, layout, "module." if layout.startswith("princeton") else "")
    flow = RaftFlow(weights, RaftSettings(iterations=UPDATES))
    assert flow.method == f"raft-{layout.split('_')[1]}"
    uv = flow(*pair).uv
    assert uv.shape == (128, 160, 2)
    expected = np.asarray(reference()[f"{layout}_seeded_flow"], np.float32)
    np.testing.assert_allclose(uv[::STEP, ::STEP].transpose(2, 0, 1), expected, rtol=0, atol=TOLERANCE_PX)


def test_the_real_small_weights_find_the_known_shift(
    pair: tuple[np.ndarray, np.ndarray], shared: Path
) -> None:
    uv = RaftFlow(shared / "weights" / "raft-small.pth")(*pair).uv
    assert np.allclose(np.median(uv.reshape(-1, 2), 0), (5, -2), atol=0.3)


def test_our_file_gives_the_same_flow(
    pair: tuple[np.ndarray, np.ndarray], small: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ours.safetensors"
    network, facts = load_raft(small)
    path.write_bytes(serialise_raft(network, facts))
    assert load_raft(path)[1] == facts
    assert facts.layout == "princeton"
    ours, published = RaftFlow(path, FEW), RaftFlow(small, FEW)
    assert np.array_equal(ours(*pair).uv, published(*pair).uv)
    assert ours.description | {"weights": ""} == published.description | {"weights": ""}
    assert ours.description["weights"] != published.description["weights"]


def test_a_walk_encodes_each_frame_once_and_changes_nothing(
    small: Path, pair: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [np.roll(pair[0], 3 * number, 1) for number in range(3)]
    calls = {"frame_features": 0, "frame_context": 0}
    for name in calls:
        whole = getattr(Raft, name)

        def counted(self: Raft, picture: torch.Tensor, name: str = name, whole: Any = whole) -> Any:
            calls[name] += 1
            return whole(self, picture)

        monkeypatch.setattr(Raft, name, counted)
    walking = RaftFlow(small, FEW)
    fields = [flow_for_frame(walking, lambda index: frames[index], index, 3) for index in range(3)]
    # The last frame's flow leads back to a frame that is known; its context alone is new.
    assert calls == {"frame_features": 3, "frame_context": 3}
    assert np.array_equal(fields[1].uv, RaftFlow(small, FEW)(frames[1], frames[2]).uv)
    assert np.array_equal(fields[2].uv, -RaftFlow(small, FEW)(frames[2], frames[1]).uv)


@pytest.mark.parametrize(
    ("size_hw", "long_side", "expected"),
    [
        ((101, 139), 512, (101, 139)),
        ((240, 320), 160, (120, 160)),
        ((7, 9), 512, (7, 9)),
        ((1, 200), 512, (1, 200)),
    ],
)
def test_any_size_is_padded_and_a_large_one_reduced(
    size_hw: tuple[int, int], long_side: int, expected: tuple[int, int], small: Path
) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (*size_hw, 3)).astype(np.uint8)
    field = RaftFlow(small, RaftSettings(long_side, 1))(rgb, rgb[::-1].copy())
    assert field.size_hw == expected
    assert np.isfinite(field.uv).all()


def test_two_sizes_are_refused(small: Path) -> None:
    rgb = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(ValueError, match="one size"):
        RaftFlow(small)(rgb, rgb[:60])


def test_half_precision_stays_near(small: Path, pair: tuple[np.ndarray, np.ndarray]) -> None:
    half = RaftFlow(small, FEW, half=True)
    assert half.description["precision"] == "float16"
    apart = np.abs(half(*pair).uv - RaftFlow(small, FEW)(*pair).uv)
    assert 0 < np.median(apart) < 0.2


def test_windows_are_those_of_grid_sample() -> None:
    """The same numbers in another order, with one of no meaning between rows; zero outside the frame."""
    generator = torch.Generator().manual_seed(3)
    first, second = (torch.randn(1, 16, 9, 13, generator=generator) for _ in range(2))
    coordinates = torch.rand(9 * 13, 2, generator=generator) * 60 - 20
    coordinates[0] = torch.tensor([float("nan"), 1e30])
    coordinates[1:4] = torch.tensor([[0.0, 0.0], [12.0, 8.0], [5.0, 3.0]])
    radius, levels = 2, feature_levels(second)
    found = CorrelationPyramid(first, levels, radius).windows(coordinates)
    assert bool(found.isfinite().all())
    found = F.pad(found.view(len(coordinates), 4, -1), (0, 1)).view(len(coordinates), 4, 5, 6)[..., :-1]
    for number, level in enumerate(levels):
        volume = torch.einsum("cn,chw->nhw", first[0].flatten(1), level[0])[:, None] / 4
        rows, columns = level.shape[2:]
        offsets = torch.stack(torch.meshgrid(*[torch.arange(-2.0, 3.0)] * 2, indexing="xy"), -1)
        points = coordinates[:, None, None] / 2**number + offsets
        scaled = (2 * points + 1) / torch.tensor([columns, rows]) - 1
        expected = F.grid_sample(volume, scaled, align_corners=False)
        torch.testing.assert_close(found[1:, number], expected[1:, 0], rtol=0, atol=1e-4)


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        RaftFlow(path)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_files_that_are_not_raft_are_explained(tmp_path: Path) -> None:
    def written(name: str, **changes: torch.Tensor | None) -> Path:
        state = published_state("torchvision_small")
        for entry, value in changes.items():
            state.pop(entry, None)
            if value is not None:
                state[entry] = value
        torch.save(state, tmp_path / name)
        return tmp_path / name

    bias, weight = "feature_encoder.conv.bias", "update_block.flow_head.conv2.weight"
    assert f"{bias.replace('feature_encoder.conv', 'fnet.conv2')} is missing" in refusal(
        written("lacking.pth", **{bias: None})
    )
    assert "update.head.1.weight" in refusal(written("size.pth", **{weight: torch.zeros(3, 128, 3, 3)}))
    assert "do not fit raft-small" in refusal(
        written("gru.pth", **{"update_block.recurrent_block.convgru1.convq.weight": torch.zeros(96, 4, 3, 3)})
    )
    assert "att.to_qk.weight beside" in refusal(written("more.pth", **{"att.to_qk.weight": torch.zeros(1)}))
    assert "finite" in refusal(written("nan.pth", **{bias: torch.full((128,), torch.nan)}))
    torch.save({"layer.weight": torch.zeros(2)}, tmp_path / "other.pth")
    assert "begin with layer.weight" in refusal(tmp_path / "other.pth")
    (tmp_path / "cut.pth").write_bytes((tmp_path / "nan.pth").read_bytes()[:-5000])
    assert "damaged" in refusal(tmp_path / "cut.pth")
    assert "no such" in refusal(tmp_path / "missing.pth")


def test_estimators_by_name(small: Path) -> None:
    assert make_estimator("white") is None
    assert isinstance(make_estimator("dis"), DisFlow)
    assert FlowChoice("dis").description() == DisFlow().description
    raft = FlowChoice("raft-small", small, threads=torch.get_num_threads())
    estimator = raft.estimator()
    assert estimator is not None
    assert raft.description() == estimator.description
    with pytest.raises(CheckpointError, match="holds raft-small, raft-large was expected"):
        make_estimator("raft-large", small)


def test_importing_flow_loads_no_torch(repository: Path) -> None:
    program = "import sys, core.flow, core.flow.raft; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
