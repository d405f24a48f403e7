"""The registry: list, import, choose, roll back, delete. Each change is whole or not made. Where it lies: folder.py.

A model is a folder with its weights and its facts; the list is read off the folders, so that it cannot be lost apart
from them.
"""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from core.errors import InputError, OutputError
from core.registry.adding import NewModel, keep_model
from core.registry.choices import BUNDLED, CHOICES, Change, Choices, read_choices
from core.registry.default import find_default, models_folder
from core.registry.entry import ModelRecord, bundled, file_sha256, read_entry
from core.registry.folder import RegistryFolder


class ModelRegistry:
    """The models in a folder, with the bundled one always first.

    Args:
        folder: None for this user's.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or models_folder()
        self._place = RegistryFolder(self.folder)

    def models(self) -> list[ModelRecord]:
        """All models, the bundled one first, then oldest first; what is damaged is listed with its trouble."""
        default = find_default(self.folder).id
        found = [read_entry(folder) for folder in self._place.entries()]
        entries = [replace(record, is_default=record.id == default) for record in found]
        entries.sort(key=lambda record: (record.facts.made_at, record.id))
        return [bundled(default == BUNDLED), *entries]

    def get(self, name: str) -> ModelRecord:
        """The model of an id, of a name that only one has, or of the beginning of one id.

        Raises: InputError, which says what there is.
        """
        models = self.models()
        for fits in (
            [record for record in models if record.id == name],
            [record for record in models if record.name == name],
            [record for record in models if name and record.id.startswith(name)],
        ):
            if len(fits) == 1:
                return fits[0]
            if fits:
                raise InputError(
                    f"{name} may be {' or '.join(record.id for record in fits)}: write the whole id."
                )
        raise InputError(
            f"There is no model called {name}; there are {', '.join(record.id for record in models)}."
        )

    def default(self) -> ModelRecord:
        """The model that is the default now."""
        return self.get(find_default(self.folder).id)

    def base_of(self, model: Path | None = None) -> Path:
        """The weights that a finetuning starts from: a finetuned model is never finetuned again, its base is.

        Args:
            model: a weights file, of the registry or not; None is the default.

        Returns:
            The model itself where it was not finetuned; its base, from the registry or from where it was when it was
            used; the bundled model where that is gone.
        """
        models = self.models()
        records = {record.path: record for record in models}
        place = model or next(record.path for record in models if record.is_default)
        seen: set[Path] = set()
        while place in records and records[place].facts.origin == "finetuned" and place not in seen:
            seen.add(place)
            lineage = records[place].facts.lineage
            wanted = lineage.get("base_sha256")
            listed = (other.path for other in models if other.facts.sha256 == wanted and not other.trouble)
            place = next(listed, None) or _unchanged(lineage.get("base"), wanted) or models[0].path
        usable = place not in records or records[place].trouble is None
        return place if usable else models[0].path

    def flow_weights(self, method: str) -> Path:
        """The weights that were imported last of a flow network, "raft-small" or "raft-large".

        Raises: InputError, which says how they are imported.
        """
        records = [
            record
            for record in self.models()
            if (record.facts.kind, record.facts.architecture) == ("flow", method)
        ]
        usable = [record for record in records if record.trouble is None]
        if usable:
            return usable[-1].path
        raise InputError(
            next((str(record.trouble) for record in records), None)
            or f"The weights of {method} are not there: get them as docs/flow.md says, then `cagdde model import FILE`."
        )

    def history(self) -> list[Change]:
        """Every change of the default, oldest first. Raises InputError when the record of them is damaged."""
        return self._choices().changes

    def add(self, file: Path, name: str | None = None) -> ModelRecord:
        """Import a weights file: ours, a published CAG-DDE or RAFT checkpoint, or a torchvision encoder.

        Args:
            name: for people; None takes the file's.

        Returns:
            the new model, or the one that is there already with the same weights.

        Raises:
            CheckpointError: what is wrong with the file. OutputError: the registry cannot be written.
        """
        from core.registry.importing import examine

        found = examine(file)
        new = NewModel(found.write, found.kind, name or file.stem, str(file), found.converted)
        return self.get(keep_model(self._place, "imported", new))

    def add_finetuned(
        self,
        weights: Path,
        name: str,
        lineage: Mapping[str, Any] | None = None,
        documents: Mapping[str, Path] | None = None,
    ) -> ModelRecord:
        """Keep what finetuning made.

        Args:
            weights: a .safetensors of this program. lineage: JSON-able; what it was made from.
            documents: files to keep beside it, such as its report, by the name they get.

        Raises: as `add`.
        """
        from core.registry.importing import examine

        found = examine(weights)
        new = NewModel(found.write, found.kind, name, lineage=lineage or {}, documents=documents or {})
        return self.get(keep_model(self._place, "finetuned", new))

    def set_default(self, name: str) -> ModelRecord:
        """Predict with this model from now on. Raises InputError where it cannot be used."""
        with self._place.changing():
            record = self._usable(name)
            if record.id != self._choices().stack()[-1]:
                self._note(Change(time.time(), record.id, "set"))
        return self.get(record.id)

    def roll_back(self) -> ModelRecord:
        """Return to the model that was the default before. Raises InputError where there was none."""
        with self._place.changing():
            earlier = self._choices().stack()[:-1]
            usable = [
                name for name in earlier if name == BUNDLED or not read_entry(self.folder / name).trouble
            ]
            if not usable:
                raise InputError("There is no earlier default to return to: the bundled model is the first.")
            self._note(Change(time.time(), usable[-1], "rolled back"))
        return self.get(usable[-1])

    def delete(self, name: str) -> ModelRecord:
        """Remove a model and its files. Raises InputError for the default and the bundled model."""
        with self._place.changing():
            record = self.get(name)
            if record.id == BUNDLED:
                raise InputError("The bundled model is part of the program and cannot be deleted.")
            if record.id == self._choices_or_none().stack()[-1]:
                raise InputError(
                    f"{record.id} is the default model: make another one the default, then delete it."
                )
            folder = self.folder / record.id
            doomed = self._place.sibling("trash")
            try:
                os.replace(folder, doomed)
                shutil.rmtree(doomed)
            except OSError as error:
                raise OutputError(
                    f"{folder} cannot be deleted ({error.strerror}): close what uses it, and check your permission."
                ) from error
        return record

    # How it is done

    def _usable(self, name: str) -> ModelRecord:
        record = self.get(name)
        if reason := record.not_a_model:
            raise InputError(reason)
        if record.trouble is not None:
            raise InputError(record.trouble)
        if record.id != BUNDLED:
            from core.network import load_checkpoint

            load_checkpoint(record.path)
        return record

    def _choices(self) -> Choices:
        try:
            return read_choices(self.folder)
        except (OSError, msgspec.DecodeError) as error:
            raise InputError(f"{self.folder / CHOICES} cannot be read ({error}).") from error

    def _choices_or_none(self) -> Choices:
        """What is damaged chooses nothing: then the bundled model is the default."""
        try:
            return self._choices()
        except InputError:
            return Choices()

    def _note(self, change: Change) -> None:
        from core.video.atomic import AtomicFile

        choices = Choices([*self._choices().changes, change])
        with AtomicFile(self.folder / CHOICES) as file:
            file.write(msgspec.json.encode(choices))


def _unchanged(path: Any, sha256: Any) -> Path | None:
    """A file, if it still is what it was."""
    place = Path(str(path)) if path else None
    return place if place is not None and place.is_file() and file_sha256(place) == sha256 else None
