"""The report page: complete in itself, worst first, honest about what is not established."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from core.datasets.pictures import encode
from core.errors import InputError
from core.finetune.outcome import (
    REPORT_NAME,
    Calibration,
    Candidate,
    ClipOutcome,
    FinetuneReport,
    FinetuneResult,
    Forgetting,
    FrameOutcome,
    Interval,
    Lineage,
    Measures,
    SelectionPoint,
    StepPoint,
    write_document,
)
from core.finetune.report import MOST_WIPES, wipe_pictures, write_page

VOID = {"meta", "img", "input"}


class Tags(HTMLParser):
    """All tags with their attributes; fails on one that is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def measures(j: float) -> Measures:
    return Measures(4, j + 0.05, j + 0.1, 0.03, j, j, None)


def result() -> FinetuneResult:
    clips = (
        ClipOutcome("<b>dog</b> & co", measures(0.8), measures(0.7)),
        ClipOutcome("swan", measures(0.5), measures(0.9)),
    )
    return FinetuneResult(
        "stopped early",
        False,
        0.75,
        "J rises <clearly> & forgets little.",
        Lineage("/models/base.safetensors", "ab" * 32, "cd" * 32, "/clips/street.cagdde", 40, 26),
        62,
        80,
        171.0,
        candidates=(
            Candidate(0.0, 0.7, 0.8, 0.9, 0.9, True),
            Candidate(1.0, 0.8, 0.8, 0.8, 0.9, False, "It forgets 10.0 points."),
        ),
        clips=clips,
        overall=ClipOutcome("all", measures(0.65), measures(0.8)),
        forgetting=Forgetting(6, 0.9, 0.897, 0.8, 0.8, 0.3, 0.5),
        calibration=Calibration(120, 0.09, 0.08, 0.07, 0.06),
        interval=Interval(0.15, -0.02, 0.3, 3, "blocks", False, "not established: 3 blocks, 5 are needed"),
        weights="tuned.safetensors",
        report=REPORT_NAME,
    )


def report(folder: Path, frames: int = 3) -> FinetuneReport:
    rng = np.random.default_rng(0)
    (folder / "report").mkdir()
    outcomes: list[FrameOutcome] = []
    for number in range(frames):
        names: list[str] = []
        for kind, suffix, shape in (
            ("rgb", ".jpg", (36, 64, 3)),
            ("truth", ".png", (36, 64)),
            ("before", ".png", (18, 32)),
            ("after", ".png", (18, 32)),
        ):
            names.append(f"report/{number}-{kind}{suffix}")
            picture = rng.integers(0, 256, shape, np.uint8)
            (folder / names[-1]).write_bytes(encode(picture, suffix).tobytes())
        outcomes.append(FrameOutcome("<b>dog</b> & co", number, 0.5, 0.2 + 0.3 * number, *names))
    steps = tuple(StepPoint(i, 1e-4, {"total": 3.0 / i, "bce": 1.0 / i}) for i in range(1, 500))
    looks = (SelectionPoint(0, 0.7, 0.8), SelectionPoint(62, 0.75, 0.82))
    return FinetuneReport(
        result(), ("26 of 40 train.",), steps, looks, tuple(outcomes), {"side": 256, "threads": None}
    )


def written(folder: Path, content: FinetuneReport) -> str:
    write_document(folder / REPORT_NAME, content)
    return write_page(folder).read_text(encoding="utf-8")


def test_the_page_asks_nobody_for_anything(tmp_path: Path) -> None:
    text = written(tmp_path, report(tmp_path))
    tags = Tags(text)
    assert "default-src 'none'" in text
    assert all((image["src"] or "").startswith("data:image/jpeg;base64,") for image in tags.of("img"))
    assert re.findall(r"https?://|url\(|@import|<link|src=\"(?!data:)", text) == []
    assert "prefers-color-scheme:dark" in text
    assert [path.name for path in tmp_path.glob("*.html")] == ["report.html"]
    assert list(tmp_path.glob(".*")) == []


def test_names_cannot_write_html(tmp_path: Path) -> None:
    text = written(tmp_path, report(tmp_path))
    assert "<b>dog</b>" not in text
    assert "&lt;b&gt;dog&lt;/b&gt; &amp; co" in text
    assert "<clearly>" not in text


