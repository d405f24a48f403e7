"""The inference thread's turn: one model is loaded at a time."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.session import inference_worker
from app.session.inference_worker import InferenceWorker
from core.inference.settings import InferenceSettings


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[InferenceWorker]:
    """Which workers have begun to load a model."""
    begun: list[InferenceWorker] = []
    monkeypatch.setattr(InferenceWorker, "_predict", lambda worker: begun.append(worker))
    return begun


def in_thread(worker: InferenceWorker) -> threading.Thread:
    thread = threading.Thread(target=worker._run, daemon=True)
    thread.start()
    return thread


def test_a_worker_waits_for_its_turn(qtbot: QtBot, loads: list[InferenceWorker], tmp_path: Path) -> None:
    worker = InferenceWorker(tmp_path, tmp_path, 1, InferenceSettings())
    with inference_worker._TURN:
        thread = in_thread(worker)
        qtbot.wait(120)
        assert not loads
    thread.join(5)
    assert loads == [worker]


def test_a_worker_that_is_stopped_while_it_waits_loads_nothing(
    loads: list[InferenceWorker], tmp_path: Path
) -> None:
    worker = InferenceWorker(tmp_path, tmp_path, 1, InferenceSettings())
    with inference_worker._TURN:
        thread = in_thread(worker)
        worker.stop()
        thread.join(5)
        assert not thread.is_alive()
    assert not loads


def test_a_worker_without_a_model_has_no_confidence(tmp_path: Path) -> None:
    assert InferenceWorker(tmp_path, tmp_path, 1, InferenceSettings()).stored_confidence().values.shape == (
        0,
    )
