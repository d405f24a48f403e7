"""One model in the registry: its facts beside its weights, and what is said where they are damaged. Changes nothing."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
from safetensors import SafetensorError, safe_open

from core.registry.choices import BUNDLED
from core.resources import default_weights_path

FACTS, WEIGHTS, REPORT = "model.json", "weights.safetensors", "report.html"
FORMAT = "cagdde-model/1"

Kind = Literal["model", "encoder", "flow"]
Origin = Literal["bundled", "imported", "finetuned", "found"]


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a model without opening its weights; unknown fields of a newer version are ignored.

    kind: an encoder is a start for training, flow is a network of optical flow; neither predicts by itself. origin:
    "found" where this description was lost and was read off the weights. sha256, bytes: of the weights file. made_at:
    seconds since 1970. source: the file it came from. converted: the weights were of another layout. lineage: of a
    finetuned one.
    """

    id: str
    name: str
    kind: Kind
    origin: Origin
    architecture: str
    sha256: str
    bytes: int
    made_at: float
    source: str = ""
    converted: bool = False
    lineage: dict[str, Any] = {}
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model that is listed. trouble: why it cannot be used, one sentence; None when nothing is known against it."""

    facts: ModelFacts
    path: Path
    is_default: bool = False
    trouble: str | None = None

    @property
    def id(self) -> str:
        return self.facts.id

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def not_a_model(self) -> str | None:
        """Why it predicts nothing, one sentence; None for a model."""
        if self.facts.kind == "model":
            return None
        architecture = self.facts.architecture
        what = f"a {architecture} encoder, a start for training"
        if self.facts.kind == "flow":
            what = f"a network of optical flow, which --flow {architecture} takes"
        return (
            f"{self.id} holds the weights of {what}: it predicts nothing by itself and cannot be the default."
        )

    @property
    def report(self) -> Path | None:
        """The page that says what finetuning changed, where there is one."""
        page = self.path.with_name(REPORT)
        return page if page.is_file() else None


def read_entry(folder: Path) -> ModelRecord:
    """The model in a folder of the registry. Damage is no error here: it becomes the record's trouble."""
    weights = folder / WEIGHTS
    try:
        facts = msgspec.json.decode((folder / FACTS).read_bytes(), type=ModelFacts)
        if facts.id != folder.name or facts.format != FORMAT:
            raise msgspec.ValidationError(f"it describes {facts.id} in format {facts.format}")
    except (OSError, msgspec.DecodeError):
        facts = _found(folder)
        if not facts.architecture:
            return ModelRecord(
                facts, weights, trouble=f"{folder}: its description and its weights are damaged."
            )
    return ModelRecord(facts, weights, trouble=_trouble(facts, weights))


def _trouble(facts: ModelFacts, weights: Path) -> str | None:
    try:
        size = weights.stat().st_size
    except OSError:
        return f"{weights}: the weights are missing; import the model again."
    if size != facts.bytes:
        return f"{weights}: has {size} of {facts.bytes} bytes, so it is damaged; import the model again."
    return None


def _found(folder: Path) -> ModelFacts:
    """Facts read off the weights alone."""
    weights = folder / WEIGHTS
    header = read_header(weights)
    try:
        status = weights.stat()
        size, made_at = status.st_size, status.st_mtime
    except OSError:
        size, made_at = 0, 0.0
    name = re.sub(r"-[0-9a-f]{8}$", "", folder.name)
    return ModelFacts(
        id=folder.name,
        name=name,
        kind=kind_of(header),
        origin="found",
        architecture=architecture_of(header),
        sha256="",
        bytes=size,
        made_at=made_at,
    )


def read_header(weights: Path) -> dict[str, Any]:
    """What a weights file of this program says of itself, without torch; empty where it says nothing readable."""
    try:
        with _opened(weights) as file:
            entries: dict[str, str] = file.metadata() or {}
        if "cagdde_studio_encoder" in entries:
            return {"encoder_weights": entries["cagdde_studio_encoder"]}
        if "cagdde_studio_flow" in entries:
            return {"flow_weights": msgspec.json.decode(entries["cagdde_studio_flow"], type=dict[str, Any])}
        return msgspec.json.decode(entries["cagdde_studio"], type=dict[str, Any])
    except (SafetensorError, OSError, KeyError, msgspec.DecodeError):
        return {}


def _opened(weights: Path) -> Any:
    return safe_open(weights, "numpy")


def kind_of(header: dict[str, Any]) -> Kind:
    """What such a header belongs to."""
    return "encoder" if "encoder_weights" in header else "flow" if "flow_weights" in header else "model"


def architecture_of(header: dict[str, Any]) -> str:
    """The architecture's name in such a header, or nothing."""
    if "encoder_weights" in header:
        return str(header["encoder_weights"])
    flow, config = header.get("flow_weights"), header.get("config")
    try:
        return str(flow["network"] if flow is not None else cast("dict[str, Any]", config)["name"])
    except (KeyError, TypeError):
        return ""


def bundled(is_default: bool) -> ModelRecord:
    """The model that ships with the program."""
    path = default_weights_path()
    there = path.is_file()
    facts = ModelFacts(
        id=BUNDLED,
        name=path.stem,
        kind="model",
        origin="bundled",
        architecture=architecture_of(read_header(path)),
        sha256=file_sha256(path) if there else "",
        bytes=path.stat().st_size if there else 0,
        made_at=0.0,
    )
    return ModelRecord(
        facts, path, is_default, None if there else f"{path} is missing: install the program again."
    )


def file_sha256(path: Path) -> str:
    """Hexadecimal, without torch."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
