"""The tables of the report: measures by clip, frames, candidates. Where they stand in the page: report_page."""

from collections.abc import Sequence
from html import escape

from core.exchange.html_numbers import change, signed
from core.finetune.outcome import Candidate, ClipOutcome, FinetuneResult, FrameOutcome
from core.finetune.report_numbers import pair

_COLUMNS = (
    ("J", "j", 1),
    ("boundary F", "boundary_f", 1),
    ("max F", "max_f", 1),
    ("S", "s_measure", 1),
    ("MAE", "mae", -1),
    ("flicker", "flicker", -1),
)
"""Title, field, and whether more (1) or less (-1) is better."""


def clips(result: FinetuneResult) -> str:
    """Measures by clip before and after."""
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
        for value, change in (pair(clip, field, better) for _, field, better in _COLUMNS)
    )
    name = "all" if kind else escape(clip.clip)
    return f'<tr{kind}><th scope="row" title="{name}">{name}</th><td>{clip.after.frames}</td>{cells}</tr>'


def frame_table(frames: Sequence[FrameOutcome]) -> str:
    """J of every held-out frame, folded up."""
    rows = "".join(
        f'<tr><th scope="row">{escape(frame.clip)}</th><td>{frame.index}</td><td>{frame.j_before:.3f} → '
        f"{frame.j_after:.3f}{change(frame.j_after - frame.j_before, 1)}</td></tr>"
        for frame in frames
    )
    return (
        f"<details><summary>{_all_frames(len(frames))} as a table</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="J by frame"><table><thead><tr>'
        '<th scope="col">clip</th><th scope="col">frame</th><th scope="col">J</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _all_frames(count: int) -> str:
    return "The held-out frame" if count == 1 else f"All {count} held-out frames"


def candidates(result: FinetuneResult) -> str:
    """Every interpolation that was compared."""
    if not result.candidates:
        return ""
    rows = "".join(_candidate_row(candidate, result.chosen_a) for candidate in result.candidates)
    titles = ("a", "J", "max F", "max F, other frames", "J, worst other group", "")
    return (
        '<section><h2>How much of the tuning is kept <span class="muted">a = 0 is the old model, a = 1 the tuned '
        'one</span></h2><div class="scroll" tabindex="0" role="region" aria-label="Candidates"><table><thead><tr>'
        + "".join(f'<th scope="col">{title}</th>' for title in titles)
        + f"</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _candidate_row(candidate: Candidate, chosen_a: float) -> str:
    chosen = candidate.a == chosen_a
    words = "chosen" if chosen else escape(candidate.why_not)
    known = candidate.a and candidate.worst_group
    group = f"{escape(candidate.worst_group)} {signed(-candidate.group_loss)}" if known else "–"
    return (
        f'<tr{" class=chosen" if chosen else ""}><th scope="row">{candidate.a:g}</th>'
        f"<td>{candidate.selection_j:.3f}</td><td>{candidate.selection_max_f:.3f}</td>"
        f"<td>{candidate.regression_max_f:.3f}</td><td>{group}</td>"
        f'<td class="words">{words}</td></tr>'
    )
