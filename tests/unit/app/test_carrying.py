"""Propagation and interpolation in the real window: one step, undone exactly, cancelled at once, never too late."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from app.status_bar import StatusBar
from core.project import FrameState, Project

HEIGHT, WIDTH, FRAMES = 96, 160, 30


def truth(index: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[30:60, 10 + index * 2 : 40 + index * 2] = 255
    return mask


@pytest.fixture(autouse=True)
def own_drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def textured_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A textured square over a textured ground: flow can be trusted on it."""
    from core.opencv import cv2
    from core.video import write_mp4

    random = np.random.default_rng(1)
    ground = cv2.resize(random.integers(0, 256, (24, 40, 3), dtype=np.uint8), (WIDTH, HEIGHT))
    coat = cv2.resize(random.integers(0, 256, (10, 10, 3), dtype=np.uint8), (30, 30))

    def picture(index: int) -> np.ndarray:
        result = np.asarray(ground, np.uint8).copy()
        result[30:60, 10 + index * 2 : 40 + index * 2] = coat
        return result

    path = tmp_path_factory.mktemp("clips") / "textured.mp4"
    write_mp4(path, (picture(index) for index in range(FRAMES)), 25)
    return path


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[..., MainWindow], textured_clip: Path) -> MainWindow:
    """With a small clip on frame 10, whose mask is true."""
    window = make_window(settings=Settings(tour_seen=True, propagation_frames=6))
    window.opening.open(textured_clip)
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=20_000)
    correct(qtbot, window, 10)
    return window


def bar_of(window: MainWindow) -> StatusBar:
    bar = window.statusBar()
    assert isinstance(bar, StatusBar)
    return bar


def at_rest(window: MainWindow) -> bool:
    return not window.edits.tasks and not window.jobs.tasks


def go(qtbot: QtBot, window: MainWindow, index: int) -> None:
    window.session.go(index)
    qtbot.waitUntil(lambda: window.editing.index == index and window.editing.available and at_rest(window))


def correct(qtbot: QtBot, window: MainWindow, index: int) -> None:
    from core.masks.tools.take_over import copy_mask

    go(qtbot, window, index)
    window.editing.apply("Brush", lambda layer, mask: copy_mask(layer, truth(index)))
    qtbot.waitUntil(lambda: index in window.project.frames and at_rest(window))


def do(qtbot: QtBot, window: MainWindow, name: str) -> str:
    """Trigger a command and wait for the sentence about it."""
    window.banner.dismiss()
    window.commands.by_name[name].trigger()
    qtbot.waitUntil(lambda: bool(window.banner.sentence) and at_rest(window), timeout=20_000)
    return window.banner.sentence


def states(window: MainWindow) -> dict[int, str]:
    return {index: record.state.value for index, record in window.project.frames.items()}


def layers(window: MainWindow) -> dict[int, bytes]:
    project, clip = window.project.project, window.project.clip_id
    assert project is not None
    assert clip is not None
    return {index: project.layer(clip, index).tobytes() for index in range(FRAMES)}


def test_propagating_is_one_step_and_undo_restores_every_frame(qtbot: QtBot, window: MainWindow) -> None:
    correct(qtbot, window, 12)
    go(qtbot, window, 10)
    before, states_before = layers(window), states(window)
    sentence = do(qtbot, window, "propagate_both")
    assert sentence.startswith("Carried to frames 4 to 9 and 11 to 16.")
    assert "Earlier corrections of frame 12 were replaced" in sentence
    assert {i for i, state in states(window).items() if state == "propagated"} == {
        *range(4, 10),
        *range(11, 17),
    }
    assert window.editing.editor is not None
    go(qtbot, window, 14)
    carried = window.editing.editor.mask != 0
    assert (carried & (truth(14) != 0)).sum() / (
        carried | (truth(14) != 0)
    ).sum() > 0.7  # left where it was: 0.58
    go(qtbot, window, 10)
    do(qtbot, window, "undo")  # where it was asked for
    assert layers(window) == before
    assert {i: state for i, state in states(window).items() if state != "predicted"} == states_before
    go(qtbot, window, 14)
    do(qtbot, window, "redo")
    do(qtbot, window, "undo")  # and on any frame that it reached
    assert layers(window) == before


def test_an_accepted_frame_is_a_barrier_and_the_marked_range_a_limit(
    qtbot: QtBot, window: MainWindow
) -> None:
    correct(qtbot, window, 13)
    window.commands.by_name["accept"].trigger()
    qtbot.waitUntil(lambda: at_rest(window) and window.project.frames[13].state is FrameState.ACCEPTED)
    go(qtbot, window, 10)
    assert (
        do(qtbot, window, "propagate_forward")
        == "Carried to frames 11 and 12; stopped at 13: it is accepted."
    )
    assert do(qtbot, window, "propagate_back").startswith("Carried to frames 4 to 9")
    go(qtbot, window, 29)
    assert "no prediction and no correction yet" in do(qtbot, window, "propagate_forward")


def test_interpolation_fills_the_frames_between_two_corrected_ones(qtbot: QtBot, window: MainWindow) -> None:
    assert "between no two corrected" in do(qtbot, window, "interpolate")
    correct(qtbot, window, 15)
    go(qtbot, window, 12)
    assert do(qtbot, window, "interpolate") == "Interpolated frames 11 to 14."
    assert window.editing.editor is not None
    qtbot.waitUntil(lambda: bool(window.editing.editor and window.editing.editor.mask.any()))
    assert np.array_equal(window.editing.editor.mask, truth(12))


