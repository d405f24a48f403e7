"""Garbage with QObjects in it dies in the window's thread."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.collector import GarbageCollector


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
