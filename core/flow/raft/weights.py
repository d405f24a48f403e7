"""RAFT weights files: reads the published ones and ours, writes ours. Runs no network."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from core.errors import CheckpointError
from core.flow.raft.config import CONFIGS, RaftName
from core.flow.raft.network import Raft
from core.flow.raft.published import Layout, convert_published, published_layout, published_network
from core.network import read_state_dict

HEADER = "cagdde_studio_flow"
"""The entry of our files' metadata that describes them."""

_FORMAT = "raft/1"


@dataclass(frozen=True, slots=True)
class RaftFacts:
    """What a file says of itself. layout: in which it was published. source: the name of the file it came from."""

    network: RaftName
    layout: Layout
    source: str = ""


def load_raft(path: Path) -> tuple[Raft, RaftFacts]:
    """The network in a weights file, published or ours: float32, in evaluation mode.

    Raises:
        CheckpointError: missing, damaged, or not the weights of one of the two networks.
    """
    facts = _own_facts(path)
    state = read_state_dict(path)
    if facts is None:
        state, facts = _from_published(path, state)
    if not all(bool(value.isfinite().all()) for value in state.values()):
        raise CheckpointError(f"{path}: some of its weights are no finite numbers; get the file again.")
    network = Raft(CONFIGS[facts.network])
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise _does_not_fit(path, facts.network, " ".join(str(error).split())[:200]) from error
    return network.eval(), facts


def serialise_raft(network: Raft, facts: RaftFacts) -> bytes:
    """Our file of a network."""
    from safetensors.torch import save  # pyright: ignore[reportUnknownVariableType]

    document = json.dumps({"format": _FORMAT, **asdict(facts)})
    return save({k: v.contiguous() for k, v in network.state_dict().items()}, {HEADER: document})


def _own_facts(path: Path) -> RaftFacts | None:
    """Raises CheckpointError where a file of ours has a description that this program cannot read."""
    if path.suffix.lower() != ".safetensors":
        return None
    try:
        with _opened(path) as file:
            entries: dict[str, str] = file.metadata() or {}
    except (SafetensorError, OSError):
        return None  # read_state_dict says what is wrong with it
    if HEADER not in entries:
        return None
    try:
        document = json.loads(entries[HEADER])
        version = document.pop("format")
        facts = RaftFacts(**document)
        known = version == _FORMAT and facts.network in CONFIGS
    except (KeyError, TypeError, ValueError, AttributeError):
        known, facts = False, None
    if not known:
        raise CheckpointError(f"{path}: its description is of a kind that this program does not know.")
    return facts


def _opened(path: Path) -> Any:
    return safe_open(path, "pt")


def _from_published(path: Path, state: dict[str, Tensor]) -> tuple[dict[str, Tensor], RaftFacts]:
    layout = published_layout(state)
    if layout is None:
        first = ", ".join(list(state)[:2])
        raise CheckpointError(
            f"{path}: holds other weights than RAFT's (its entries begin with {first}); raft-small or raft-large, "
            "of princeton-vl or torchvision, was expected."
        )
    facts = RaftFacts(published_network(state), layout, path.name)
    try:
        return convert_published(state, CONFIGS[facts.network]), facts
    except ValueError as error:
        raise _does_not_fit(path, facts.network, str(error)) from error


def _does_not_fit(path: Path, name: str, reason: str) -> CheckpointError:
    return CheckpointError(f"{path}: its weights do not fit {name} ({reason}); get the file again.")
