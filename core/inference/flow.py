"""The flow of a run: what the settings ask for, what can be chosen here, and what a model was trained with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from core.errors import InputError
from core.inference.settings import FlowMethod

if TYPE_CHECKING:
    from core.flow import FlowChoice

FLOW_TIMING = "t->t+1"
"""What core.flow.flow_for_frame gives, as checkpoints record it."""

_WORDS = {"long_side": "long side {}", "preset": "preset {}", "iterations": "{} iterations"}
"""Settings that are compared with those of the training, and told where they differ."""


@dataclass(frozen=True, slots=True)
class FlowOption:
    """A method that can be asked for. trouble: why not now, one sentence; None where it can be chosen."""

    method: FlowMethod
    trouble: str | None = None


def flow_options() -> tuple[FlowOption, ...]:
    """Every method with whether its weights are there. Loads no torch."""
    return tuple(FlowOption(method, _trouble(method)) for method in get_args(FlowMethod))


def choose_flow(method: FlowMethod, device: str = "cpu", threads: int | None = None) -> "FlowChoice":
    """A method with its weights.

    Args:
        device, threads: of a flow network.

    Raises:
        InputError: its weights were not imported, in one sentence.
    """
    from core.flow import FlowChoice
    from core.registry import ModelRegistry

    weights = ModelRegistry().flow_weights(method) if method.startswith("raft") else None
    return FlowChoice(method, weights, device, threads)


def flow_notices(trained: Mapping[str, Any], used: Mapping[str, Any]) -> list[str]:
    """A sentence where the flow differs from what a model was trained with; none where nothing is known.

    Args:
        trained, used: descriptions with method, settings and timing.
    """
    if not trained.get("method"):
        return []
    trained = {"timing": FLOW_TIMING, **trained}
    used = {"timing": FLOW_TIMING, **used}
    same = _same_method(str(trained["method"]), str(used["method"]))
    differing = [name for name in _WORDS if same and _differ(name, trained, used)]
    if used["method"] != "white" and trained["timing"] != used["timing"]:
        differing.append("timing")
    if same and not differing:
        return []
    return [
        f"The model was trained with {_told(trained, differing)} and runs with {_told(used, differing)}: "
        "expect other quality."
    ]


def _trouble(method: FlowMethod) -> str | None:
    try:
        choose_flow(method)
    except InputError as error:
        return str(error)
    return None


def _same_method(trained: str, used: str) -> bool:
    """Published checkpoints say raft, which is either network."""
    return trained == used or (trained == "raft" and used.startswith("raft"))


def _differ(name: str, trained: Mapping[str, Any], used: Mapping[str, Any]) -> bool:
    return name in trained and name in used and trained[name] != used[name]


def _told(flow: Mapping[str, Any], differing: list[str]) -> str:
    method = "no flow" if flow["method"] == "white" else f"{flow['method']} flow"
    details = [flow["timing"] if name == "timing" else _WORDS[name].format(flow[name]) for name in differing]
    return f"{method} ({', '.join(details)})" if details else method
