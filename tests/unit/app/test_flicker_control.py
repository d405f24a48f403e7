"""Flicker in the real window: computed after the prediction, at rest while clip or jobs run, gone with the clip."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.session.records import FlickerReady, InferenceState
from core.inference.clip_flicker import ClipFlicker

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]


@pytest.fixture
def window(make_window: Make, open_clip_in: Open, model_path: Path) -> MainWindow:
    window = make_window(model_path)
    open_clip_in(window)
    return window


def wait_for(qtbot: QtBot, window: MainWindow, state: InferenceState) -> None:
    qtbot.waitUntil(lambda: window.inference.state is state, timeout=90_000)


@pytest.mark.slow
def test_flicker_comes_after_the_prediction_and_rests_while_clip_or_jobs_run(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[int] = []
    compute = ClipFlicker._value
    monkeypatch.setattr(ClipFlicker, "_value", lambda *args: began.append(args[1]) or compute(*args))
    window.playback.loop = True
    window.playback.play()
    wait_for(qtbot, window, InferenceState.DONE)
    assert window.playback.playing
    assert len(window.flicker.values) == 40
    qtbot.waitUntil(lambda: "flicker" in window.park.names)
    qtbot.wait(300)
    assert not began
    assert np.isnan(window.flicker.values).all()
    job_may_end = threading.Event()
    window.jobs.submit(lambda _: job_may_end.wait(30))
    window.playback.pause()
    qtbot.wait(300)
    assert not began, "a job is running"
    job_may_end.set()
    qtbot.waitUntil(lambda: "flicker" not in window.park.names, timeout=60_000)
    qtbot.waitUntil(lambda: not np.isnan(window.flicker.values[1:]).any())
    assert began == list(range(1, 40))
    assert np.isnan(window.flicker.values[0])
    qtbot.waitUntil(lambda: not np.isnan(window.timeline.strip.content.flicker[39]))
    assert "flicker" in window.timeline.transport.legend.keys

    window.commands.close_clip.trigger()
    assert len(window.flicker.values) == 0


@pytest.mark.slow
def test_what_was_computed_is_there_at_once_the_next_time(
    qtbot: QtBot, window: MainWindow, open_clip_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(qtbot, window, InferenceState.DONE)
    qtbot.waitUntil(lambda: not np.isnan(window.flicker.values[39]), timeout=60_000)
    before = window.flicker.values.copy()
    window.commands.close_clip.trigger()
    monkeypatch.setattr(ClipFlicker, "_compute", lambda *_: pytest.fail("computed again"))
    open_clip_in(window)
    wait_for(qtbot, window, InferenceState.DONE)
    qtbot.waitUntil(lambda: not np.isnan(window.flicker.values[39]), timeout=60_000)
    np.testing.assert_array_equal(window.flicker.values, before)


def test_values_of_a_clip_that_was_left_are_dropped(make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    flicker = window.flicker
    stale = FlickerReady(flicker._generation - 1, np.array([3]), np.array([0.5], np.float32))
    flicker._values_came(stale)
    assert np.isnan(flicker.values).all()
    flicker._values_came(FlickerReady(flicker._generation, np.array([3, 99]), np.array([0.5, 1], np.float32)))
    assert flicker.values[3] == 0.5
