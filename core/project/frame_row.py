"""One frame's row: its state, threshold, layer and accepted mask. How it changes is journal.py."""

from dataclasses import dataclass, replace
from typing import Any, Self

from core.masks.layer import empty_layer
from core.project.map_codec import decode_map, encode_map
from core.project.records import DEFAULT_THRESHOLD, FrameRecord, FrameState
from core.project.rows import Row
from core.types import GrayImage, SizeHW


@dataclass(frozen=True, slots=True, eq=False)
class FrameRow:
    """A row of the table `frames`. id: None while it is not in the file. layer, accepted: packed maps or None."""

    id: int | None
    clip: int
    frame: int
    pts_seconds: float
    state: FrameState = FrameState.PREDICTED
    threshold: float = DEFAULT_THRESHOLD
    layer: bytes | None = None
    accepted: bytes | None = None

    @classmethod
    def of(cls, row: Row) -> Self:
        """Raises: ValueError for a state that does not exist."""
        values: dict[str, Any] = {name: row[name] for name in cls.__dataclass_fields__}
        values["state"] = FrameState(values["state"])
        return cls(**values)

    @property
    def values(self) -> Row:
        """All columns but the id."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "id"} | {
            "state": self.state.value
        }

    @property
    def record(self) -> FrameRecord:
        has_layer, has_accepted = self.layer is not None, self.accepted is not None
        return FrameRecord(
            self.clip, self.frame, self.pts_seconds, self.state, self.threshold, has_layer, has_accepted
        )

    @property
    def untouched(self) -> bool:
        """As if nobody had ever worked on it, whatever its journal says."""
        follows = self.layer is None and self.accepted is None
        return follows and self.state is FrameState.PREDICTED and self.threshold == DEFAULT_THRESHOLD

    def unpacked_layer(self, size_hw: SizeHW) -> GrayImage:
        """uint8 HxW, of the clip's size. Raises: ValueError."""
        layer = empty_layer(size_hw) if self.layer is None else decode_map(self.layer)
        if layer.shape != size_hw:
            raise ValueError(f"a layer of {layer.shape} for a clip of {size_hw}")
        return layer

    def with_layer(self, layer: GrayImage) -> Self:
        """A layer that is empty again takes no room."""
        return replace(self, layer=encode_map(layer) if layer.any() else None)
