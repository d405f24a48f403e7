"""The frames of an open project: rows by place, and the last used layers in memory. How they change is journal.py."""

from collections import OrderedDict

import numpy as np

from core.errors import ProjectError
from core.project.clips import Clips
from core.project.frame_row import FrameRow
from core.project.map_codec import decode_map
from core.project.records import FrameState
from core.project.rows import Row
from core.project.store import Store, damaged
from core.types import GrayImage, SizeHW

Layers = dict[tuple[int, int], GrayImage]
"""Correction layers, uint8 HxW, by clip and frame."""

_LAYERS_IN_MEMORY = 8


class Frames:
    """Reads and writes the table `frames` of an open project."""

    def __init__(self, store: Store, clips: Clips) -> None:
        self._store = store
        self._clips = clips
        self._layers: OrderedDict[tuple[int, int], GrayImage] = OrderedDict()

    def all(self, clip: int) -> list[FrameRow]:
        """Every frame of a clip that was touched, in order."""
        return [self._of(row) for row in self._store.rows("frames", "clip = ? ORDER BY frame", clip)]

    def state_counts(self) -> dict[int, dict[FrameState, int]]:
        """How many frames of each clip are in each state; frames that were never touched are not counted."""
        counts: dict[int, dict[FrameState, int]] = {}
        for clip, state, count in self._store.query(
            "SELECT clip, state, count(*) FROM frames GROUP BY clip, state"
        ):
            try:
                counts.setdefault(clip, {})[FrameState(state)] = count
            except ValueError as error:
                raise damaged(self._store.path, f"a frame of clip {clip}: {error}") from error
        return counts

    def row(self, clip: int, frame: int) -> FrameRow:
        """The row of a frame, a new one if it was never touched. Raises: IndexError outside the clip."""
        record = self._clips.get(clip)
        if not 0 <= frame < record.frame_count:
            raise IndexError(f"{record.name} has frames 0 to {record.frame_count - 1}, not {frame}")
        row = self._store.row("frames", "clip = ? AND frame = ?", clip, frame)
        return FrameRow(None, clip, frame, float(record.pts_seconds[frame])) if row is None else self._of(row)

    def write(self, row: FrameRow) -> None:
        """Inside a transaction."""
        if row.id is None:
            self._store.insert("frames", row.values)
        else:
            self._store.put("frames", {"id": row.id} | row.values)

    def remove(self, clip: int) -> None:
        """Every frame of a clip, inside a transaction."""
        self._store.delete("frames", [row.id for row in self.all(clip) if row.id is not None])

    def forget(self, clip: int) -> None:
        """The layers in memory of a clip that is gone."""
        for place in [place for place in self._layers if place[0] == clip]:
            del self._layers[place]

    def forget_layer(self, clip: int, frame: int) -> None:
        """One layer in memory that is no longer what the file holds."""
        self._layers.pop((clip, frame), None)

    def layer(self, row: FrameRow) -> GrayImage:
        """The row's correction layer, uint8 HxW, not to be written to."""
        known = self._layers.get((row.clip, row.frame))
        if known is None:
            try:
                known = row.unpacked_layer(self._clips.get(row.clip).size_hw)
            except ValueError as error:
                raise damaged(self._store.path, f"frame {row.frame} of clip {row.clip}: {error}") from error
            self.keep({(row.clip, row.frame): known})
        return known

    def accepted_mask(self, row: FrameRow) -> GrayImage | None:
        """The row's frozen mask, uint8 HxW, 0 or 255, or None."""
        try:
            return None if row.accepted is None else decode_map(row.accepted)
        except ValueError as error:
            raise damaged(self._store.path, f"frame {row.frame} of clip {row.clip}: {error}") from error

    def keep(self, layers: Layers) -> None:
        """Remember layers as they are in the file now."""
        for place, layer in layers.items():
            layer.flags.writeable = False
            self._layers[place] = layer
            self._layers.move_to_end(place)
        while len(self._layers) > _LAYERS_IN_MEMORY:
            self._layers.popitem(last=False)

    def _of(self, row: Row) -> FrameRow:
        try:
            return FrameRow.of(row)
        except ValueError as error:
            raise damaged(self._store.path, f"frame {row['frame']}: {error}") from error


def refuse_accepted(row: FrameRow) -> None:
    """Raises: ProjectError for a frame whose mask is frozen."""
    if row.state is FrameState.ACCEPTED:
        raise ProjectError(
            f"frame {row.frame} is accepted and its mask is frozen: take the acceptance back to change it."
        )


def refuse_no_mask(frame: int, mask: GrayImage, size_hw: SizeHW) -> None:
    """Raises: ValueError for what is not uint8 of this size, 0 or 255."""
    right_form = mask.shape == size_hw and mask.dtype == np.uint8
    if not right_form or not np.isin(np.unique(mask), (0, 255)).all():
        raise ValueError(f"frame {frame}: a mask is uint8 of {size_hw}, 0 or 255")
