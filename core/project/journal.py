"""The undo journal: every change of a frame as a named step that can be undone and done again, also after years.

It changes frames only through `commit`, `undo` and `redo`; each is one transaction. What the steps mean to a person
is project.py.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from time import time

from core.masks import patch as patches
from core.masks.patch import Patch
from core.masks.rectangle import Rectangle
from core.project.frame_row import FrameRow
from core.project.frames import Frames, Layers
from core.project.map_codec import encode_map
from core.project.records import FrameState, HistoryEntry, StepResult
from core.project.rows import Row
from core.project.store import Store, damaged
from core.types import GrayImage

LARGEST_STEPS_A_FRAME = 1000
LARGEST_BYTES_A_FRAME = 32 << 20
"""Beyond either, the oldest steps of a frame can no longer be undone. A stroke takes a few hundred bytes."""

_LAYERS_AT_ONCE = 8
"""More changed layers than these are not held in memory: a step may change hundreds of frames."""

MakePatch = Callable[[GrayImage], Patch | None]
"""The patch for a layer, made when its turn comes, so that those of a long step are not in memory all at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a step does to one frame. None: as it is.

    accepted: a mask to freeze, uint8 HxW, or packed by map_codec; "none" thaws it.
    """

    frame: int
    patch: Patch | MakePatch | None = None
    state: FrameState | None = None
    threshold: float | None = None
    accepted: GrayImage | bytes | str | None = None


class Journal:
    """The journal of an open project."""

    def __init__(
        self,
        store: Store,
        frames: Frames,
        largest_steps: int = LARGEST_STEPS_A_FRAME,
        largest_bytes: int = LARGEST_BYTES_A_FRAME,
    ) -> None:
        self._store = store
        self._frames = frames
        self._largest_steps = largest_steps
        self._largest_bytes = largest_bytes

    def commit(self, clip: int, name: str, changes: Sequence[Change]) -> int:
        """Do a step and remember it. What was undone before on these frames can no longer be done again.

        Returns:
            the step's number.

        Raises:
            ValueError: no change, a frame twice, or a patch that does not fit the frame's layer.
        """
        frames = [change.frame for change in changes]
        if not frames or len(set(frames)) != len(frames):
            raise ValueError(f"a step changes one frame or more, each once, got {frames}")
        layers: Layers = {}
        with self._store.transaction():
            step = self._store.insert("steps", {"name": name, "made_at": time()})
            for change in changes:
                self._do(clip, step, change, layers)
        self._frames.keep(layers)
        return step

    def undo(self, clip: int, frame: int, whole_step: bool) -> StepResult | None:
        """Undo the last step of a frame; None when there is none."""
        return self._move(clip, frame, whole_step, undone=False)

    def redo(self, clip: int, frame: int, whole_step: bool) -> StepResult | None:
        """Do the last undone step of a frame again; None when there is none."""
        return self._move(clip, frame, whole_step, undone=True)

    def changes(self, clip: int, frame: int) -> list[Row]:
        """The rows of a frame's journal, oldest first, the undone ones last."""
        return self._store.rows("changes", "clip = ? AND frame = ? ORDER BY id", clip, frame)

    def history(self, clip: int, frame: int) -> list[HistoryEntry]:
        found = self._store.query(
            "SELECT s.id, s.name, s.made_at, c.undone, (SELECT count(*) FROM changes o WHERE o.step = s.id) "
            "FROM changes c JOIN steps s ON s.id = c.step WHERE c.clip = ? AND c.frame = ? ORDER BY c.id",
            clip,
            frame,
        )
        return [HistoryEntry(step, name, at, bool(undone), count) for step, name, at, undone, count in found]

    def remove(self, clip: int) -> None:
        """The whole journal of a clip, inside a transaction."""
        self._drop(self._store.query("SELECT id, step FROM changes WHERE clip = ?", clip))

    # A step forward

    def _do(self, clip: int, step: int, change: Change, layers: Layers) -> None:
        before = self._frames.row(clip, change.frame)
        after = replace(before, state=change.state or before.state)
        patch = change.patch(self._frames.layer(before)) if callable(change.patch) else change.patch
        if patch is not None:
            layer = patches.apply(self._frames.layer(before), patch)
            self._remember(layers, (clip, change.frame), layer)
            after = after.with_layer(layer)
        if change.threshold is not None:
            after = replace(after, threshold=change.threshold)
        if change.accepted is not None:
            after = replace(after, accepted=_packed(change.accepted))
        self._drop_undone(clip, change.frame)
        self._store.insert("changes", _journal_row(step, before, after, patch))
        self._frames.write(after)
        self._trim(clip, change.frame)

    def _remember(self, layers: Layers, place: tuple[int, int], layer: GrayImage) -> None:
        layers[place] = layer
        while len(layers) > _LAYERS_AT_ONCE:
            oldest = next(iter(layers))
            del layers[oldest]
            self._frames.forget_layer(*oldest)

    def _drop_undone(self, clip: int, frame: int) -> None:
        place = "FROM changes WHERE clip = ? AND frame = ? AND undone = 1"
        self._drop(self._store.query(f"SELECT id, step {place}", clip, frame))

    def _trim(self, clip: int, frame: int) -> None:
        """Drop the oldest changes of a frame beyond the limits; the newest always stays."""
        sizes = self._store.query(
            "SELECT id, step, coalesce(length(patch), 0) + coalesce(length(accepted_before), 0) "
            "+ coalesce(length(accepted_after), 0) FROM changes WHERE clip = ? AND frame = ? ORDER BY id DESC",
            clip,
            frame,
        )
        total = 0
        for position, (_, _, size) in enumerate(sizes):
            total += size
            if position and (position >= self._largest_steps or total > self._largest_bytes):
                self._drop([(number, step) for number, step, _ in sizes[position:]])
                return

    def _drop(self, found: Iterable[tuple[int, int]]) -> None:
        found = list(found)
        self._store.delete("changes", [number for number, _ in found])
        for step in {step for _, step in found}:
            if not self._store.query("SELECT 1 FROM changes WHERE step = ? LIMIT 1", step):
                self._store.delete("steps", [step])

    # To and fro

    def _move(self, clip: int, frame: int, whole_step: bool, undone: bool) -> StepResult | None:
        layers: Layers = {}
        self._frames.row(clip, frame)  # an index outside the clip is a mistake, not an empty journal
        with self._store.transaction():
            first = self._next(clip, frame, undone)
            if first is None:
                return None
            parts = [first]
            kept: list[int] = []
            if whole_step:
                parts, kept = self._parts(first, undone)
            rectangles = {_frame_of(part): self._turn(part, undone, layers) for part in parts}
            step = self._store.row("steps", "id = ?", first["step"])
        self._frames.keep(layers)
        changed = tuple(sorted(rectangles))
        boxes = {frame: box for frame, box in sorted(rectangles.items()) if box is not None}
        return StepResult("" if step is None else str(step["name"]), changed, tuple(sorted(kept)), boxes)

    def _next(self, clip: int, frame: int, undone: bool) -> Row | None:
        """The change of a frame that an undo (undone False) or a redo would turn."""
        order = "undone = 1 ORDER BY id" if undone else "undone = 0 ORDER BY id DESC"
        return self._store.row("changes", f"clip = ? AND frame = ? AND {order}", clip, frame)

    def _parts(self, first: Row, undone: bool) -> tuple[list[Row], list[int]]:
        """The changes of the whole step that are next on their frames, and the frames where another one is."""
        parts: list[Row] = []
        kept: list[int] = []
        for row in self._store.rows("changes", "step = ? ORDER BY id", first["step"]):
            if bool(row["undone"]) != undone:
                continue
            following = self._next(_clip_of(row), _frame_of(row), undone)
            if following is not None and following["id"] == row["id"]:
                parts.append(row)
            else:
                kept.append(_frame_of(row))
        return parts, kept

    def _turn(self, part: Row, undone: bool, layers: Layers) -> Rectangle | None:
        row = self._frames.row(_clip_of(part), _frame_of(part))
        here, there = ("before", "after") if undone else ("after", "before")
        if row.state != part[f"state_{here}"] or row.accepted != part[f"accepted_{here}"]:
            raise damaged(self._store.path, f"frame {row.frame} does not fit its journal")
        rectangle = None
        try:
            if isinstance(part["patch"], bytes):
                patch = patches.from_bytes(part["patch"])
                rectangle = patch.rectangle
                layer = (patches.apply if undone else patches.revert)(self._frames.layer(row), patch)
                self._remember(layers, (row.clip, row.frame), layer)
                row = row.with_layer(layer)
        except ValueError as error:
            raise damaged(
                self._store.path, f"frame {row.frame} does not fit its journal ({error})"
            ) from error
        threshold, accepted = part[f"threshold_{there}"], part[f"accepted_{there}"]
        assert isinstance(threshold, float)
        self._frames.write(
            replace(
                row,
                state=FrameState(str(part[f"state_{there}"])),
                threshold=threshold,
                accepted=accepted if isinstance(accepted, bytes) else None,
            )
        )
        self._store.put("changes", part | {"undone": int(not undone)})
        return rectangle


def _packed(accepted: GrayImage | bytes | str) -> bytes | None:
    if isinstance(accepted, str):
        return None
    return accepted if isinstance(accepted, bytes) else encode_map(accepted)


def _clip_of(row: Row) -> int:
    return int(row["clip"] or 0)


def _frame_of(row: Row) -> int:
    return int(row["frame"] or 0)


def _journal_row(step: int, before: FrameRow, after: FrameRow, patch: Patch | None) -> Row:
    return {
        "step": step,
        "clip": before.clip,
        "frame": before.frame,
        "undone": 0,
        "patch": None if patch is None else patches.to_bytes(patch),
        "state_before": before.state.value,
        "state_after": after.state.value,
        "threshold_before": before.threshold,
        "threshold_after": after.threshold,
        "accepted_before": before.accepted,
        "accepted_after": after.accepted,
    }
