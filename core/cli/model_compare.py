"""How two models differ: what they say of themselves, how far their weights are apart, how they measure on clips."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from core.metrics import Report
from core.network import CagDde, CheckpointMetadata, load_checkpoint

_MEASURES = (("max F", "max_f"), ("S", "s_measure"), ("MAE", "mae"), ("J", "j"))


@dataclass(frozen=True, slots=True)
class MeasuredPair:
    """Both models on one clip ("all": over all of them), protocol `authors`, by the measures' names."""

    clip: str
    first: dict[str, float]
    second: dict[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """differs: entries of their descriptions that are not equal. distance: by part of the network, the length of the
    difference of the weights over the length of the first's; empty between architectures. measured: on given clips.
    """

    differs: dict[str, tuple[Any, Any]]
    distance: dict[str, float]
    measured: list[MeasuredPair] = field(default_factory=list[MeasuredPair])


def compare(first: Path, second: Path, clips: list[Path], device: str = "auto") -> Comparison:
    """Compare two weights files.

    Args:
        clips: folders with frames/ and masks/; none leaves measuring out.

    Raises: StudioError: a file or clip cannot be used.
    """
    a, about_a = load_checkpoint(first)
    b, about_b = load_checkpoint(second)
    measured = _measure(a, b, clips, device) if clips else []
    return Comparison(_differences(about_a, about_b), _distances(a, b), measured)


def comparison_table(comparison: Comparison, first: str, second: str) -> str:
    """The comparison in lines for people."""
    lines = [f"A: {first}", f"B: {second}", ""]
    for name, (a, b) in comparison.differs.items():
        lines.append(f"{name:<24} A: {_short(a)}   B: {_short(b)}")
    if not comparison.differs:
        lines.append("Their descriptions are equal.")
    for part, distance in comparison.distance.items():
        lines.append(f"{f'weights of {part}':<24} differ by {100 * distance:.2f} %")
    if not comparison.distance:
        lines.append("Their weights cannot be compared: the architectures differ.")
    for pair in comparison.measured:
        values = "   ".join(
            f"{title} {pair.first[key]:.3f} -> {pair.second[key]:.3f} ({pair.second[key] - pair.first[key]:+.3f})"
            for title, key in _MEASURES
        )
        lines.append(f"{pair.clip:<24} {values}")
    return "\n".join(lines)


def _differences(first: CheckpointMetadata, second: CheckpointMetadata) -> dict[str, tuple[Any, Any]]:
    a, b = asdict(first), asdict(second)
    tables = {"config", "flow"}
    found: dict[str, tuple[Any, Any]] = {}
    for name in a:
        if name in tables:
            keys = sorted({*a[name], *b[name]})
            pairs = {f"{name}.{key}": (a[name].get(key), b[name].get(key)) for key in keys}
        else:
            pairs = {name: (a[name], b[name])}
        found |= {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
    return found


def _distances(first: CagDde, second: CagDde) -> dict[str, float]:
    if first.config != second.config:
        return {}
    others = second.state_dict()
    apart: dict[str, float] = {}
    length: dict[str, float] = {}
    for name, value in first.state_dict().items():
        part = name.split(".")[0]
        apart[part] = apart.get(part, 0.0) + float((value.double() - others[name].double()).square().sum())
        length[part] = length.get(part, 0.0) + float(value.double().square().sum())
    return {part: (apart[part] / max(length[part], 1e-30)) ** 0.5 for part in apart}


def _measure(first: CagDde, second: CagDde, clips: list[Path], device: str) -> list[MeasuredPair]:
    from core.training.run import pick_device
    from core.training.selection import SelectionSet

    where: torch.device = pick_device(device)

    def report(model: CagDde) -> Report:
        return SelectionSet(clips, model.config).report(model.to(where), where, mixed_precision=False)

    a, b = report(first), report(second)
    rows = zip((*a.per_clip, a.overall), (*b.per_clip, b.overall), strict=True)
    keys = [key for _, key in _MEASURES]
    return [
        MeasuredPair(x.name, {key: getattr(x, key) for key in keys}, {key: getattr(y, key) for key in keys})
        for x, y in rows
    ]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
