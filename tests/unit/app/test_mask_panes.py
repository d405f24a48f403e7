"""The panes that a mask is corrected on, and the row of controls under the picture."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.images import image_from_gray
from app.panes.mask_controls import DEFAULT_THRESHOLD, MaskControls
from app.panes.picture_pane import SaliencyPane
from app.panes.rgb_pane import RgbPane
from app.panes.scene import CorrectionView, MaskView
from app.panes.view_state import ViewState
from app.session.records import DecodedFrame
from app.settings import Settings
from app.theme import Theme
from core.masks import Rectangle

SIZE = (90, 160)


class Panes:
    """RGB and saliency of one view, on screen."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.settings = Settings()
        self.view = ViewState(self.window)
        self.view.set_frame_size((SIZE[1], SIZE[0]))
        self.rgb = RgbPane("rgb", "RGB", self.view, theme, self.settings)
        self.saliency = SaliencyPane("saliency", "Saliency", self.view, theme)
        self.saliency.set_body(self.saliency.picture)
        row = QHBoxLayout(self.window)
        row.addWidget(self.rgb)
        row.addWidget(self.saliency)
        self.window.resize(1000, 420)
        self.window.show()
        qtbot.waitExposed(self.window)

    @property
    def mask(self) -> MaskView | None:
        scene = self.rgb.picture.scene
        assert scene is not None
        assert not isinstance(scene.mask, CorrectionView)
        return scene.mask

    def slider(self, name: str) -> QSlider:
        sliders = self.rgb.controls.findChildren(QSlider)
        return next(slider for slider in sliders if slider.accessibleName() == name)


@pytest.fixture
def panes(qtbot: QtBot, theme: Theme) -> Iterator[Panes]:
    """Empty panes."""
    made = Panes(qtbot, theme)
    yield made
    made.window.close()


def frame(index: int) -> DecodedFrame:
    image = QImage(SIZE[1], SIZE[0], QImage.Format.Format_RGB32)
    image.fill(0x336699)
    return DecodedFrame(0, index, index / 25, image, None)


def saliency() -> np.ndarray:
    picture = np.zeros((45, 80), np.uint8)
    picture[10:30, 20:60] = 200
    return picture


def test_the_exact_mask_replaces_the_quick_one_until_the_next_frame(panes: Panes) -> None:
    panes.rgb.show_frame(frame(3), saliency())
    quick = panes.mask
    assert quick is not None
    assert quick.mask.shape == SIZE
    assert 0.2 < (quick.mask > 0).mean() < 0.3
    exact, before = np.zeros(SIZE, np.uint8), np.ones(SIZE, np.uint8)
    panes.rgb.show_mask(exact, before)
    assert panes.mask is not None
    assert (panes.mask.mask is exact, panes.mask.previous is before) == (True, True)
    panes.rgb.show_frame(frame(3), saliency())
    assert panes.mask.mask is exact, "the same frame once more"
    panes.rgb.show_frame(frame(4), saliency())
    assert panes.mask is not None
    assert panes.mask.mask is not exact
    assert panes.mask.previous is None


def test_a_mask_without_a_prediction_is_shown(panes: Panes) -> None:
    panes.rgb.show_frame(frame(0), None)
    assert panes.mask is None
    exact = np.zeros(SIZE, np.uint8)
    panes.rgb.show_mask(exact)
    assert panes.mask is not None
    panes.rgb.show_mask(None)
    assert panes.mask is None


def test_a_stroke_on_screen_is_what_a_new_drawing_shows(panes: Panes) -> None:
    mask, layer = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
    panes.rgb.show_frame(frame(0), saliency())
    panes.rgb.show_mask(mask)
    panes.saliency.show_picture(image_from_gray(saliency()))
    panes.saliency.show_layer(layer)
    before = [pane.picture.grab().toImage() for pane in (panes.rgb, panes.saliency)]
    mask[20:40, 30:50] = 255
    layer[20:40, 30:50] = 1
    for pane in (panes.rgb, panes.saliency):
        pane.picture.mask_changed(Rectangle(20, 30, 20, 20))
    after = [pane.picture.grab().toImage() for pane in (panes.rgb, panes.saliency)]
    assert all(old != new for old, new in zip(before, after, strict=True))
    panes.view.changed.emit()  # everything is drawn anew
    assert [pane.picture.grab().toImage() for pane in (panes.rgb, panes.saliency)] == after


def test_peeking_hides_mask_and_corrections(panes: Panes) -> None:
    panes.rgb.show_frame(frame(0), saliency())
    panes.rgb.show_mask(np.full(SIZE, 255, np.uint8))
    panes.saliency.show_picture(image_from_gray(saliency()))
    panes.saliency.show_layer(np.ones(SIZE, np.uint8))
    for pane in (panes.rgb, panes.saliency):
        pane.set_peek(True)
        assert pane.picture.scene is not None
        assert pane.picture.scene.mask is None
        pane.set_peek(False)
        assert pane.picture.scene.mask is not None


