"""Mouse and keys over a picture, and the view that all panes share."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.panes.image_view import ImageView
from app.panes.scene import Scene
from app.panes.view_state import ViewState
from app.theme import Theme


@pytest.fixture
def pair(qtbot: QtBot, theme: Theme) -> Iterator[tuple[ViewState, ImageView, ImageView]]:
    """Two pictures of one view, side by side."""
    window = QWidget()
    qtbot.addWidget(window)
    view = ViewState(window)
    view.set_frame_size((160, 90))
    first, second = ImageView(view, theme, "first"), ImageView(view, theme, "second")
    row = QHBoxLayout(window)
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    for picture in (first, second):
        picture.show_scene(Scene((image,)))
        row.addWidget(picture)
    row.addWidget(QPushButton("next"))
    window.resize(700, 300)
    window.show()
    qtbot.waitExposed(window)
    yield view, first, second
    window.close()


def turn_wheel(widget: QWidget, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(widget.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_zooms_all_panes_at_the_pointer(pair: tuple[ViewState, ImageView, ImageView]) -> None:
    view, first, second = pair
    at = QPoint(60, 100)
    before = first.viewport.to_frame((at.x(), at.y()))
    turn_wheel(first, at, 3)
    assert view.zoom == pytest.approx(1.2**3)
    assert first.viewport.to_frame((at.x(), at.y())) == pytest.approx(before, abs=1e-6)
    assert second.viewport.zoom == view.zoom


def test_the_middle_button_drags(qtbot: QtBot, pair: tuple[ViewState, ImageView, ImageView]) -> None:
    view, first, _ = pair
    view.look(2.0, (0.5, 0.5))
    before = first.viewport.rectangle
    qtbot.mousePress(first, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    qtbot.mouseMove(first, QPoint(120, 90))
    qtbot.mouseRelease(first, Qt.MouseButton.MiddleButton, pos=QPoint(120, 90))
    qtbot.mouseMove(first, QPoint(10, 10))
    after = first.viewport.rectangle
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((20, -10), abs=0.5)


def test_space_held_lets_the_left_button_drag(
    qtbot: QtBot, pair: tuple[ViewState, ImageView, ImageView]
) -> None:
    view, first, _ = pair
    view.look(2.0, (0.5, 0.5))
    centre = view.centre
    qtbot.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(first, QPoint(120, 90))
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton)
    assert view.centre == centre
    view.arm_pan()
    qtbot.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(first, QPoint(130, 100))
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton)
    assert view.disarm_pan() is True
    assert view.centre[0] < centre[0]


def test_the_crosshair_is_where_the_mouse_is_in_all_panes(
    qtbot: QtBot, pair: tuple[ViewState, ImageView, ImageView]
) -> None:
    view, first, second = pair
    plain = second.grab().toImage()
    middle = first.rect().center()
    qtbot.mouseMove(first, middle)
    assert view.cursor == pytest.approx((0.5, 0.5), abs=0.02)
    assert view.cursor_pixel == (80, 45) or view.cursor_pixel == (79, 44)
    assert second.grab().toImage() != plain
    qtbot.mouseMove(first, QPoint(2, 2))
    assert view.cursor is None


def test_tab_held_peeks_and_tab_tapped_moves_on(
    qtbot: QtBot, pair: tuple[ViewState, ImageView, ImageView]
) -> None:
    _, first, second = pair
    first.setFocus()
    peeks: list[bool] = []
    first.peek.connect(peeks.append)
    qtbot.keyPress(first, Qt.Key.Key_Tab)
    qtbot.wait(300)
    qtbot.keyRelease(first, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: peeks == [True, False])
    assert first.hasFocus()
    qtbot.keyPress(first, Qt.Key.Key_Tab)
    qtbot.keyRelease(first, Qt.Key.Key_Tab)
    assert second.hasFocus()


def test_fit_and_actual_size(pair: tuple[ViewState, ImageView, ImageView]) -> None:
    view, first, _ = pair
    first.show_actual_size()
    assert first.viewport.scale * first.devicePixelRatioF() == pytest.approx(1)
    view.fit()
    assert first.viewport.scale == first.viewport.fit_scale


def test_the_dimmed_picture_is_darker(pair: tuple[ViewState, ImageView, ImageView]) -> None:
    _, first, _ = pair
    middle = first.rect().center()
    bright = first.grab().toImage().pixelColor(middle).lightness()
    assert first.scene is not None
    first.show_scene(Scene(first.scene.layers, dimmed=True))
    assert first.grab().toImage().pixelColor(middle).lightness() < bright * 0.7


def test_a_message_stands_where_no_picture_is(pair: tuple[ViewState, ImageView, ImageView]) -> None:
    _, first, _ = pair
    first.show_scene(None)
    empty = first.grab().toImage()
    first.say("Opening…")
    assert first.grab().toImage() != empty
    assert first.accessibleDescription() == "Opening…"
