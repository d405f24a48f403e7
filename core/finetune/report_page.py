"""The report's HTML: one page that needs nothing beside itself, in a light and a dark theme. No files are read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from core.finetune.outcome import (
    Candidate,
    ClipOutcome,
    FinetuneReport,
    FinetuneResult,
    FrameOutcome,
    Measures,
)
from core.finetune.report_chart import Curve, chart
from core.finetune.report_style import SCRIPT, STYLE, STYLE_WITHOUT_SCRIPT
from core.types import SizeHW

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_MINUS = "\N{MINUS SIGN}"
_SMALL = 0.0005
"""A change below this is none."""

_COLUMNS = (
    ("J", "j", 1),
    ("boundary F", "boundary_f", 1),
    ("max F", "max_f", 1),
    ("S", "s_measure", 1),
    ("MAE", "mae", -1),
    ("flicker", "flicker", -1),
)
"""Title, field, and whether more (1) or less (-1) is better."""

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
        _clips(report.result),
        _frames(report, wipes),
        _curves(report),
        _candidates(report.result),
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
        f"trained · {how}{result.iterations} of {result.planned} steps · {_minutes(result.seconds)}{share}</p></header>"
    )


def _tiles(result: FinetuneResult) -> str:
    tiles: list[str] = []
    if result.overall is not None:
        tiles.append(_tile("J on held-out frames", *_pair(result.overall, "j", 1), note=_interval(result)))
        note = f"{result.overall.after.frames} frames that neither trained nor chose"
        tiles.append(_tile("max F on held-out frames", *_pair(result.overall, "max_f", 1), note=note))
    if (lost := result.forgetting) is not None:
        words = "lost" if lost.lost_points > 0 else "gained"
        tiles.append(
            _tile(
                "Forgetting, max F",
                f"{lost.max_f_before:.3f} → {lost.max_f_after:.3f}",
                _change(lost.max_f_after - lost.max_f_before, 1),
                note=f"{abs(lost.lost_points):.2f} points {words} on {lost.frames} other frames; "
                f"{lost.allowed_points:g} may be lost",
            )
        )
    if (scores := result.calibration) is not None:
        tiles.append(
            _tile(
                "Confidence, calibration error",
                f"{scores.error_before:.3f} → {scores.error_after:.3f}",
                _change(scores.error_after - scores.error_before, -1),
                note=f"mean |score {_MINUS} IoU| {scores.mae_before:.3f} → {scores.mae_after:.3f}, "
                f"{scores.pairs} scores",
            )
        )
    return f'<section class="tiles">{"".join(tiles)}</section>' if tiles else ""


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
        f"mean gain {_signed(found.mean)}, 95 % interval {_signed(found.low)} to {_signed(found.high)} over "
        f"{found.units} {found.unit if found.units != 1 else found.unit[:-1]}: <strong>{escape(found.words)}</strong>"
    )


def _split(sentences: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<section><h2>What was held out</h2><ul class="plain">{items}</ul></section>'


def _clips(result: FinetuneResult) -> str:
    if result.overall is None:
        text = "No frames were held out for a report, so nothing is known of frames the model has not seen."
        return f'<section><h2>By clip</h2><p class="empty">{text}</p></section>'
    rows = [_clip_row(clip, "") for clip in result.clips]
    rows.append(_clip_row(result.overall, ' class="total"'))
    titles = "".join(
        f'<th scope="col">{title}<span>{"more" if better > 0 else "less"} is better</span></th>'
        for title, _, better in _COLUMNS
    )
    return (
        '<section><h2>By clip <span class="muted">worst change of J first</span></h2>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Measures by clip"><table><thead><tr>'
        f'<th scope="col">clip</th><th scope="col">frames</th>{titles}</tr></thead><tbody>{"".join(rows)}</tbody>'
        "</table></div></section>"
    )


def _clip_row(clip: ClipOutcome, kind: str) -> str:
    cells = "".join(
        f"<td>{value}{change}</td>"
        for value, change in (_pair(clip, field, better) for _, field, better in _COLUMNS)
    )
    name = "all" if kind else escape(clip.clip)
    return f'<tr{kind}><th scope="row" title="{name}">{name}</th><td>{clip.after.frames}</td>{cells}</tr>'


def _pair(clip: ClipOutcome, field: str, better: int) -> tuple[str, str]:
    before, after = _value(clip.before, field), _value(clip.after, field)
    if before is None or after is None:
        return "–", ""
    return f"{before:.3f} → {after:.3f}", _change(after - before, better)


def _value(measures: Measures, field: str) -> float | None:
    return getattr(measures, field)


def _frames(report: FinetuneReport, wipes: Sequence[Wipe]) -> str:
    if not report.frames:
        return ""
    title = '<h2>Frame by frame <span class="muted">worst regressions first</span></h2>'
    table = _frame_table(report.frames)
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
        f"{_change(frame.j_after - frame.j_before, 1)}</figcaption></figure>"
    )


def _frame_table(frames: Sequence[FrameOutcome]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(frame.clip)}</th><td>{frame.index}</td><td>{frame.j_before:.3f} → '
        f"{frame.j_after:.3f}{_change(frame.j_after - frame.j_before, 1)}</td></tr>"
        for frame in frames
    )
    return (
        f"<details><summary>All {len(frames)} held-out frames as a table</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="J by frame"><table><thead><tr>'
        '<th scope="col">clip</th><th scope="col">frame</th><th scope="col">J</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
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


def _candidates(result: FinetuneResult) -> str:
    if not result.candidates:
        return ""
    rows = "".join(_candidate_row(candidate, result.chosen_a) for candidate in result.candidates)
    titles = ("a", "J", "max F", "max F, other frames", "")
    return (
        '<section><h2>How much of the tuning is kept <span class="muted">a = 0 is the old model, a = 1 the tuned '
        'one</span></h2><div class="scroll" tabindex="0" role="region" aria-label="Candidates"><table><thead><tr>'
        + "".join(f'<th scope="col">{title}</th>' for title in titles)
        + f"</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _candidate_row(candidate: Candidate, chosen_a: float) -> str:
    chosen = candidate.a == chosen_a
    words = "chosen" if chosen else escape(candidate.why_not)
    return (
        f'<tr{" class=chosen" if chosen else ""}><th scope="row">{candidate.a:g}</th>'
        f"<td>{candidate.selection_j:.3f}</td><td>{candidate.selection_max_f:.3f}</td>"
        f'<td>{candidate.regression_max_f:.3f}</td><td class="words">{words}</td></tr>'
    )


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
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(_plain(value))}</dd>"
        for name, value in entries.items()
    )
    return f"<dl>{rows}</dl>"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "chosen by itself"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _change(difference: float, better: int) -> str:
    """A change with its sign, a word and a shape: never told by its colour alone."""
    if abs(difference) < _SMALL:
        return '<span class="change">no change</span>'
    good = difference * better > 0
    kind, sign, word = ("good", "▲", "better") if good else ("bad", "▼", "worse")
    return f'<span class="change {kind}">{sign} {_signed(difference)} {word}</span>'


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", _MINUS)


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60:02d} s"
