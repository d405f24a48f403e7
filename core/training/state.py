"""The resumable state of a run: one file, replaced atomically."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from core.errors import CheckpointError, OutputError


@dataclass(slots=True)
class RunState:
    """Where a run stands. iteration: optimiser steps done. best: selection score of the best average so far."""

    iteration: int = 0
    best: float = -1.0
    history: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def save_state(path: Path, content: dict[str, Any]) -> None:
    """Write tensors and plain values. Raises OutputError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        torch.save(content, partial)
        os.replace(partial, path)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: the training state cannot be written ({error}); free space and resume."
        ) from error


def load_state(path: Path) -> dict[str, Any]:
    """Read what `save_state` wrote, without running code from it. Raises CheckpointError."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        reason = " ".join(str(error).split())[:160]
        raise CheckpointError(
            f"{path}: the training state is damaged ({reason}); start again without --resume."
        ) from error
