"""How a model comes into the registry: its folder is filled beside its place, then moved there. No choices here."""

import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from core.registry.entry import (
    FACTS,
    WEIGHTS,
    Kind,
    ModelFacts,
    Origin,
    architecture_of,
    file_sha256,
    read_entry,
    read_header,
)
from core.registry.folder import RegistryFolder


@dataclass(frozen=True, slots=True)
class NewModel:
    """What is to be kept. write: puts the weights at a path. The other fields are those of ModelFacts.

    documents: files to keep beside the weights, by the name they get.
    """

    write: Callable[[Path], None]
    kind: Kind
    name: str
    source: str = ""
    converted: bool = False
    lineage: Mapping[str, Any] = field(default_factory=dict[str, Any])
    documents: Mapping[str, Path] = field(default_factory=dict[str, Path])


def keep_model(place: RegistryFolder, origin: Origin, new: NewModel) -> str:
    """Keep a model.

    Returns:
        its id, or that of the model that is there already with the same weights.

    Raises:
        OutputError: the registry cannot be written. What `write` raises.
    """
    from core.video.atomic import AtomicFile, make_folder, output_error

    make_folder(place.path)
    staged = place.sibling("new")
    make_folder(staged)
    try:
        new.write(staged / WEIGHTS)
        for title, document in new.documents.items():
            with AtomicFile(staged / title) as out, document.open("rb") as content:
                shutil.copyfileobj(content, out)
        facts = _facts(staged / WEIGHTS, origin, new)
        with AtomicFile(staged / FACTS) as out:
            out.write(msgspec.json.format(msgspec.json.encode(facts), indent=2))
        with place.changing():
            return _move_in(place, staged, facts)
    except OSError as error:
        raise output_error(place.path, error) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _facts(weights: Path, origin: Origin, new: NewModel) -> ModelFacts:
    sha256 = file_sha256(weights)
    return ModelFacts(
        id=f"{_slug(new.name)}-{sha256[:8]}",
        name=new.name,
        kind=new.kind,
        origin=origin,
        architecture=architecture_of(read_header(weights)),
        sha256=sha256,
        bytes=weights.stat().st_size,
        made_at=time.time(),
        source=new.source,
        converted=new.converted,
        lineage=dict(new.lineage),
    )


def _move_in(place: RegistryFolder, staged: Path, facts: ModelFacts) -> str:
    """Returns: the id under which these weights are there now."""
    for folder in place.entries():
        there = read_entry(folder)
        if there.facts.sha256 == facts.sha256 and there.trouble is None:
            return there.id
    target = place.path / facts.id
    if target.exists():  # a damaged one of the same weights
        os.replace(target, place.sibling("trash"))
    os.replace(staged, target)
    return facts.id


def _slug(name: str) -> str:
    """A name as part of a folder's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "model"
