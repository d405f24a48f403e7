"""The report's HTML: one page that needs nothing beside itself, in a light and a dark theme. No files are read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from core.exchange.html_chart import Curve, chart
from core.exchange.html_numbers import change
from core.exchange.html_page import html_page
from core.finetune.outcome import FinetuneReport, FinetuneResult, FrameOutcome
from core.finetune.report_numbers import minutes, plain
from core.finetune.report_style import SCRIPT, STYLE, STYLE_WITHOUT_SCRIPT
from core.finetune.report_tables import candidates, clips, frame_table
from core.finetune.report_tiles import tiles
from core.types import SizeHW
from core.words import counted

_TERMS = {
    "total": "whole objective",
    "bce": "cross entropy",
    "ssim": "SSIM",
    "iou": "IoU",
    "side": "side maps",
    "confidence": "confidence",
    "replay": "distance from the old model on replay",
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
        tiles(report.result),
        _split(report.split),
        clips(report.result),
        _frames(report, wipes),
        _curves(report),
        candidates(report.result),
        _facts(report, written_at or datetime.now()),
    )
    title = f"{_verdict(report.result)} · Finetuning report"
    return html_page(title, "".join(parts), STYLE, SCRIPT, STYLE_WITHOUT_SCRIPT)


def _verdict(result: FinetuneResult) -> str:
    if result.kept_old:
        return "The old model stays"
    if result.interval is None:
        return "A new model, not measured on held-out frames"
    if not result.interval.established:
        return "A new model, its gain not established"
    return "The new model is better" if result.interval.mean > 0 else "The new model is worse"


def _header(result: FinetuneResult) -> str:
    how = "stopped early, " if result.outcome == "stopped early" else ""
    share = (
        ""
        if result.kept_old
        else f" · {100 * result.chosen_a:.0f} % of the way from the old weights to the tuned"
    )
    return (
        f'<header><p class="eyebrow">Finetuning report · {escape(_subject(result))}</p><h1>{_verdict(result)}</h1>'
        f'<p class="lead">{escape(result.reason)}</p>'
        f'<p class="muted">{_done(result)} · {how}{minutes(result.seconds)}{share}</p></header>'
    )


def _subject(result: FinetuneResult) -> str:
    """What it was about: its clip, or its project where there are several; a draft's name says nothing."""
    names = result.lineage.clips
    return names[0] if len(names) == 1 else result.lineage.project.replace("\\", "/").rsplit("/", 1)[-1]


def _done(result: FinetuneResult) -> str:
    of = f"{counted(result.lineage.accepted_frames, 'accepted frame')}"
    if not result.iterations:
        return f"none of {of} trained"
    steps = f"{result.iterations} of {counted(result.planned, 'step')}"
    return f"{result.lineage.trained_frames} of {of} trained · {steps}"


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
        "project, at the time": lineage.project,
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
