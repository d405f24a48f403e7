"""Weights files: our safetensors with metadata, and how files of other origin are read safely."""

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialise  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor

from core.errors import CheckpointError, OutputError
from core.metrics.expected_iou import ConfidenceCalibration
from core.network.cagdde import CagDde, build_model
from core.network.config import CAGDDE_R101, ModelConfig
from core.network.official import convert_official, looks_official

FORMAT = "cagdde-studio/1"
"""Written into every file; raised when the layout changes."""

_KEY = "cagdde_studio"
_CALIBRATION_KEY = "cagdde_studio_calibration"
"""An entry of its own: versions that do not know it read the file as before."""
_FOREIGN_SUFFIXES = (".pth", ".pt", ".ckpt", ".tar")


@dataclass(frozen=True, slots=True)
class CheckpointMetadata:
    """What a weights file says of itself.

    config: architecture. flow: method, settings and timing of the flow it was trained with.
    training: data, recipe, seed. metrics: results on clips that were not trained on. parent: the file it was
    finetuned from. licence: of the weights. calibration: what makes the scores an expected IoU; None: uncalibrated.
    """

    config: ModelConfig
    flow: dict[str, Any] = field(default_factory=dict[str, Any])
    training: dict[str, Any] = field(default_factory=dict[str, Any])
    metrics: dict[str, Any] = field(default_factory=dict[str, Any])
    parent: str | None = None
    licence: str = ""
    calibration: ConfidenceCalibration | None = None


def save_checkpoint(
    path: str | Path, model: CagDde, metadata: CheckpointMetadata, dtype: torch.dtype = torch.float32
) -> None:
    """Write weights and metadata as safetensors, to a sibling first.

    Args:
        dtype: of the floating-point tensors in the file (float16 halves it).

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(path)
    state = {
        name: (value.to(dtype) if value.is_floating_point() else value).contiguous().cpu()
        for name, value in model.state_dict().items()
    }
    try:
        content = serialise(state, header_of(metadata))
    except SafetensorError as error:
        raise OutputError(
            f"{path}: the weights cannot be written ({error}); choose another folder."
        ) from error
    write_weights(path, content)


def write_weights(path: Path, content: bytes) -> None:
    """Write a weights file whole or not at all. Raises: OutputError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise OutputError(
            f"{path}: the weights cannot be written ({error}); free space or choose another folder."
        ) from error


def header_of(metadata: CheckpointMetadata) -> dict[str, str]:
    """The entries of a safetensors header that describe a model."""
    document = {"format": FORMAT, **asdict(metadata)}
    del document["calibration"]
    header = {_KEY: json.dumps(document)}
    if metadata.calibration is not None:
        header[_CALIBRATION_KEY] = json.dumps(metadata.calibration.to_dict())
    return header


def load_checkpoint(path: str | Path) -> tuple[CagDde, CheckpointMetadata]:
    """Build the network a file describes and load its weights as float32, in evaluation mode.

    Reads our safetensors, and .pth files in the published CAG-DDE layout (with weights_only, so that no code runs).

    Raises:
        CheckpointError: the file is missing, damaged, of a foreign layout or does not fit its architecture.
    """
    path = _existing(path)
    if path.suffix.lower() in _FOREIGN_SUFFIXES:
        return load_official(path)
    metadata = inspect_checkpoint(path)
    with _opened(path) as file:
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict
    return _fill(path, metadata, state), metadata


