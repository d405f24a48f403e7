"""The files of an evaluation: complete, self-contained, free of paths, and the same every time."""

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from evaluation_clips import write_clips, write_maps

from core.errors import OutputError
from core.evaluation.files import RESULT_NAMES, write_files
from core.evaluation.methods import MapsMethod
from core.evaluation.outcome import published
from core.evaluation.plan import make_plan
from core.evaluation.run import Evaluated, evaluate_methods


def evaluated(root: Path) -> Evaluated:
    data = write_clips(root / "clips", ("duck", "<swan> | grey"))
    folders = [write_maps(root / name, data, shift) for name, shift in (("near", 0), ("far", 5))]
    return evaluate_methods(make_plan(data, "all"), [MapsMethod(folder.name, folder) for folder in folders])


class Structure(HTMLParser):
    """Open elements, and what is loaded from where."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "line", "polyline", "circle"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("line", "polyline", "circle"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_same_evaluation_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    for name in ("one", "two/deeper"):
        write_files(evaluated(tmp_path / name), tmp_path / name / "out")
    for name in RESULT_NAMES:
        first, second = ((tmp_path / place / "out" / name).read_bytes() for place in ("one", "two/deeper"))
        assert first == second
        assert str(tmp_path).encode() not in first


def test_json_holds_everything(tmp_path: Path) -> None:
    write_files(evaluated(tmp_path), tmp_path / "out")
    document = json.loads((tmp_path / "out/eval.json").read_text(encoding="utf-8"))
    assert document["format"] == 1
    assert [method["name"] for method in document["methods"]] == ["near", "far"]
    first = document["protocols"][0]
    assert first["protocol"] == "davsod"
    assert len(first["curves"][0]["f"]) == 256
    assert first["reports"][0]["per_clip"][1]["name"] == "duck"
    assert set(first["reports"][0]["overall"]) >= {
        "max_f",
        "max_e",
        "adaptive_e",
        "weighted_f",
        "j",
        "boundary_f",
    }
    assert first["differences"][0]["interval"]["words"].startswith("not established")


def test_csv_has_a_row_for_each_protocol_method_and_clip(tmp_path: Path) -> None:
    write_files(evaluated(tmp_path), tmp_path / "out")
    with (tmp_path / "out/eval.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 2 * 3
    assert {row["clip"] for row in rows} == {"all", "duck", "<swan> | grey"}
    assert all(0 < float(row["max_f"]) <= 1 and float(row["flicker"]) >= 0 for row in rows)


def test_markdown_keeps_its_tables_whole(tmp_path: Path) -> None:
    write_files(evaluated(tmp_path), tmp_path / "out")
    text = (tmp_path / "out/eval.md").read_text(encoding="utf-8")
    for heading in ("Methods", "Overall, protocol davsod", "Difference to near, protocol authors", "Flicker"):
        assert f"## {heading}" in text
    assert "<swan> \\| grey" in text
    assert "Blocks are stretches of at most 16 frames" in text


def test_the_page_needs_nothing_beside_itself(tmp_path: Path) -> None:
    write_files(evaluated(tmp_path), tmp_path / "out")
    page = Structure()
    page.feed((tmp_path / "out/eval.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert page.sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert "<swan> | grey" in page.text


def test_the_papers_rows_stand_beside_and_are_marked(tmp_path: Path) -> None:
    from dataclasses import replace

    one = evaluated(tmp_path)
    paper = replace(one.evaluation, published=published("davis16"))
    write_files(replace(one, evaluation=paper), tmp_path / "out")
    words = "CAG-DDE, Table 1 of the paper (published, protocol authors)"
    assert f"| {words} | – | 0.898 | – | 0.906 | 0.018 |" in (tmp_path / "out/eval.md").read_text(
        encoding="utf-8"
    )
    assert words in (tmp_path / "out/eval.html").read_text(encoding="utf-8")
    assert published("clips") == ()


def test_an_earlier_evaluation_is_replaced_only_when_asked_to(tmp_path: Path) -> None:
    one = evaluated(tmp_path)
    write_files(one, tmp_path / "out")
    with pytest.raises(OutputError, match="--overwrite"):
        write_files(one, tmp_path / "out")
    write_files(one, tmp_path / "out", overwrite=True)
    (tmp_path / "out/notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"holds notes\.txt"):
        write_files(one, tmp_path / "out", overwrite=True)
