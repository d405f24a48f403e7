"""The expected IoU of a frame is one number: in the confidence pane, on the timeline and in the scores table."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from app.panes.confidence_pane import EXPECTED_LABEL, MEAN_LABEL
from app.session.records import PredictionReady
from core.exchange.scores import ScoreTable
from core.types import Prediction

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]


def deliver(window: MainWindow, prediction: Prediction) -> None:
    window.inference._prediction_came(PredictionReady(window.inference._run, prediction))
    while not window.pane_set.settled:
        QApplication.processEvents()


def cell(prediction: Prediction, path: Path) -> str:
    with ScoreTable(path) as table:
        table.add(prediction)
    with path.open(encoding="utf-8") as file:
        return next(csv.DictReader(file))["expected_iou"]


@pytest.mark.parametrize(
    ("expected", "shown", "words", "name", "written"),
    [
        (0.8341, ".83", "expected IoU .83", EXPECTED_LABEL, "0.8341"),
        (None, ".80", "mean score .80", MEAN_LABEL, ""),
    ],
)
def test_one_number_everywhere(
    make_window: Make,
    open_clip_in: Open,
    make_prediction: Callable[..., Prediction],
    tmp_path: Path,
    expected: float | None,
    shown: str,
    words: str,
    name: str,
    written: str,
) -> None:
    window = make_window()
    open_clip_in(window)
    prediction = replace(make_prediction(0), expected_iou=expected)
    deliver(window, prediction)
    pane = window.pane_set.confidence
    assert pane._confidence.text() == shown
    assert pane._confidence.accessibleName() == pane._meaning.text() == name
    assert words in window.timeline.content().describe(0)
    assert window.timeline.content().scores[0] == pytest.approx(expected or 0.8)
    assert cell(prediction, tmp_path / "scores.csv") == written
