"""An evaluation as plain tables of text, for the terminal, Markdown and the page alike. No layout here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.evaluation.outcome import MEASURES, Evaluation, Measure, ProtocolResult
from core.exchange.html_numbers import MINUS, signed
from core.metrics.report import ReportRow
from core.words import counted

MOST_CLIPS = 60
"""Clips up to which a table lists them; of more, JSON and CSV alone do."""
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """title, note: plain text. emphasised: numbers of rows that sum the others up. texts: columns of words."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    emphasised: frozenset[int] = frozenset()
    texts: int = 1


def all_tables(evaluation: Evaluation) -> list[Table]:
    """Every table, in the order they are read."""
    tables = [methods_table(evaluation)]
    for result in evaluation.protocols:
        tables += protocol_tables(evaluation, result)
    return [*tables, *other_tables(evaluation)]


def amount(evaluation: Evaluation) -> str:
    """How much was evaluated, in a sentence."""
    data = evaluation.data
    return (
        f"{counted(data.clips, 'clip')}, {counted(data.frames, 'frame')}, {data.annotated} with ground truth."
    )


def methods_table(evaluation: Evaluation) -> Table:
    """What was evaluated."""
    keys = list(dict.fromkeys(key for method in evaluation.methods for key in method.facts))
    rows = [
        (method.name, method.kind, *(_word(key, method.facts.get(key)) for key in keys))
        for method in evaluation.methods
    ]
    return Table("Methods", ("method", "kind", *keys), tuple(rows), texts=2 + len(keys))


def protocol_tables(evaluation: Evaluation, result: ProtocolResult) -> list[Table]:
    """Overall, differences, by clip."""
    tables = [overall_table(evaluation, result)]
    if result.differences:
        tables.append(differences_table(result))
    if 1 < evaluation.data.clips <= MOST_CLIPS:
        tables.append(clips_table(evaluation, result))
    return tables


def overall_table(evaluation: Evaluation, result: ProtocolResult) -> Table:
    """One row a method, the published ones below."""
    shown = _shown(result)
    rows = [
        (method.name, str(report.overall.frames), *_values(report.overall, shown))
        for method, report in zip(evaluation.methods, result.reports, strict=True)
    ]
    for row in evaluation.published:
        printed = {"max_f": row.max_f, "s_measure": row.s_measure, "mae": row.mae}
        name = f"{row.table} (published, protocol {row.protocol})"
        rows.append((name, _NOTHING, *(number(printed.get(measure.field)) for measure in shown)))
    header = ("method", "frames", *(measure.title for measure in shown))
    return Table(f"Overall, protocol {result.protocol}", header, tuple(rows))


def differences_table(result: ProtocolResult) -> Table:
    """Every method against the first."""
    titles = {measure.field: measure for measure in MEASURES}
    rows: list[tuple[str, ...]] = []
    for one in result.differences:
        found, measure = one.interval, titles[one.measure]
        better = "less is better" if measure.better < 0 else ""
        rows.append(
            (
                one.second,
                " ".join(part for part in (measure.title, f"({better})" if better else "") if part),
                signed(found.mean),
                f"{signed(found.low)} to {signed(found.high)}",
                found.words,
            )
        )
    first, found = result.differences[0].first, result.differences[0].interval
    note = f"95 % bootstrap intervals, paired over {found.units} {found.unit}."
    if found.unit == "blocks":
        note += " Blocks are stretches of at most 16 frames: there are fewer than five clips."
    header = ("method", "measure", "difference", "interval", "")
    return Table(f"Difference to {first}, protocol {result.protocol}", header, tuple(rows), note, texts=2)


def clips_table(evaluation: Evaluation, result: ProtocolResult) -> Table:
    """One row for each clip and method."""
    shown = _shown(result)
    several = len(evaluation.methods) > 1
    rows: list[tuple[str, ...]] = []
    for number_of_clip in range(len(result.reports[0].per_clip)):
        for method, report in zip(evaluation.methods, result.reports, strict=True):
            row = report.per_clip[number_of_clip]
            names = (row.name, method.name) if several else (row.name,)
            rows.append((*names, str(row.frames), *_values(row, shown)))
    names = ("clip", "method") if several else ("clip",)
    header = (*names, "frames", *(measure.title for measure in shown))
    return Table(f"By clip, protocol {result.protocol}", header, tuple(rows), texts=len(names))


def other_tables(evaluation: Evaluation) -> Iterator[Table]:
    """Flicker and confidence, where they were measured."""
    if evaluation.flicker:
        rows = evaluation.flicker if len(evaluation.flicker) <= MOST_CLIPS + 1 else evaluation.flicker[-1:]
        yield Table(
            "Flicker",
            ("clip", "pairs", "ground truth", *(method.name for method in evaluation.methods)),
            tuple(
                (row.name, str(row.pairs), *(number(v, 4) for v in (row.ground_truth, *row.methods)))
                for row in rows
            ),
            "Mean change of a map beyond what the motion explains, on pixels whose forward and backward flow agree; "
            "less is steadier, and the ground truth's own is what a perfect map has.",
            frozenset({len(rows) - 1}),
        )
    if evaluation.confidence:
        yield Table(
            "Confidence",
            (
                "method",
                "what is said",
                "compared with",
                "pairs",
                "MAE",
                "Spearman",
                "calibration error",
                "AUROC",
            ),
            tuple(
                (
                    row.method,
                    row.says,
                    row.of,
                    str(row.measures.pairs),
                    number(row.measures.mae),
                    number(row.measures.spearman),
                    number(row.measures.calibration_error),
                    number(row.measures.auroc),
                )
                for row in evaluation.confidence
            ),
            "Calibration error in 10 bins of equal mass; AUROC of finding an IoU below 0.5, where there is one.",
            texts=3,
        )


def number(value: float | None, digits: int = 3) -> str:
    """A measure, or a dash where there is none."""
    return _NOTHING if value is None else f"{value:.{digits}f}".replace("-", MINUS)


def _shown(result: ProtocolResult) -> list[Measure]:
    """The measures that were taken."""
    overall = result.reports[0].overall
    return [measure for measure in MEASURES if getattr(overall, measure.field) is not None]


def _values(row: ReportRow, shown: Sequence[Measure]) -> list[str]:
    return [number(getattr(row, measure.field)) for measure in shown]


def _word(key: str, value: str | int | None) -> str:
    if value is None:
        return "the model's" if key == "size" else _NOTHING
    return str(value)[:12] if key == "sha256" else str(value)
