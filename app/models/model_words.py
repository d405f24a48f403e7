"""What is known of a model, as titles and texts. Qt-free; what a weights file says of itself is read by core."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.words import counted

if TYPE_CHECKING:
    from core.network import CheckpointMetadata
    from core.registry import ModelRecord

Rows = dict[str, str]
"""Texts by title, in the order of reading."""
ORIGINS = {"bundled": "bundled", "imported": "imported", "finetuned": "finetuned", "found": "found again"}
_KINDS = {"encoder": " encoder", "flow": ", optical flow"}
_USES = {
    "encoder": "A start for training; it predicts nothing by itself.",
    "flow": "Optical flow for the prediction, chosen in the settings; it is no model of saliency.",
}
_PROTOCOLS = {
    "flow": "with flow",
    "white": "without flow",
    "authors": "the authors' protocol",
    "davsod": "DAVSOD's",
}
_MOST_MEASURES, _MOST_CLIPS = 4, 3
_UNKNOWN = "not said"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One row of the list. predicts: it is the model in use now. parent: the name of the one it was finetuned from."""

    record: "ModelRecord"
    predicts: bool
    parent: str = ""

    @property
    def words(self) -> str:
        """The second line."""
        facts = self.record.facts
        kind = f"{facts.architecture}{_KINDS.get(facts.kind, '')}"
        standing = "default" if self.record.is_default else ""
        now = "predicts now" if self.predicts and not self.record.is_default else ""
        trouble = "damaged" if self.record.trouble else ""
        return "  ·  ".join(filter(None, (standing, now, trouble, ORIGINS[facts.origin], kind)))


def describe(entry: ModelEntry, metadata: "CheckpointMetadata | None") -> Rows:
    """Everything that is known of a model.

    Args:
        metadata: what its file says; None for an encoder, or where it cannot be read.
    """
    facts = entry.record.facts
    rows = {"Name": facts.name, "Origin": _origin(entry)}
    if metadata is not None:
        config = metadata.config
        rows["Architecture"] = f"{config.name}, encoder {config.encoder}, input side {config.input_side}"
        rows["Flow"] = _flow(metadata.flow)
        rows["Trained on"] = _training(metadata.training)
        rows["Measures"] = _measures(metadata.metrics, facts.lineage)
        rows["Parent"] = entry.parent or Path(metadata.parent or "").name or "none"
        rows["Licence"] = metadata.licence or _UNKNOWN
    else:
        rows["Architecture"] = f"{facts.architecture}{_KINDS.get(facts.kind, '')}"
        if facts.kind in _USES:
            rows["Use"] = _USES[facts.kind]
    rows["Size"] = f"{facts.bytes / 1e6:.1f} MB"
    if facts.made_at:
        rows["Added"] = f"{datetime.fromtimestamp(facts.made_at):%Y-%m-%d %H:%M}"
    if facts.source:
        rows["Came from"] = facts.source
    rows["File"] = str(entry.record.path)
    return rows


def _origin(entry: ModelEntry) -> str:
    facts = entry.record.facts
    words = ORIGINS[facts.origin] + (", converted from another layout" if facts.converted else "")
    return f"{words}; the default" if entry.record.is_default else words


def _flow(flow: dict[str, Any]) -> str:
    if not flow:
        return _UNKNOWN
    timing = str(flow.get("timing", "")).replace("->", " → ")
    return ", ".join(filter(None, (str(flow.get("method", "")).upper(), timing)))


def _training(training: dict[str, Any]) -> str:
    """The data in few words: a file's own account of its training is long and not always of one shape."""
    if isinstance(finetuned := training.get("finetuned"), dict):
        frames = counted(int(finetuned.get("trained_frames", 0)), "accepted frame")
        return f"{frames} of {_clips(finetuned)}, after its parent's data"
    runs = training.get("average_of")
    first = runs[0] if isinstance(runs, list) and runs and isinstance(runs[0], dict) else training
    data = first.get("recipe", first).get("data", {}) if isinstance(first.get("recipe", first), dict) else {}
    if not isinstance(data, dict) or not data:
        return str(training.get("data") or training.get("source") or _UNKNOWN)
    stills = [
        Path(str(source.get("folder", ""))).name
        for source in data.get("stills", [])
        if isinstance(source, dict)
    ]
    clips = data.get("clips", [])
    words = [f"stills of {', '.join(stills)}"] if stills else []
    words += [f"{len(clips)} clips"] if clips else []
    words += [f"{len(data['unlabelled'])} clips without labels"] if data.get("unlabelled") else []
    return "; ".join(words) or _UNKNOWN


def _clips(finetuned: dict[str, Any]) -> str:
    """The clips that it was finetuned on; of older files the project alone is known."""
    names = [str(name) for name in finetuned.get("clips", ())]
    if not names:
        return Path(str(finetuned.get("project", ""))).stem
    more = len(names) - _MOST_CLIPS
    return ", ".join(names[:_MOST_CLIPS]) + (f" and {counted(more, 'more clip')}" if more > 0 else "")


def _measures(metrics: dict[str, Any], lineage: dict[str, Any]) -> str:
    lines: list[str] = []
    before, after = lineage.get("j_before"), lineage.get("j_after")
    if before is not None and after is not None:
        lines.append(f"held-out frames: J {before:.3f} → {after:.3f}; {lineage.get('gain', '')}")
    for protocol, clips in metrics.items():
        overall = clips.get("all") if isinstance(clips, dict) else None
        if isinstance(overall, dict) and len(lines) < _MOST_MEASURES:
            names = (("J", "j"), ("max F", "max_f"), ("S", "s_measure"), ("MAE", "mae"))
            values = [f"{name} {overall[key]:.3f}" for name, key in names if key in overall]
            how = ", ".join(_PROTOCOLS.get(part, part) for part in protocol.split("/"))
            lines.append(f"{how}: {', '.join(values)}")
    return "\n".join(lines) or _UNKNOWN
