"""Masks: the correction layer, the tools that edit it, undo patches and propagation. No storage, no window."""

from core.masks.layer import (
    BACKGROUND,
    FOLLOW,
    FOREGROUND,
    compose_mask,
    compose_rectangle,
    empty_layer,
)
from core.masks.patch import Patch, apply, from_bytes, make_patch, revert, to_bytes
from core.masks.rectangle import Rectangle

__all__ = [
    "BACKGROUND",
    "FOLLOW",
    "FOREGROUND",
    "Patch",
    "Rectangle",
    "apply",
    "compose_mask",
    "compose_rectangle",
    "empty_layer",
    "from_bytes",
    "make_patch",
    "revert",
    "to_bytes",
]
