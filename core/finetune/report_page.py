"""The report's HTML: one page that needs nothing beside itself, in a light and a dark theme. No files are read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from core.finetune.outcome import (
    FinetuneReport,
    FinetuneResult,
    FrameOutcome,
)
from core.finetune.report_chart import Curve, chart
from core.finetune.report_numbers import MINUS, change, minutes, pair, plain, signed
from core.finetune.report_style import SCRIPT, STYLE, STYLE_WITHOUT_SCRIPT
from core.finetune.report_tables import candidates, clips, frame_table
from core.types import SizeHW

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_TERMS = {
    "total": "whole objective",
    "bce": "cross entropy",
    "ssim": "SSIM",
    "iou": "IoU",
    "side": "side maps",
    "confidence": "confidence",
}


@dataclass(frozen=True, slots=True)
class Wipe:
    """A frame of the report with its two pictures as data URIs, and their size."""

    frame: FrameOutcome
    size_hw: SizeHW
    before: str
    after: str


def page(report: FinetuneReport, wipes: Sequence[Wipe], written_at: datetime | None = None) -> str:
    """The whole page.

    Args:
        wipes: the frames to show with pictures, worst first.
        written_at: stands at its end; None is now.
    """
    parts = (
        _header(report.result),
        _tiles(report.result),
        _split(report.split),
        clips(report.result),
        _frames(report, wipes),
        _curves(report),
        candidates(report.result),
        _facts(report, written_at or datetime.now()),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(_verdict(report.result))} · Finetuning report</title>"
        f"<style>{STYLE}</style><noscript><style>{STYLE_WITHOUT_SCRIPT}</style></noscript></head>\n"
        f"<body><main>{''.join(parts)}</main><script>{SCRIPT}</script></body></html>\n"
    )


def _verdict(result: FinetuneResult) -> str:
    if result.kept_old:
        return "The old model stays"
    if result.interval is None:
        return "A new model, not measured on held-out frames"
    if not result.interval.established:
        return "A new model, its gain not established"
    return "The new model is better" if result.interval.mean > 0 else "The new model is worse"


def _header(result: FinetuneResult) -> str:
    project = escape(result.lineage.project.replace("\\", "/").rsplit("/", 1)[-1])
    how = "stopped early, " if result.outcome == "stopped early" else ""
    share = (
        ""
        if result.kept_old
        else f" · {100 * result.chosen_a:.0f} % of the way from the old weights to the tuned"
    )
    return (
        f'<header><p class="eyebrow">Finetuning report · {project}</p><h1>{_verdict(result)}</h1>'
        f'<p class="lead">{escape(result.reason)}</p>'
        f'<p class="muted">{result.lineage.trained_frames} of {result.lineage.accepted_frames} accepted frames '
        f"trained · {how}{result.iterations} of {result.planned} steps · {minutes(result.seconds)}{share}</p></header>"
    )


def _tiles(result: FinetuneResult) -> str:
    tiles: list[str] = []
    if result.kept_old:
        return _unchanged_tiles(result)
    if result.overall is not None:
        tiles.append(_tile("J on held-out frames", *pair(result.overall, "j", 1), note=_interval(result)))
        note = f"{result.overall.after.frames} frames that neither trained nor chose"
        tiles.append(_tile("max F on held-out frames", *pair(result.overall, "max_f", 1), note=note))
    if (lost := result.forgetting) is not None:
        words = "gained" if lost.lost_points < 0 else "lost"
        tiles.append(
            _tile(
                "Forgetting, max F",
                f"{lost.max_f_before:.3f} → {lost.max_f_after:.3f}",
                change(lost.max_f_after - lost.max_f_before, 1),
                note=f"{abs(lost.lost_points):.2f} points {words} on {lost.frames} other frames; "
                f"{lost.allowed_points:g} may be lost",
            )
        )
    if (scores := result.calibration) is not None:
        tiles.append(
            _tile(
                "Confidence, calibration error",
                f"{scores.error_before:.3f} → {scores.error_after:.3f}",
                change(scores.error_after - scores.error_before, -1),
                note=f"mean |score {MINUS} IoU| {scores.mae_before:.3f} → {scores.mae_after:.3f}, "
                f"{scores.pairs} scores",
            )
        )
    return f'<section class="tiles">{"".join(tiles)}</section>' if tiles else ""


def _unchanged_tiles(result: FinetuneResult) -> str:
    """The old model's measures: with nothing changed there is no gain to establish."""
    if result.overall is None:
        return ""
    known, words = result.overall.before, "the old model, unchanged"
    note = f"{known.frames} frames that neither trained nor chose"
    tiles = [
        _tile(f"{title} on held-out frames", f"{value:.3f}", words, note)
        for title, value in (("J", known.j), ("max F", known.max_f))
    ]
    if (scores := result.calibration) is not None:
        note = f"mean |score {MINUS} IoU| {scores.mae_before:.3f}, {scores.pairs} scores"
        tiles.append(_tile("Confidence, calibration error", f"{scores.error_before:.3f}", words, note))
    return f'<section class="tiles">{"".join(tiles)}</section>'


