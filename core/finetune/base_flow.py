"""The optical flow that a base model is finetuned on: the one that it was trained with, where it can be had."""

from collections.abc import Mapping
from typing import Any

from core.errors import InputError
from core.flow import FlowChoice
from core.inference.flow import FLOW_TIMING, choose_flow
from core.training.run import pick_device

_PUBLISHED = "raft"
"""What published checkpoints say: either network."""
_RADIUS_FLOOR_PX = 1.0
"""Of flow pictures, as `core.flow.flow_picture` draws them."""


def base_flow(trained: Mapping[str, Any], device: str) -> tuple[FlowChoice, str]:
    """Choose the flow for a job's samples.

    Args:
        trained: what the base model's checkpoint records. device: as in the settings of a finetuning.

    Returns:
        The choice, and a sentence where it is not what the model was trained with, else nothing.

    Raises:
        InputError: the model was trained with a RAFT network whose weights are not here. DeviceError.
    """
    method = str(trained.get("method") or "dis")
    if not method.startswith("raft"):
        return FlowChoice("dis"), ""
    where = pick_device(device).type
    if method != _PUBLISHED:
        try:
            return choose_flow("raft-large" if method == "raft-large" else "raft-small", where), ""
        except InputError as error:
            raise InputError(
                f"The base model was trained with {method} flow and is finetuned on it. {error}"
            ) from error
    for known in ("raft-large", "raft-small"):
        try:
            return choose_flow(known, where), ""
        except InputError:
            continue
    return FlowChoice("dis"), (
        "The base model was trained with RAFT flow, whose weights are not here: DIS flow is used, as in predictions."
    )


def description(flow: FlowChoice) -> dict[str, Any]:
    """Method, settings and timing, as checkpoints record them. Raises CheckpointError."""
    return {**flow.description(), "timing": FLOW_TIMING, "radius_floor_px": _RADIUS_FLOOR_PX}
