"""Tables 2 and 3 of the paper: what was measured here, and beside it what the authors published."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.training.ablation import VARIANTS, VariantResult
from core.training.recipe import Recipe
from core.video.atomic import AtomicFile

TABLE_NAME, DATA_NAME = "ablation.md", "ablation.json"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the paper: its rows by the variants' keys."""

    title: str
    rows: tuple[str, ...]


TABLES = (
    Table("Table 2: what CAG and DDE add", ("cat", "cat-cag", "dde", "dde-cag")),
    Table("Table 3: how the streams are fused, with CAG", ("add-cag", "mul-cag", "cat-cag", "dde-cag")),
)
_TITLES = {variant.key: variant.title for variant in VARIANTS}
_TITLES_3 = {"cat-cag": "Concatenation", "dde-cag": "DDE"}

PUBLISHED: dict[str, dict[str, tuple[float, float]]] = {
    "cat": {"DAVIS": (0.869, 0.023), "DAVSOD": (0.645, 0.080)},
    "cat-cag": {"DAVIS": (0.887, 0.022), "DAVSOD": (0.662, 0.072)},
    "dde": {"DAVIS": (0.892, 0.020), "DAVSOD": (0.656, 0.074)},
    "dde-cag": {"DAVIS": (0.898, 0.018), "DAVSOD": (0.670, 0.072)},
    "add-cag": {"DAVIS": (0.865, 0.024), "DAVSOD": (0.656, 0.082)},
    "mul-cag": {"DAVIS": (0.870, 0.023), "DAVSOD": (0.625, 0.087)},
}
"""Max F and MAE of the paper's Tables 2 and 3 (arXiv 2105.06714)."""


def to_markdown(recipe: Recipe, results: Mapping[str, VariantResult], head: str) -> str:
    """Both tables with a line on how they came about.

    Args:
        head: what the run was, in a sentence or more.
    """
    assert recipe.ablation is not None
    some = next(iter(results.values()))
    labels = list(some.scores)
    frames = ", ".join(f"{label}: {some.scores[label].frames} frames" for label in labels)
    parts = [
        head,
        f"Protocol `{recipe.ablation.protocol}`; {frames}. Seed {recipe.seed}, {some.iterations} steps of batch "
        f"{recipe.optimizer.batch} for every row. Max F: higher is better; MAE: lower is better. *Published*: the "
        "paper's own figures, of its own training and test data.",
    ]
    for number, table in enumerate(TABLES):
        titles = _TITLES | (_TITLES_3 if number else {})
        parts.append(f"### {table.title}\n\n{_table(table, titles, results, labels)}")
    return "\n\n".join(parts) + "\n"


def _table(
    table: Table, titles: Mapping[str, str], results: Mapping[str, VariantResult], labels: list[str]
) -> str:
    published = list(PUBLISHED["cat"])
    heads = [f"{label} {measure}" for label in labels for measure in ("max F", "MAE")]
    heads += [f"*published* {label} {measure}" for label in published for measure in ("max F", "MAE")]
    lines = [_line(["", *heads, "chosen step"]), _line(["---", *["---:"] * (len(heads) + 1)])]
    for key in table.rows:
        scores = [results[key].scores[label] for label in labels]
        cells = [f"{value:.3f}" for score in scores for value in (score.max_f, score.mae)]
        cells += [f"*{value:.3f}*" for label in published for value in PUBLISHED[key][label]]
        lines.append(_line([titles[key], *cells, str(results[key].best_iteration)]))
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def write_tables(out: Path, recipe: Recipe, results: Mapping[str, VariantResult], head: str) -> str:
    """Write ablation.md and ablation.json. Returns: the Markdown. Raises: OutputError."""
    text = to_markdown(recipe, results, head)
    document: dict[str, Any] = {
        "variants": {key: asdict(result) for key, result in results.items()},
        "published": PUBLISHED,
    }
    with AtomicFile(out / TABLE_NAME) as file:
        file.write(text.encode())
    with AtomicFile(out / DATA_NAME) as file:
        file.write((json.dumps(document, indent=2) + "\n").encode())
    return text
