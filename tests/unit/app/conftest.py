"""What the tests of the window share: a theme, folders of their own, a small clip, a small model, a window."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from correcting_hand import Hand
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from app.theme import Theme
from core.types import Prediction, RgbImage

FRAMES, HEIGHT, WIDTH = 40, 96, 160


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A message of Qt of severity warning or worse fails the test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))  # of offscreen


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and caches of the person who runs the tests stay as they are."""
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture(autouse=True)
def no_hurry_to_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the program would leave, and the tests with it, before its threads have ended."""
    monkeypatch.setattr("app.starter.GRACE_MS", 600_000)


@pytest.fixture(autouse=True)
def garbage_dies_in_this_thread() -> Iterator[None]:
    """As in the program (app.collector): a QObject must not be collected in a worker's thread."""
    gc.disable()
    yield
    gc.collect()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The dark theme."""
    theme = Theme(qapp, "dark")
    yield theme
    theme.deleteLater()


def frame_picture(index: int) -> RgbImage:
    """A bright square that moves to the right over a gradient; its red tells the frame's number."""
    rgb = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    rgb[..., 1] = np.linspace(40, 120, WIDTH, dtype=np.uint8)
    rgb[30:60, 10 + index * 2 : 40 + index * 2] = (255, 220, 200)
    rgb[:16, :16] = (index * 6, 0, 0)
    return rgb


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 40 frames, 160x96, 25 a second."""
    from core.video import write_mp4

    path = tmp_path_factory.mktemp("clips") / "square.mp4"
    write_mp4(path, (frame_picture(index) for index in range(FRAMES)), 25)
    return path


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learnt nothing."""
    import torch

    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("models") / "random.safetensors"
    save_checkpoint(path, build_model(CAGDDE_LITE), CheckpointMetadata(CAGDDE_LITE))
    return path


@pytest.fixture
def make_window(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    """Makes windows and sees at the end that each is closed and all its threads have ended."""
    windows: list[MainWindow] = []

    def make(model: Path | None = None, settings: Settings | None = None) -> MainWindow:
        missing = tmp_path / "missing.safetensors"
        chosen = settings or Settings(tour_seen=True)
        window = MainWindow(chosen, tmp_path / "config" / "settings.json", theme, model or missing)
        window.resize(1100, 700)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        return window

    yield make
    for window in windows:
        stop(qtbot, window)
        window.deleteLater()


def stop(qtbot: QtBot, window: MainWindow, timeout_ms: int = 60_000) -> None:
    """Close the window and wait for its threads. Loading a library cannot be cut short, hence the patience."""
    window.close()
    qtbot.waitUntil(lambda: not window.park.names, timeout=timeout_ms)


@pytest.fixture
def open_clip_in(qtbot: QtBot, clip_path: Path) -> Callable[[MainWindow], None]:
    """Opens the small clip in a window and waits for its first frame."""

    def open_it(window: MainWindow) -> None:
        window.opening.open(clip_path)
        qtbot.waitUntil(lambda: window.session.frame is not None, timeout=20_000)

    return open_it


@pytest.fixture
def make_prediction() -> Callable[..., Prediction]:
    """Makes predictions with a square as their saliency."""

    def make(index: int = 0, scores: object = None) -> Prediction:
        saliency = np.zeros((48, 80), np.uint8)
        saliency[12:36, 20:60] = 255
        values = np.full((5, 2), 0.8, np.float32) if scores is None else np.asarray(scores, np.float32)
        side = np.full((5, 2, 12, 20), 90, np.uint8)
        return Prediction(index, index / 25, saliency, values, side, np.full((48, 80, 3), 255, np.uint8))

    return make


@pytest.fixture
def hand(
    qtbot: QtBot,
    make_window: Callable[..., MainWindow],
    open_clip_in: Callable[[MainWindow], None],
    make_prediction: Callable[..., Prediction],
) -> Hand:
    """A window with the small clip (160x96, 40 frames), no model, frame 0 in hand."""
    window = make_window()
    window.resize(1100, 800)
    open_clip_in(window)
    hand = Hand(window, qtbot, make_prediction)
    qtbot.waitUntil(lambda: hand.ready, timeout=10_000)
    return hand


os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
