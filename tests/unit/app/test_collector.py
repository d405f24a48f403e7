"""Garbage with QObjects in it dies in the window's thread."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.collector import GarbageCollector
from app.session.records import InferenceState


class Knot(QObject):
    """Part of a reference cycle that tells in which thread it died."""

    def __init__(self, died_in: list[threading.Thread]) -> None:
        super().__init__()
        self.own, self.died_in = self, died_in

    def __del__(self) -> None:
        self.died_in.append(threading.current_thread())


def test_cycles_are_left_to_the_window_s_thread(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.collector.INTERVAL_MS", 20)
    gc.collect()
    collector = GarbageCollector()
    died_in: list[threading.Thread] = []
    Knot(died_in)
    worker = threading.Thread(target=lambda: [[index] for index in range(5000)])
    worker.start()
    worker.join()
    assert not died_in
    keep = [[index] for index in range(5000)]
    qtbot.waitUntil(lambda: died_in == [threading.main_thread()])
    assert len(keep) == 5000
    collector.deleteLater()


def test_what_the_first_prediction_finds_loaded_is_not_looked_through_again() -> None:
    collector = GarbageCollector()
    try:
        before = gc.get_freeze_count()
        collector.settle(InferenceState.LOADING)
        assert gc.get_freeze_count() == before
        collector.settle(InferenceState.RUNNING)
        frozen = gc.get_freeze_count()
        assert frozen > before + 1000
        collector.settle(InferenceState.DONE)
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()
        collector.deleteLater()