def test_corrections_stay_when_the_prediction_comes_after_them(panes: Panes) -> None:
    panes.saliency.show_waiting(frame(0).image)
    layer = np.zeros(SIZE, np.uint8)
    panes.saliency.show_layer(layer)
    panes.saliency.show_picture(image_from_gray(saliency()))
    scene = panes.saliency.picture.scene
    assert scene is not None
    assert isinstance(scene.mask, CorrectionView)
    assert scene.mask.layer is layer
    layer[0, 0] = 2
    assert panes.saliency.value_at((0.0, 0.0)) == "saliency .00, corrected: background"
    panes.saliency.show_layer(None)
    assert panes.saliency.value_at((0.0, 0.0)) == "saliency .00"


def test_the_way_to_look_stays_from_frame_to_frame(panes: Panes) -> None:
    panes.rgb.controls.set_mode("onion")
    panes.view.look(3.0, (0.3, 0.6))
    for index in range(2):
        panes.rgb.show_frame(frame(index), saliency())
        panes.rgb.show_mask(np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8))
        assert panes.mask is not None
        assert (panes.mask.mode, panes.view.zoom, panes.view.centre) == ("onion", 3.0, (0.3, 0.6))


def test_heat_is_under_the_exact_masks_border(panes: Panes) -> None:
    panes.rgb.controls.set_mode("heat")
    panes.rgb.show_frame(frame(0), saliency())
    panes.rgb.show_mask(np.zeros(SIZE, np.uint8))
    scene = panes.rgb.picture.scene
    assert scene is not None
    assert len(scene.layers) == 2
    assert panes.mask is not None


def test_the_threshold_is_told_live_and_once_at_the_end(qtbot: QtBot, panes: Panes) -> None:
    controls, slider = panes.rgb.controls, panes.slider("Threshold")
    moved: list[int] = []
    settled: list[int] = []
    controls.threshold_moved.connect(moved.append)
    controls.threshold_set.connect(settled.append)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    for x in range(0, 40, 4):
        qtbot.mouseMove(slider, QPoint(slider.width() // 2 + x, slider.height() // 2))
    assert len(moved) > 3
    assert settled == []
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert settled == [moved[-1]]
    moved.clear()
    slider.setFocus()
    qtbot.keyPress(slider, Qt.Key.Key_Right)
    qtbot.keyPress(slider, Qt.Key.Key_Right)
    assert len(moved) == 2
    qtbot.keyRelease(slider, Qt.Key.Key_Right)
    assert settled[1:] == [moved[-1]]
    qtbot.keyClick(slider, Qt.Key.Key_Shift)
    assert len(settled) == 2, "nothing has moved"


def test_the_threshold_of_another_frame_is_shown_without_a_word(qtbot: QtBot, panes: Panes) -> None:
    controls = panes.rgb.controls
    told: list[int] = []
    controls.threshold_moved.connect(told.append)
    controls.threshold_set.connect(told.append)
    assert controls.choice.threshold == DEFAULT_THRESHOLD
    panes.rgb.show_frame(frame(0), saliency())
    controls.show_threshold(220)
    assert controls.choice.threshold == 220
    qtbot.waitUntil(lambda: panes.mask is not None and not panes.mask.mask.any())
    panes.slider("Threshold").setFocus()
    panes.rgb.picture.setFocus()
    assert told == []


def test_the_scope_of_the_threshold(panes: Panes) -> None:
    controls = panes.rgb.controls
    assert controls.threshold_scope == "clip"
    button = controls.findChildren(QToolButton)[-1]
    menu = button.menu()
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["This frame", "Marked range", "Whole clip"]
    menu.actions()[1].trigger()
    assert controls.threshold_scope == "range"
    assert "marked range" in button.accessibleName()


@pytest.mark.parametrize("width", [230, 300, 360, 460, 800])
def test_the_controls_fit_into_every_pane(qtbot: QtBot, theme: Theme, width: int) -> None:
    controls = MaskControls(Settings(mask_mode="onion"))
    qtbot.addWidget(controls)
    controls.resize(max(width, controls.minimumSizeHint().width()), controls.sizeHint().height())
    controls.show()
    qtbot.waitExposed(controls)
    QApplication.sendPostedEvents()
    assert controls.minimumSizeHint().width() <= 300
    shown = [child for child in controls.findChildren(QWidget) if child.isVisible() and not child.isWindow()]
    for child in shown:
        right = child.mapTo(controls, child.rect().topRight()).x()
        assert right <= controls.width()
        assert child.width() >= child.minimumSizeHint().width()
