"""The window as a whole, offscreen: commands, panes, states, failures, closing."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.session.records import InferenceState, PredictionReady
from app.settings import Settings
from core.types import Prediction

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]


def deliver(window: MainWindow, prediction: Prediction) -> None:
    """A prediction arrives as if the inference thread had sent it."""
    window.inference._prediction_came(PredictionReady(window.inference._run, prediction))
    while not window.pane_set.settled:
        QApplication.processEvents()


def test_no_clip_is_an_invitation(make_window: Make) -> None:
    window = make_window()
    assert window.pages.currentWidget() is window.empty
    assert not window.commands.play.isEnabled()
    assert window.timeline.isHidden()


def test_a_clip_shows_frame_after_frame(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    assert window.pages.currentWidget() is window.area
    assert "square.mp4" in window.windowTitle()
    for key, modifier, index in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier, 2),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 12),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 11),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 39),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    ):
        qtbot.keyClick(window, key, modifier)
        assert window.session.index == index


def test_space_tapped_plays_and_space_held_does_not(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    picture = window.pane_set.rgb.picture
    qtbot.keyClick(picture, Qt.Key.Key_Space)
    assert window.playback.playing
    qtbot.keyClick(picture, Qt.Key.Key_Space)
    assert not window.playback.playing
    qtbot.keyPress(picture, Qt.Key.Key_Space)
    assert window.view.pan_armed
    qtbot.wait(400)
    qtbot.keyRelease(picture, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.view.pan_armed)
    assert not window.playback.playing


def test_the_view_stays_from_frame_to_frame(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    window.view.look(3.0, (0.3, 0.6))
    window.session.go(20)
    qtbot.waitUntil(lambda: not window.session.waiting)
    assert (window.view.zoom, window.view.centre) == (3.0, (0.3, 0.6))


def test_a_prediction_fills_all_panes(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, make_prediction: Callable[..., Prediction]
) -> None:
    window = make_window()
    open_clip_in(window)
    scores = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.78, 0.30], [0.78, 0.32]]
    deliver(window, make_prediction(0, scores))
    panes = window.pane_set
    assert panes.rgb.masked
    assert panes.flow.image() is not None
    assert panes.saliency.image() is not None
    shown = panes.confidence._table.scores
    assert shown is not None
    assert np.allclose(shown, scores)
    assert panes.confidence._sentence.text() == "Motion is unreliable here: flow .31, RGB .78"
    assert window.inference.store.predicted[0]


def test_a_frame_without_prediction_dims_the_last_one(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, make_prediction: Callable[..., Prediction]
) -> None:
    window = make_window()
    open_clip_in(window)
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.FAILED, timeout=60_000)
    window.inference.state = InferenceState.RUNNING
    deliver(window, make_prediction(0))
    window.session.go(5)
    qtbot.waitUntil(lambda: window.session.frame is not None and window.session.frame.index == 5)
    saliency = window.pane_set.saliency
    assert not window.pane_set.rgb.masked
    qtbot.waitUntil(lambda: saliency.picture.scene is not None and saliency.picture.scene.dimmed)
    assert "omputing" in saliency.picture.hint
    deliver(window, make_prediction(5))
    assert saliency.image() is not None
    assert saliency.picture.hint == ""


def test_mask_keys(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    settings = Settings(tour_seen=True)
    window = make_window(settings=settings)
    open_clip_in(window)
    seen = []
    for _ in range(6):
        qtbot.keyClick(window, Qt.Key.Key_V)
        seen.append(settings.mask_mode)
    assert seen == ["outline", "cut-out", "heat", "onion", "off", "tint"]
    qtbot.keyClick(window, Qt.Key.Key_O)
    assert settings.mask_mode == "outline"
    qtbot.keyClick(window, Qt.Key.Key_O)
    assert settings.mask_mode == "tint"


def test_layouts_and_closed_panes(make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    panes = window.area.panes
    for layout, count in (("strip", 4), ("alone", 1), ("grid", 4)):
        window.commands.layouts[layout].trigger()
        assert len([pane for pane in panes.values() if pane.isVisible()]) == count
    panes["flow"].close_requested.emit("flow")
    assert panes["flow"].isHidden()
    assert not window.commands.panes["flow"].isChecked()
    window.commands.panes["flow"].trigger()
    assert panes["flow"].isVisible()
    panes["saliency"].alone_requested.emit("saliency")
    assert window.area.shown == ["saliency"]
    panes["saliency"].alone_requested.emit("saliency")
    assert len(window.area.shown) == 4


@pytest.mark.parametrize("layout", ["grid", "strip", "alone"])
@pytest.mark.parametrize("hidden", [[], ["flow"], ["flow", "rgb"], ["flow", "rgb", "saliency"]])
def test_panes_never_overlap_nor_leave_the_area(make_window: Make, layout: str, hidden: list[str]) -> None:
    settings = Settings(tour_seen=True, layout=layout, hidden_panes=hidden)  # pyright: ignore[reportArgumentType]
    window = make_window(settings=settings)
    window.pages.setCurrentWidget(window.area)
    window.resize(900, 600)
    shown = [window.area.panes[key] for key in window.area.shown]
    assert len(shown) == (1 if layout == "alone" else 4 - len(hidden))
    for pane in shown:
        assert window.area.rect().contains(pane.geometry())
        others = [other for other in shown if other is not pane]
        assert not any(pane.geometry().intersects(other.geometry()) for other in others)


def test_a_wrong_clip_is_one_sentence_in_the_banner(qtbot: QtBot, make_window: Make, tmp_path: Path) -> None:
    window = make_window()
    window.opening.open(tmp_path / "gone.mp4")
    qtbot.waitUntil(lambda: window.banner.isVisible(), timeout=20_000)
    assert "gone.mp4" in window.banner.sentence
    assert window.pages.currentWidget() is window.empty
    window.banner.dismiss()
    assert window.banner.isHidden()


def test_a_wrong_model_is_told_and_the_clip_still_plays(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    model = tmp_path / "foreign.safetensors"
    model.write_bytes(b"no weights")
    window = make_window(model)
    open_clip_in(window)
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.FAILED, timeout=60_000)
    assert "foreign.safetensors" in window.banner.sentence
    assert "No prediction" in window.pane_set.saliency.picture.message
    assert "foreign.safetensors" in window.log.text
    window.session.go(7)
    qtbot.waitUntil(lambda: window.session.frame is not None and window.session.frame.index == 7)


def test_real_inference_pauses_and_goes_on(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, model_path: Path
) -> None:
    window = make_window(model_path)
    open_clip_in(window)
    window.session.go(30)
    predicted: list[int] = []
    window.inference.predicted.connect(predicted.append)
    qtbot.waitUntil(lambda: len(predicted) > 0, timeout=90_000)
    window.commands.pause_inference.trigger()
    assert window.inference.state in (InferenceState.PAUSED, InferenceState.DONE)
    qtbot.waitUntil(lambda: "inference" not in window.park.names, timeout=20_000)
    assert 30 in predicted[:4]  # the visible frame came first
    if window.inference.state is InferenceState.PAUSED:
        window.commands.pause_inference.trigger()
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.DONE, timeout=90_000)
    assert window.inference.store.predicted.all()
    scores = window.inference.store.confidence.copy()
    assert not np.isnan(scores).any()

    # Opened again, everything comes from the cache, the curve of all frames included.
    window.session.close()
    open_clip_in(window)
    store = window.inference.store
    qtbot.waitUntil(lambda: not np.isnan(window.inference.store.confidence).any(), timeout=90_000)
    assert store is window.inference.store
    assert np.allclose(store.confidence, scores)


def test_closing_during_inference_hides_at_once_and_ends_all_threads(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, model_path: Path
) -> None:
    window = make_window(model_path)
    open_clip_in(window)
    window.playback.play()
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.RUNNING, timeout=90_000)
    started = time.perf_counter()
    with qtbot.waitSignal(window.stopped, timeout=5000):
        window.close()
        assert time.perf_counter() - started < 0.5
        assert not window.isVisible()
    print(f"threads ended after {time.perf_counter() - started:.2f} s")


def test_dropped_files_open_and_are_remembered(
    qtbot: QtBot, make_window: Make, clip_path: Path, tmp_path: Path
) -> None:
    settings = Settings(tour_seen=True)
    window = make_window(settings=settings)
    other = tmp_path / "other clip.mp4"
    shutil.copy(clip_path, other)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(clip_path)), QUrl.fromLocalFile(str(other))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), *how))
    assert window.drops.frame.isVisible()
    event = QDropEvent(QPointF(50, 50), *how)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()
    assert not window.drops.frame.isVisible()
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=20_000)
    assert window.session.info is not None
    assert window.session.info.path == clip_path
    assert settings.recent == [str(clip_path), str(other)]
    other.unlink()
    window.recent.fill()
    enabled = [action.isEnabled() for action in window.recent.menu.actions()[:2]]
    assert enabled == [True, False]


def test_choices_are_saved_on_closing(qtbot: QtBot, make_window: Make, tmp_path: Path) -> None:
    window = make_window(settings=Settings(tour_seen=True))
    window.commands.layouts["strip"].trigger()
    window.commands.themes["light"].trigger()
    window.commands.loop.setChecked(True)
    window.close()
    saved = json.loads((tmp_path / "config" / "settings.json").read_text())
    assert (saved["layout"], saved["theme"], saved["loop"]) == ("strip", "light", True)
    assert saved["geometry"]


def test_a_frame_that_cannot_be_decoded_does_not_pass_for_another(
    qtbot: QtBot, make_window: Make, tmp_path: Path, make_prediction: Callable[..., Prediction]
) -> None:
    from core.video import PngSequenceWriter

    folder = tmp_path / "frames"
    writer = PngSequenceWriter(folder)
    for _ in range(40):
        writer.write(np.full((24, 32, 3), 90, np.uint8))
    window = make_window()
    window.opening.open(folder)
    qtbot.waitUntil(lambda: window.session.frame is not None)
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.FAILED, timeout=60_000)
    deliver(window, make_prediction(0))
    sorted(folder.iterdir())[39].unlink()
    window.session.go(39)
    qtbot.waitUntil(lambda: "removed" in window.banner.sentence)
    panes = window.pane_set
    for picture in (panes.rgb.picture, panes.flow.picture, panes.saliency.picture):
        assert picture.scene is not None
        assert picture.scene.dimmed
        assert picture.hint == "This frame cannot be decoded"
    assert panes.confidence._sentence.text() == "This frame cannot be decoded"
    deliver(window, make_prediction(0))
    assert panes.saliency.image() is None
    window.session.go(0)
    qtbot.waitUntil(lambda: panes.saliency.image() is not None)
    assert panes.rgb.masked


def test_no_key_has_two_meanings(make_window: Make) -> None:
    window = make_window()
    keys = [shortcut.toString() for action in window.actions() for shortcut in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_a_side_map_becomes_large_and_small_again(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, make_prediction: Callable[..., Prediction]
) -> None:
    window = make_window()
    open_clip_in(window)
    deliver(window, make_prediction(0))
    pane = window.pane_set.confidence
    tile = pane._table.tiles[3][1]
    assert tile.accessibleName() == "Side map, level 4, Flow"
    qtbot.mouseMove(tile, QPoint(5, 5))
    tile.looked_at.emit(3, 1, True)
    assert pane._popup.isVisible()
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert pane.picture.isVisible()
    qtbot.keyClick(pane.picture, Qt.Key.Key_Escape)
    assert not pane.picture.isVisible()


def test_long_names_do_not_widen_the_window(
    qtbot: QtBot, make_window: Make, clip_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"{'a very long name ' * 12}.mp4"
    shutil.copy(clip_path, path)
    window = make_window()
    window.resize(900, 600)
    window.opening.open(path)
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=20_000)
    assert window.width() == 900
    assert str(path) in window.statusBar().clip.toolTip()  # pyright: ignore[reportAttributeAccessIssue]
