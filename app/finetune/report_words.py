"""The sentences of a report beside its table. The numbers are core's; which of them are established too."""

from typing import TYPE_CHECKING

from core.words import counted

if TYPE_CHECKING:
    from core.finetune.outcome import Calibration, FinetuneReport, Forgetting


def sentences(report: "FinetuneReport") -> list[tuple[str, str]]:
    """Title and text of each part, in the order of reading."""
    result = report.result
    parts = [("Choice", f"{result.reason} {_shares(report)}".strip())]
    if result.kept_old:
        parts.append(("Gain", "None: the old model stays."))
    elif result.interval is not None:
        found = result.interval
        parts.append(
            (
                "Gain",
                f"Mean gain of J {found.mean:+.3f}, 95 % interval {found.low:+.3f} to {found.high:+.3f} over "
                f"{counted(found.units, found.unit.removesuffix('s'))}: {found.words}.",
            )
        )
    else:
        parts.append(("Gain", "Not measured: no frames were kept for the report."))
    if result.forgetting is not None:
        parts.append(("Forgetting", _forgetting(result.forgetting)))
    if result.calibration is not None:
        parts.append(("Confidence", _calibration(result.calibration)))
    parts.append(("Held out", " ".join(report.split)))
    how = "stopped early, " if result.outcome == "stopped early" else ""
    minutes, seconds = divmod(round(result.seconds), 60)
    parts.append(
        (
            "Training",
            f"{result.lineage.trained_frames} of {counted(result.lineage.accepted_frames, 'accepted frame')}, {how}"
            f"{counted(result.iterations, 'step')} in {minutes}:{seconds:02d} minutes.",
        )
    )
    return parts


def _shares(report: "FinetuneReport") -> str:
    """The interpolations that were compared, in one sentence."""
    compared = [
        f"a = {c.a:g}: J {c.selection_j:.3f}{'' if c.allowed else ' (forgets)'}"
        for c in report.result.candidates
    ]
    return f"Compared: {', '.join(compared)}." if compared else ""


def _forgetting(found: "Forgetting") -> str:
    points = f"{abs(found.lost_points):.2f}"
    change = (
        "no change"
        if points == "0.00"
        else f"{points} points {'lost' if found.lost_points > 0 else 'gained'}"
    )
    return (
        f"Max F {found.max_f_before:.3f} → {found.max_f_after:.3f} on {counted(found.frames, 'frame')} never trained "
        f"on: {change}, {found.allowed_points:g} may be lost."
    )


def _calibration(found: "Calibration") -> str:
    return (
        f"Calibration error {found.error_before:.3f} → {found.error_after:.3f}, mean |{found.of} − IoU| "
        f"{found.mae_before:.3f} → {found.mae_after:.3f} over {counted(found.pairs, found.unit)}."
    )