def test_worst_first_and_each_wipe_is_a_slider_for_the_keyboard(tmp_path: Path) -> None:
    text = written(tmp_path, report(tmp_path))
    sliders = Tags(text).of("input")
    assert [(slider["type"], slider["min"], slider["max"]) for slider in sliders] == [
        ("range", "0", "100")
    ] * 3
    labels = [slider["aria-label"] or "" for slider in sliders]
    assert [label.split("frame ")[1][0] for label in labels] == ["0", "1", "2"]
    assert len(set(labels)) == 3
    assert text.index("▼ −0.300 worse") < text.index("▲ +0.300 better</span></figcaption>")
    assert text.index("▼ −0.100 worse") < text.index("▲ +0.400 better")  # clips


def test_numbers_stand_with_their_interval_and_words(tmp_path: Path) -> None:
    text = written(tmp_path, report(tmp_path))
    assert "A new model, its gain not established" in text
    assert "95 % interval −0.020 to +0.300 over 3 blocks" in text
    assert "<strong>not established: 3 blocks, 5 are needed</strong>" in text
    assert "0.30 points lost on 6 other frames; 0.5 may be lost" in text
    assert "It forgets 10.0 points." in text
    assert "ab" * 32 in text
    assert "2 min 51 s" in text


def test_an_established_gain_is_called_so(tmp_path: Path) -> None:
    made = report(tmp_path)
    sure = Interval(0.15, 0.1, 0.2, 6, "clips", True, "established")
    assert "<h1>The new model is better</h1>" in written(
        tmp_path, replace(made, result=replace(made.result, interval=sure))
    )
    worse = replace(sure, mean=-0.15, low=-0.2, high=-0.1)
    assert "<h1>The new model is worse</h1>" in written(
        tmp_path, replace(made, result=replace(made.result, interval=worse))
    )


def test_the_old_model_kept_shows_no_wipes(tmp_path: Path) -> None:
    made = report(tmp_path)
    kept = replace(made.result, kept_old=True, chosen_a=0.0, weights=None)
    text = written(tmp_path, replace(made, result=kept))
    assert "<h1>The old model stays</h1>" in text
    assert Tags(text).of("input") == []
    assert "look as they did before" in text
    assert "the old model, unchanged" in text
    assert "95 % interval" not in text


def test_nothing_held_out_is_said(tmp_path: Path) -> None:
    made = report(tmp_path)
    blind = replace(
        made.result, clips=(), overall=None, calibration=None, interval=None, forgetting=None, candidates=()
    )
    text = written(tmp_path, FinetuneReport(blind, ()))
    Tags(text)
    assert "not measured on held-out frames" in text
    assert "nothing is known of frames the model has not seen" in text


def test_the_pictures_are_bounded_and_the_table_is_not(tmp_path: Path) -> None:
    text = written(tmp_path, report(tmp_path, frames=MOST_WIPES + 3))
    assert len(Tags(text).of("input")) == MOST_WIPES
    assert f"All {MOST_WIPES + 3} held-out frames" in text


def test_long_curves_are_thinned(tmp_path: Path) -> None:
    points = re.findall(r'points="([^"]*)"', written(tmp_path, report(tmp_path)))
    assert len(points) == 4  # J, max F, two terms
    assert all(len(line.split()) <= 260 for line in points)


def test_the_wipe_shows_both_masks_and_the_truth(tmp_path: Path) -> None:
    frame = report(tmp_path, frames=1).frames[0]
    for name, value in ((frame.before, 0), (frame.after, 255)):
        (tmp_path / name).write_bytes(encode(np.full((18, 32), value, np.uint8), ".png").tobytes())
    truth = np.zeros((36, 64), np.uint8)
    truth[10:20, 10:30] = 255
    (tmp_path / frame.truth).write_bytes(encode(truth, ".png").tobytes())
    (tmp_path / frame.rgb).write_bytes(encode(np.zeros((36, 64, 3), np.uint8), ".jpg").tobytes())
    pictures = wipe_pictures(tmp_path, frame)
    assert pictures.before.shape == (36, 64, 3)
    assert pictures.before[30, 50].max() < 10
    assert pictures.after[30, 50, 0] > 90
    assert pictures.before[10, 20].min() > 150


def test_a_lost_picture_or_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"report\.json"):
        write_page(tmp_path)
    made = report(tmp_path)
    (tmp_path / made.frames[1].after).write_bytes(b"")
    write_document(tmp_path / REPORT_NAME, made)
    with pytest.raises(InputError, match=r"1-after\.png"):
        write_page(tmp_path)
    assert list(tmp_path.glob("*.html")) == []
