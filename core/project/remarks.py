"""Notes and runs of a project: what people and computations left beside the frames. Nothing is decided by them."""

import json
from time import time
from typing import Any

from core.project.records import Note, Run
from core.project.store import Store


class Remarks:
    """The tables `notes` and `runs` of an open project; each call that changes something is one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_note(self, text: str, clip: int | None, frame: int | None) -> int:
        with self._store.transaction():
            return self._store.insert(
                "notes", {"clip": clip, "frame": frame, "text": text, "made_at": time()}
            )

    def remove_note(self, number: int) -> None:
        with self._store.transaction():
            self._store.delete("notes", [number])

    def notes(self) -> list[Note]:
        values: list[Any] = [dict(row) for row in self._store.rows("notes")]
        return [Note(v["id"], v["clip"], v["frame"], v["text"], v["made_at"]) for v in values]

    def has_notes(self, clip: int) -> bool:
        return bool(self._store.query("SELECT 1 FROM notes WHERE clip = ? LIMIT 1", clip))

    def remove_notes(self, clip: int) -> None:
        """All of a clip, inside a transaction."""
        found = self._store.query("SELECT id FROM notes WHERE clip = ?", clip)
        self._store.delete("notes", [number for (number,) in found])

    def add_run(self, kind: str, facts: dict[str, Any]) -> int:
        with self._store.transaction():
            return self._store.insert(
                "runs", {"kind": kind, "made_at": time(), "facts": json.dumps(facts, sort_keys=True)}
            )

    def runs(self) -> list[Run]:
        values: list[Any] = [dict(row) for row in self._store.rows("runs")]
        return [Run(v["id"], v["kind"], v["made_at"], json.loads(v["facts"])) for v in values]
