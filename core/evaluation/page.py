"""The evaluation's HTML page: tables, curves and the sheet of frames, in one file. Nothing is computed here."""

import base64
from collections.abc import Iterator, Sequence
from html import escape

from core.evaluation.outcome import Evaluation, ProtocolResult
from core.evaluation.sheet import SheetRow
from core.evaluation.tables import (
    MOST_CLIPS,
    Table,
    amount,
    clips_table,
    differences_table,
    methods_table,
    other_tables,
    overall_table,
)
from core.exchange.html_chart import Curve, chart
from core.exchange.html_page import html_page

_STYLE = """
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0 0 10px;font-size:14px}
.legend svg{width:34px;height:10px;vertical-align:middle;margin-right:6px}
td.left,th.left{text-align:left}
td.left{white-space:normal;min-width:90px}
.charts{grid-template-columns:repeat(auto-fill,minmax(380px,1fr));margin-top:16px}
.sheet{border-collapse:separate;border-spacing:0;width:auto}
.sheet th,.sheet td{text-align:left;padding:6px;border:0!important}
.sheet img{display:block;width:184px;height:auto;border-radius:4px;background:#000}
.sheet th[scope=row]{max-width:150px;white-space:normal;font-weight:400;font-size:13px;color:var(--muted)}
.sheet th[scope=row] b{display:block;color:var(--text)}
.sheet small{color:var(--muted);font-variant-numeric:tabular-nums}
section section{margin-top:20px}
h3{font-size:15px;margin:0 0 8px}
@media (max-width:520px){.charts{grid-template-columns:1fr}}
"""


def evaluation_page(evaluation: Evaluation, sheet: Sequence[SheetRow]) -> str:
    """The whole page."""
    data = evaluation.data
    names = [method.name for method in evaluation.methods]
    parts = [
        f'<header><p class="eyebrow">Evaluation</p><h1>{escape(data.title)}</h1>'
        f'<p class="lead">{escape(_side_by_side(names))}</p><p class="muted">{amount(evaluation)}</p></header>',
        *(_protocol(evaluation, result, names) for result in evaluation.protocols),
        *(_section(table) for table in other_tables(evaluation)),
        _sheet(sheet, names),
        _section(methods_table(evaluation)),
        _notes(evaluation.notes),
        '<footer class="muted">Written by CAG-DDE Studio.</footer>',
    ]
    return html_page(f"{data.title} · Evaluation", "".join(parts), _STYLE)


def _side_by_side(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} side by side"


def _protocol(evaluation: Evaluation, result: ProtocolResult, names: Sequence[str]) -> str:
    parts = [_table(overall_table(evaluation, result))]
    if result.differences:
        table = differences_table(result)
        title, note = escape(table.title), escape(table.note)
        parts.append(f'<section><h3>{title}</h3><p class="muted">{note}</p>{_table(table)}</section>')
    parts.append(f"<section><h3>Curves</h3>{_curves(result, names)}</section>")
    if 1 < evaluation.data.clips <= MOST_CLIPS:
        table = clips_table(evaluation, result)
        parts.append(f"<details><summary>{escape(table.title)}</summary>{_table(table)}</details>")
    return f"<section><h2>Protocol {escape(result.protocol)}</h2>{''.join(parts)}</section>"


def _curves(result: ProtocolResult, names: Sequence[str]) -> str:
    legend = "".join(
        f'<span><svg viewBox="0 0 34 10" aria-hidden="true"><polyline class="line s{number}" points="0,5 34,5"/></svg>'
        f"{escape(name)}</span>"
        for number, name in enumerate(names)
    )
    precision = [Curve("", one.recall, one.precision) for one in result.curves]
    f = [Curve("", range(len(one.f)), one.f) for one in result.curves]
    charts = (
        chart("Precision over recall", precision, x_name="recall", x_range=(0, 1), y_range=(0, 1), levels=4),
        chart("F over thresholds", f, x_name="threshold", x_range=(0, 255), y_range=(0, 1), levels=4),
    )
    return f'<p class="legend">{legend}</p><div class="charts">{"".join(charts)}</div>'


def _section(table: Table) -> str:
    note = f'<p class="muted">{escape(table.note)}</p>' if table.note else ""
    return f"<section><h2>{escape(table.title)}</h2>{note}{_table(table)}</section>"


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_left(column, table)}>{escape(cell)}</th>'
        for column, cell in enumerate(table.header)
    )
    rows = "".join(_row(number, row, table) for number, row in enumerate(table.rows))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.title)}"><table><thead><tr>{head}'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(number: int, row: Sequence[str], table: Table) -> str:
    first, *others = row
    cells = "".join(f"<td{_left(column, table)}>{escape(cell)}</td>" for column, cell in enumerate(others, 1))
    kind = ' class="total"' if number in table.emphasised else ""
    return f'<tr{kind}><th scope="row" title="{escape(first)}">{escape(first)}</th>{cells}</tr>'


def _left(column: int, table: Table) -> str:
    words = column < table.texts or table.header[column] == ""
    return ' class="left"' if words else ""


def _sheet(rows: Sequence[SheetRow], names: Sequence[str]) -> str:
    if not rows:
        return ""
    with_frame = len(rows[0].pictures) == len(names) + 2
    titles = [*(["Frame"] if with_frame else []), "Ground truth", *names]
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    body = "".join(_sheet_row(row, titles) for row in rows)
    return (
        '<section><h2>Frames <span class="muted">of each clip the best, the median and the worst by J of the first '
        'method</span></h2><div class="scroll" tabindex="0" role="region" aria-label="Frames"><table class="sheet">'
        f'<thead><tr><th scope="col"></th>{head}</tr></thead><tbody>{body}</tbody></table></div></section>'
    )


def _sheet_row(row: SheetRow, titles: Sequence[str]) -> str:
    where = f"{row.clip}, frame {row.index}"
    values: list[float | None] = [*[None] * (len(row.pictures) - len(row.j)), *row.j]
    cells = "".join(
        _picture(data, f"{where}: {title}", value)
        for data, title, value in zip(row.pictures, titles, values, strict=True)
    )
    return f'<tr><th scope="row"><b>{escape(row.clip)}</b>frame {row.index}, {row.why}</th>{cells}</tr>'


def _picture(data: bytes, words: str, j: float | None) -> str:
    uri = "data:image/jpeg;base64," + base64.b64encode(data).decode()
    value = "" if j is None else f"<small>J {j:.3f}</small>"
    return f'<td><img src="{uri}" alt="{escape(words)}">{value}</td>'


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    items: Iterator[str] = (f"<li>{escape(note)}</li>" for note in notes)
    return f'<section><h2>Notes</h2><ul class="plain">{"".join(items)}</ul></section>'