def inspect_checkpoint(path: str | Path) -> CheckpointMetadata:
    """Read the metadata alone.

    Raises:
        CheckpointError: as load_checkpoint.
    """
    path = _existing(path)
    if path.suffix.lower() in _FOREIGN_SUFFIXES:
        return load_official(path)[1]
    with _opened(path) as file:
        metadata_entries: dict[str, str] = file.metadata() or {}
    text = metadata_entries.get(_KEY)
    if text is None:
        raise CheckpointError(
            f"{path}: is a safetensors file of another program; a CAG-DDE Studio model was expected."
        )
    try:
        document = json.loads(text)
        version = document.pop("format")
        # First: what a newer format means by its other entries is not known here.
        if version != FORMAT:
            raise CheckpointError(
                f"{path}: has format {version}, this program reads {FORMAT}; update the program."
            )
        config = ModelConfig.from_dict(document.pop("config"))
        text = metadata_entries.get(_CALIBRATION_KEY)
        calibration = None if text is None else ConfidenceCalibration.from_dict(json.loads(text))
        metadata = CheckpointMetadata(config=config, calibration=calibration, **_checked(document))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: its description cannot be read ({error}); get the file again."
        ) from error
    return metadata


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    """The entries beside format and config. Raises ValueError where one is of another kind than it should be."""
    for name in ("flow", "training", "metrics"):
        if not isinstance(document.get(name, {}), dict):
            raise ValueError(f"its entry {name} is no table")
    return document


def read_state_dict(path: str | Path) -> dict[str, Tensor]:
    """A plain state dict from .safetensors, or from .pth with weights_only; for encoder weights and converters.

    Raises:
        CheckpointError: missing, damaged, or not a dictionary of tensors.
    """
    path = _existing(path)
    if path.suffix.lower() == ".safetensors":
        with _opened(path) as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict
    try:
        content: object = torch.load(path, map_location="cpu", weights_only=True)
    # Not narrower: on a damaged stream the unpickler fails in any way, with IndexError and struct.error among them.
    except Exception as error:
        raise CheckpointError(
            f"{path}: cannot be read as weights alone (damaged, or it holds more than tensors); get the file again."
        ) from error
    state = _unwrapped(content)
    if not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise CheckpointError(f"{path}: does not hold a dictionary of tensors; a state dict was expected.")
    return {str(name).removeprefix("module."): cast(Tensor, value) for name, value in state.items()}


def _unwrapped(content: object) -> dict[object, object]:
    """The state dict in what a file held, which may lie in a dictionary of its own; empty where there is none."""
    for key in ("state_dict", "model", "net"):
        if isinstance(content, dict) and isinstance(
            inner := cast("dict[object, object]", content).get(key), dict
        ):
            content = cast("dict[object, object]", inner)
    return cast("dict[object, object]", content) if isinstance(content, dict) else {}


def file_hash(path: str | Path) -> str:
    """sha256 of a file, hexadecimal; names caches and lineage."""
    digest = hashlib.sha256()
    with _existing(path).open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _existing(path: str | Path) -> Path:
    path = Path(path)
    try:
        if not path.is_file():
            raise CheckpointError(f"{path}: there is no such weights file.")
        if path.stat().st_size == 0:
            raise CheckpointError(f"{path}: the weights file is empty; get it again.")
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}); check its permissions.") from error
    return path


def _opened(path: Path) -> Any:
    try:
        return safe_open(path, "pt")
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"{path}: is not a readable safetensors file ({error}); get the file again."
        ) from error


def load_official(path: Path) -> tuple[CagDde, CheckpointMetadata]:
    """The network in a file of the published CAG-DDE layout, whatever the file's form. Raises CheckpointError."""
    state = read_state_dict(path)
    if not looks_official(state):
        raise CheckpointError(
            f"{path}: holds weights of another architecture; the published CAG-DDE layout or a .safetensors file "
            "of this program was expected."
        )
    metadata = CheckpointMetadata(
        config=CAGDDE_R101,
        flow={"method": "raft", "timing": "t-1->t", "radius_floor_px": 0.0},
        training={"data": "as published by the paper's authors"},
    )
    return _fill(path, metadata, convert_official(state)), metadata


def _fill(path: Path, metadata: CheckpointMetadata, state: dict[str, Tensor]) -> CagDde:
    if not all(bool(value.isfinite().all()) for value in state.values()):
        raise CheckpointError(f"{path}: some of its weights are no finite numbers; get or train it again.")
    try:
        model = build_model(metadata.config)
        model.load_state_dict({name: v.float() if v.is_floating_point() else v for name, v in state.items()})
    except (RuntimeError, TypeError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CheckpointError(
            f"{path}: its weights do not fit the architecture {metadata.config.name} ({reason}); get the file again."
        ) from error
    return model.eval()