def _tile(title: str, value: str, change: str, note: str) -> str:
    return (
        f'<div class="tile"><h2>{escape(title)}</h2><p class="value">{value}</p>'
        f'<p class="delta">{change}</p><p class="note">{note}</p></div>'
    )


def _interval(result: FinetuneResult) -> str:
    found = result.interval
    if found is None:
        return "no interval: nothing was measured"
    return (
        f"mean gain {signed(found.mean)}, 95 % interval {signed(found.low)} to {signed(found.high)} over "
        f"{found.units} {found.unit if found.units != 1 else found.unit[:-1]}: <strong>{escape(found.words)}</strong>"
    )


def _split(sentences: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<section><h2>What was held out</h2><ul class="plain">{items}</ul></section>'


def _frames(report: FinetuneReport, wipes: Sequence[Wipe]) -> str:
    if not report.frames:
        return ""
    title = '<h2>Frame by frame <span class="muted">worst regressions first</span></h2>'
    table = frame_table(report.frames)
    if not wipes:
        same = "The old model stays, so the frames look as they did before." if report.result.kept_old else ""
        return f'<section>{title}<p class="empty">{same}</p>{table}</section>'
    legend = (
        '<p class="muted">Drag the line, or move to it with Tab and use the arrow keys (Home and End show one model '
        'alone): old model on the left, new model on the right. <span class="key tint"></span> mask of the model, '
        '<span class="key line"></span> accepted mask.</p>'
    )
    figures = "".join(_figure(wipe) for wipe in wipes)
    return f'<section>{title}{legend}<div class="wipes">{figures}</div>{table}</section>'


def _figure(wipe: Wipe) -> str:
    frame = wipe.frame
    height, width = wipe.size_hw
    name = f"{escape(frame.clip)}, frame {frame.index}"
    size = f'width="{width}" height="{height}"'
    return (
        f'<figure><div class="wipe"><img src="{wipe.after}" {size} alt="{name}: mask of the new model">'
        f'<img class="old" src="{wipe.before}" {size} alt="{name}: mask of the old model">'
        '<span class="side">old</span><span class="side right">new</span>'
        f'<input type="range" min="0" max="100" value="50" step="2" aria-label="{name}: share of the old model" '
        'aria-valuetext="old model left of 50 percent"><i class="cut"></i></div>'
        f"<figcaption><b>{name}</b> J {frame.j_before:.3f} → {frame.j_after:.3f} "
        f"{change(frame.j_after - frame.j_before, 1)}</figcaption></figure>"
    )


def _curves(report: FinetuneReport) -> str:
    charts: list[str] = []
    if report.selections:
        looks = [point.iteration for point in report.selections]
        curves = (
            Curve("J", looks, [point.j for point in report.selections]),
            Curve("max F", looks, [point.max_f for point in report.selections]),
        )
        charts.append(chart("On the frames that choose", curves, dots=True))
    names = list(_TERMS) + sorted({name for point in report.steps for name in point.terms} - set(_TERMS))
    for name in names:
        points = [(point.iteration, point.terms[name]) for point in report.steps if name in point.terms]
        if points:
            curve = Curve("", [x for x, _ in points], [y for _, y in points])
            charts.append(chart(f"Training: {_TERMS.get(name, name)}", (curve,)))
    if not charts:
        return ""
    return f'<section><h2>Curves</h2><div class="charts">{"".join(charts)}</div></section>'


def _facts(report: FinetuneReport, written_at: datetime) -> str:
    lineage = report.result.lineage
    origin = {
        "base model": lineage.base,
        "base model, sha256": lineage.base_sha256,
        "job, sha256": lineage.job_sha256,
        "project": lineage.project,
    }
    return (
        f'<section class="facts"><div><h2>Lineage</h2>{_list(origin)}</div>'
        f"<div><h2>Settings</h2>{_list(report.settings)}</div></section>"
        f'<footer class="muted">Written by CAG-DDE Studio, {written_at:%Y-%m-%d %H:%M}.</footer>'
    )


def _list(entries: dict[str, Any]) -> str:
    rows = "".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(plain(value))}</dd>"
        for name, value in entries.items()
    )
    return f"<dl>{rows}</dl>"