def test_cancelling_from_the_status_bar_leaves_nothing(qtbot: QtBot, window: MainWindow) -> None:
    before = layers(window)
    strip = bar_of(window).strip
    window.jobs.progressed.connect(lambda task: strip.cancel.click())
    window.commands.by_name["propagate_forward"].trigger()
    qtbot.waitUntil(lambda: strip.isVisible())
    assert strip.name.text() == "Propagate forward"
    qtbot.waitUntil(lambda: at_rest(window))
    assert not strip.isVisible()
    assert layers(window) == before
    assert "Carried" not in window.banner.sentence


def test_painting_on_a_frame_that_is_being_computed_keeps_the_stroke(
    qtbot: QtBot, window: MainWindow
) -> None:
    from core.masks.patch import make_patch

    def paint() -> None:
        project, clip = window.project.project, window.project.clip_id
        assert project is not None
        assert clip is not None
        layer = project.layer(clip, 13)
        after = layer.copy()
        after[5] = 1
        patch = make_patch(layer, after)
        assert patch is not None
        window.project.write_stroke(13, "Brush", patch)

    window.jobs.started.connect(lambda task: paint())
    sentence = do(qtbot, window, "propagate_forward")
    assert "Frame 13 was changed meanwhile and was left alone." in sentence
    project, clip = window.project.project, window.project.clip_id
    assert project is not None
    assert clip is not None
    assert (project.layer(clip, 13) != 0).sum() == WIDTH
    assert states(window)[13] == "corrected"


def test_closing_clip_or_window_ends_a_job_without_a_trace(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = window.project.path
    assert path is not None
    window.jobs.started.connect(lambda task: window.session.close())
    window.commands.by_name["propagate_forward"].trigger()
    qtbot.waitUntil(lambda: "its clip was closed" in window.banner.sentence)
    qtbot.waitUntil(lambda: at_rest(window))
    with Project.open(path, read_only=True) as project:
        assert set(project.frames(1)) == {10}


def test_closing_the_window_cancels_what_runs(qtbot: QtBot, window: MainWindow) -> None:
    path = window.project.path
    assert path is not None
    window.jobs.started.connect(lambda task: window.close())
    window.commands.by_name["propagate_both"].trigger()
    qtbot.waitUntil(lambda: not window.park.names, timeout=20_000)
    with Project.open(path) as project:
        assert not project.read_only
        assert set(project.frames(1)) == {10}


def test_several_jobs_are_counted_and_each_can_be_cancelled(qtbot: QtBot, window: MainWindow) -> None:
    import threading

    go_on = threading.Event()
    strip = bar_of(window).strip
    for name in ("First", "Second & last", "Third"):
        window.jobs.submit(lambda context: go_on.wait(20), name=name, cancellable=True)
    qtbot.waitUntil(lambda: strip.others.text() == "and 2 more")
    strip._menu.aboutToShow.emit()
    second, third = strip._menu.actions()
    assert second.text() == "Cancel: Second && last"
    strip._menu.triggered.emit(third)
    strip._menu.aboutToShow.emit()
    assert strip._menu.actions()[1].text() == "Being cancelled: Third"
    qtbot.mouseClick(strip.cancel, Qt.MouseButton.LeftButton)
    assert strip.cancel.text() == "Cancelling…"
    assert not strip.cancel.isEnabled()
    go_on.set()
    qtbot.waitUntil(lambda: at_rest(window))


@pytest.mark.parametrize("width", [720, 900, 1280])
def test_a_running_job_fits_the_status_bar(qtbot: QtBot, window: MainWindow, width: int) -> None:
    import threading

    go_on = threading.Event()
    window.resize(width, 600)
    window.jobs.submit(
        lambda context: (context.report(3, 40), go_on.wait(20)),
        name="Export of a clip with a very long name indeed as DAVIS",
        cancellable=True,
    )
    for number in range(2):
        window.jobs.submit(lambda context: None, name=f"Job {number}")
    bar = bar_of(window)
    qtbot.waitUntil(lambda: bar.strip.bar.value() == 3)
    assert window.width() == width
    for widget in (bar.strip.cancel, bar.strip.others, bar.strip.left):
        right = widget.mapTo(window, widget.rect().bottomRight()).x()
        assert widget.isVisible()
        assert right < width
    assert bar.strip.name.width() >= 56
    go_on.set()
    qtbot.waitUntil(lambda: at_rest(window))


def test_a_job_finds_its_clip_when_another_one_is_shown_by_then(
    qtbot: QtBot, make_window: Callable[..., MainWindow], textured_clip: Path, clip_path: Path, tmp_path: Path
) -> None:
    import threading

    go_on = threading.Event()
    window = make_window(settings=Settings(tour_seen=True, propagation_frames=3))
    window.project.create(tmp_path / "two.cagdde")
    qtbot.waitUntil(lambda: window.project.is_named)
    window.opening.open(textured_clip)
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=20_000)
    correct(qtbot, window, 10)
    first = window.project.clip_id
    window.jobs.submit(lambda context: go_on.wait(20))
    window.commands.by_name["propagate_forward"].trigger()
    qtbot.waitUntil(lambda: len(window.jobs.tasks) == 2)
    window.opening.open(clip_path)
    qtbot.waitUntil(lambda: window.project.clip_id not in (None, first), timeout=20_000)
    go_on.set()
    qtbot.waitUntil(lambda: "Carried to frames 11 to 13" in window.banner.sentence, timeout=20_000)
    assert window.project.frames == {}  # the shown clip has nothing of it
    project = window.project.project
    assert project is not None
    assert first is not None
    assert [i for i, record in project.frames(first).items() if record.has_layer] == [10, 11, 12, 13]
