"""What a foreign weights file is, in words where it is of no use, and how it is written into the registry."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from safetensors import SafetensorError
from safetensors.torch import save as serialise  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor

from core.errors import CheckpointError
from core.flow.raft.published import published_layout
from core.flow.raft.weights import load_raft, serialise_raft
from core.network import CAGDDE_LITE, load_checkpoint, read_state_dict, save_checkpoint
from core.network.cagdde import build_encoder
from core.network.checkpoint import load_official
from core.network.config import Encoder
from core.network.official import looks_official
from core.registry.entry import Kind, kind_of, read_header
from core.video.atomic import AtomicFile, output_error

_CLASSIFIERS = ("fc.", "classifier.")
_NEARLY = 0.5
"""From this share of fitting entries on, a file is called a damaged encoder rather than something else."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that can be imported. write: puts its weights, in our layout, at a path."""

    kind: Kind
    converted: bool
    write: Callable[[Path], None]


def examine(file: Path) -> Examined:
    """Read a weights file to its end and say what it is.

    Raises: CheckpointError: it is missing, damaged, or of an architecture that this program does not know.
    """
    if file.suffix.lower() == ".safetensors" and read_header(file):
        kind = kind_of(read_header(file))
        if kind == "encoder":
            return _encoder(file, read_state_dict(file))
        if kind == "flow":
            load_raft(file)
            return Examined("flow", False, lambda path: _copy(file, path))
        load_checkpoint(file)  # whether it fits its architecture, and every number is finite
        return Examined("model", False, lambda path: _copy(file, path))
    state = read_state_dict(file)
    if looks_official(state):
        model, metadata = load_official(file)
        named = replace(metadata, parent=file.name)
        return Examined("model", True, lambda path: save_checkpoint(path, model, named))
    if published_layout(state) is not None:
        return _flow(file)
    return _encoder(file, state)


def _flow(file: Path) -> Examined:
    network, facts = load_raft(file)

    def write(path: Path) -> None:
        with AtomicFile(path) as out:
            out.write(serialise_raft(network, facts))

    return Examined("flow", True, write)


def _encoder(file: Path, state: dict[str, Tensor]) -> Examined:
    """Raises: CheckpointError for anything but the weights of one of our encoders."""
    fits = {name: _fitting(state, _shapes(name)) for name in get_args(Encoder)}
    best = max(fits, key=lambda name: fits[name])
    shapes = _shapes(best)
    foreign = [name for name in state if name not in shapes and not name.startswith(_CLASSIFIERS)]
    if fits[best] < _NEARLY or len(foreign) > _NEARLY * len(state):
        first = ", ".join(list(state)[:2])
        raise CheckpointError(
            f"{file}: holds weights of another architecture (its entries begin with {first}); a model of this "
            f"program, a published CAG-DDE or RAFT checkpoint, or a torchvision {' or '.join(fits)} was expected."
        )
    wrong = [name for name in shapes if name not in state or tuple(state[name].shape) != shapes[name]]
    if wrong:
        raise CheckpointError(
            f"{file}: looks like a {best} encoder, but {wrong[0]} and {len(wrong) - 1} more of its weights are "
            "missing or of another size; get the file again."
        )
    trunk = {name: state[name].contiguous() for name in state if name in shapes}
    if not all(bool(value.isfinite().all()) for value in trunk.values()):
        raise CheckpointError(f"{file}: some of its weights are no finite numbers; get the file again.")
    return Examined("encoder", False, lambda path: _write_encoder(path, trunk, best))


def _shapes(encoder: Encoder) -> dict[str, tuple[int, ...]]:
    import torch

    with torch.device("meta"):
        model = build_encoder(replace(CAGDDE_LITE, encoder=encoder))
    return {
        name: tuple(value.shape)
        for name, value in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def _fitting(state: dict[str, Tensor], shapes: dict[str, tuple[int, ...]]) -> float:
    """Share of an encoder's entries that a file has, 0 to 1."""
    return sum(name in state and tuple(state[name].shape) == shape for name, shape in shapes.items()) / len(
        shapes
    )


def _write_encoder(path: Path, trunk: dict[str, Tensor], name: Encoder) -> None:
    try:
        content = serialise(trunk, {"cagdde_studio_encoder": name})
    except SafetensorError as error:
        raise CheckpointError(f"{path}: the encoder's weights cannot be written ({error}).") from error
    with AtomicFile(path) as file:
        file.write(content)


def _copy(source: Path, path: Path) -> None:
    with AtomicFile(path) as out:
        try:
            with source.open("rb") as content:
                shutil.copyfileobj(content, out, 1 << 20)
        except OSError as error:
            raise output_error(path, error) from error
