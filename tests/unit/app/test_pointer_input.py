"""Mouse, pen and keys over a picture while a tool is in hand: what the tool is told."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.canvas.pointer import PointerSample
from app.canvas.preview import Preview
from app.panes.image_view import ImageView
from app.panes.scene import MaskView, Scene
from app.panes.view_state import ViewState
from app.theme import Theme
from core.masks import Rectangle

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
FRAME_WH = (160, 90)


class Tool:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.active = True
        self.busy = True
        self.told: list[tuple[str, PointerSample | None]] = []

    def press(self, sample: PointerSample) -> None:
        self.told.append(("press", sample))

    def move(self, sample: PointerSample) -> None:
        self.told.append(("move", sample))

    def release(self, sample: PointerSample) -> None:
        self.told.append(("release", sample))

    def double_click(self, sample: PointerSample) -> None:
        self.told.append(("double", sample))

    def hover(self, sample: PointerSample | None) -> None:
        self.told.append(("hover", sample))

    def cancel(self) -> bool:
        self.told.append(("cancel", None))
        return self.busy

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.told if name != "hover"]

    def last(self, name: str) -> PointerSample:
        return next(sample for said, sample in reversed(self.told) if said == name and sample is not None)


class Bench:
    """A picture with a tool, beside a text field."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.view = ViewState(self.window)
        self.view.set_frame_size(FRAME_WH)
        self.picture = ImageView(self.view, theme, "picture")
        image = QImage(*FRAME_WH, QImage.Format.Format_RGB32)
        image.fill(0x336699)
        self.picture.show_scene(Scene((image,)))
        self.field = QLineEdit()
        row = QHBoxLayout(self.window)
        row.addWidget(self.picture)
        row.addWidget(self.field)
        self.window.resize(700, 300)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.picture.setFocus()
        qtbot.waitUntil(self.picture.hasFocus)
        self.tool = Tool()
        self.picture.set_pointer_target(self.tool)

    def mouse(
        self,
        kind: QEvent.Type,
        at: QPointF,
        button: Qt.MouseButton = Qt.MouseButton.NoButton,
        held: Qt.MouseButton = Qt.MouseButton.NoButton,
        keys: Qt.KeyboardModifier = NONE,
    ) -> None:
        glob = QPointF(self.picture.mapToGlobal(at.toPoint()))
        QApplication.sendEvent(self.picture, QMouseEvent(kind, at, glob, button, held, keys))

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, button, button, keys)

    def move(self, at: QPointF, held: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, held, keys)

    def release(self, at: QPointF, button: Qt.MouseButton = LEFT) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, button)

    def pen(
        self,
        kind: QEvent.Type,
        at: QPointF,
        pressure: float,
        button: Qt.MouseButton = Qt.MouseButton.NoButton,
        end: QPointingDevice.PointerType = QPointingDevice.PointerType.Pen,
    ) -> bool:
        """Returns whether the event was accepted: if not, Qt sends a mouse event as well."""
        able = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
        device = QPointingDevice("pen", 7, QInputDevice.DeviceType.Stylus, end, able, 1, 2)
        glob = QPointF(self.picture.mapToGlobal(at.toPoint()))
        event = QTabletEvent(kind, device, at, glob, pressure, 0, 0, 0, 0, 0, NONE, button, button)
        event.setAccepted(False)
        QApplication.sendEvent(self.picture, event)
        return event.isAccepted()

    def on_screen(self) -> QImage:
        QApplication.processEvents()
        return self.window.screen().grabWindow(self.window.winId()).toImage()

    def key(self, key: Qt.Key, qtbot: QtBot) -> None:
        qtbot.keyClick(self.picture, key)

    def wheel(self, at: QPointF, delta: int, keys: Qt.KeyboardModifier = NONE) -> None:
        glob = QPointF(self.picture.mapToGlobal(at.toPoint()))
        event = QWheelEvent(
            at, glob, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, keys,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.picture, event)


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme) -> Iterator[Bench]:
    """One picture, one tool."""
    made = Bench(qtbot, theme)
    yield made
    made.window.close()


@pytest.mark.parametrize("zoom", [0.4, 1.0, 3.7, 25.0])
def test_places_are_frame_pixels_also_beside_the_frame(bench: Bench, zoom: float) -> None:
    bench.view.look(zoom, (0.3, 0.8))
    scale = bench.picture.viewport.scale
    left, top, _, _ = bench.picture.viewport.rectangle
    for x, y in ((0.0, 0.0), (80.25, 44.5), (160.0, 90.0), (-12.5, 93.75)):
        at = QPointF(left + x * scale, top + y * scale)
        bench.press(at)
        bench.release(at)
        sample = bench.tool.last("press")
        assert (sample.x, sample.y) == pytest.approx((x, y), abs=1e-6)
        assert sample.scale == pytest.approx(scale)
        assert (sample.pressure, sample.inverted, sample.shift) == (1.0, False, False)


def test_a_stroke_has_every_move(bench: Bench) -> None:
    bench.move(QPointF(30, 100), Qt.MouseButton.NoButton)
    bench.press(QPointF(40, 100))
    for x in range(41, 60):
        bench.move(QPointF(x, 100))
    bench.release(QPointF(60, 100))
    bench.move(QPointF(61, 100), Qt.MouseButton.NoButton)
    assert bench.tool.names == ["press", *["move"] * 19, "release"]
    assert bench.tool.told[0][0] == "hover" == bench.tool.told[-1][0]


def test_the_right_button_and_ctrl_do_the_opposite(bench: Bench) -> None:
    bench.press(QPointF(40, 100), RIGHT)
    bench.move(QPointF(50, 100), RIGHT)
    bench.release(QPointF(50, 100), RIGHT)
    assert [sample.inverted for name, sample in bench.tool.told if sample] == [True, True, True]
    bench.tool.told.clear()
    bench.press(QPointF(40, 100), LEFT, CTRL)
    bench.move(QPointF(50, 100), LEFT)
    bench.release(QPointF(50, 100), LEFT)
    assert [sample.inverted for name, sample in bench.tool.told if sample] == [True, True, True]


def test_a_second_button_does_not_end_the_stroke(bench: Bench) -> None:
    bench.press(QPointF(40, 100))
    bench.press(QPointF(40, 100), RIGHT)
    bench.release(QPointF(40, 100), RIGHT)
    assert bench.tool.names == ["press"]
    bench.release(QPointF(40, 100))
    assert bench.tool.names == ["press", "release"]


def test_the_right_button_opens_no_menu(bench: Bench) -> None:
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(40, 100), QPoint(40, 100))
    QApplication.sendEvent(bench.picture, asked)
    assert asked.isAccepted()


def test_the_pen_tells_its_pressure_and_no_mouse_event_follows(bench: Bench) -> None:
    at = QPointF(40, 100)
    assert bench.pen(QEvent.Type.TabletMove, at, 0.0)
    assert bench.pen(QEvent.Type.TabletPress, at, 0.25, LEFT)
    assert bench.pen(QEvent.Type.TabletMove, QPointF(44.5, 100), 0.75)
    assert bench.pen(QEvent.Type.TabletRelease, QPointF(45, 100), 0.0, LEFT)
    assert bench.tool.names == ["press", "move", "release"]
    pressures = [sample.pressure for name, sample in bench.tool.told if sample and name != "hover"]
    assert pressures == pytest.approx([0.25, 0.75, 0.75], abs=0.01), "a lifted pen ends as it was"


def test_the_pens_other_end_does_the_opposite(bench: Bench) -> None:
    eraser = QPointingDevice.PointerType.Eraser
    bench.pen(QEvent.Type.TabletPress, QPointF(40, 100), 0.5, LEFT, eraser)
    assert bench.tool.last("press").inverted


def test_without_a_tool_the_pen_is_a_mouse(bench: Bench) -> None:
    bench.tool.active = False
    assert not bench.pen(QEvent.Type.TabletPress, QPointF(40, 100), 0.5, LEFT)
    assert bench.tool.told == []


def test_space_drags_the_picture_with_a_tool_in_hand(bench: Bench) -> None:
    bench.view.look(3.0, (0.5, 0.5))
    bench.view.arm_pan()
    bench.press(QPointF(100, 100))
    bench.move(QPointF(130, 90))
    bench.release(QPointF(130, 90))
    assert bench.view.disarm_pan() is True
    assert bench.tool.names == []
    assert bench.view.centre[0] < 0.5 < bench.view.centre[1]


@pytest.mark.parametrize("way", ["space", "middle"])
def test_dragging_the_picture_in_the_middle_of_a_stroke(bench: Bench, way: str) -> None:
    """The stroke goes on from the same pixel of the frame."""
    bench.view.look(3.0, (0.5, 0.5))
    bench.press(QPointF(100, 100))
    bench.move(QPointF(110, 100))
    before = bench.tool.last("move")
    if way == "space":
        bench.view.arm_pan()
    else:
        bench.press(QPointF(110, 100), MIDDLE)
    bench.move(QPointF(150, 120))
    assert bench.tool.names == ["press", "move"]
    if way == "space":
        bench.view.disarm_pan()
    else:
        bench.release(QPointF(150, 120), MIDDLE)
    bench.move(QPointF(150, 120))
    after = bench.tool.last("move")
    assert (after.x, after.y) == pytest.approx((before.x, before.y), abs=1e-6)
    bench.release(QPointF(150, 120))
    assert bench.tool.names == ["press", "move", "move", "release"]


def test_the_wheel_zooms_in_the_middle_of_a_stroke(bench: Bench) -> None:
    bench.press(QPointF(100, 100))
    bench.wheel(QPointF(100, 100), 120)
    assert bench.view.zoom == pytest.approx(1.2)
    bench.move(QPointF(100, 100))
    first, last = bench.tool.last("press"), bench.tool.last("move")
    assert (last.x, last.y) == pytest.approx((first.x, first.y), abs=1e-6)


def test_the_wheel_with_ctrl_changes_the_brush(bench: Bench) -> None:
    turned: list[int] = []
    bench.picture.size_wheel.connect(turned.append)
    for delta in (120, 60, 60, -240):
        bench.wheel(QPointF(100, 100), delta, CTRL)
    assert turned == [1, 1, -2]
    assert bench.view.zoom == 1.0
    bench.tool.active = False
    bench.wheel(QPointF(100, 100), 120, CTRL)
    assert turned == [1, 1, -2]
    assert bench.view.zoom == pytest.approx(1.2)


def test_escape_takes_the_stroke_back(bench: Bench, qtbot: QtBot) -> None:
    bench.press(QPointF(40, 100))
    bench.key(Qt.Key.Key_Escape, qtbot)
    bench.move(QPointF(60, 100))
    bench.release(QPointF(60, 100))
    assert bench.tool.names == ["press", "cancel"]


def test_a_stroke_ends_where_the_keyboard_goes_away(bench: Bench) -> None:
    bench.press(QPointF(40, 100))
    bench.move(QPointF(50, 100))
    bench.field.setFocus()
    assert bench.tool.names == ["press", "move", "release"]
    assert bench.tool.last("release") == bench.tool.last("move")
    bench.release(QPointF(70, 100))
    assert bench.tool.names == ["press", "move", "release"]


@pytest.mark.parametrize("how", ["hidden", "inactive", "no tool"])
def test_a_stroke_is_never_left_open(bench: Bench, qtbot: QtBot, how: str) -> None:
    bench.press(QPointF(40, 100))
    if how == "hidden":
        bench.picture.hide()
    elif how == "inactive":
        other = QWidget()
        qtbot.addWidget(other)
        other.show()
        other.activateWindow()
        qtbot.waitUntil(lambda: "release" in bench.tool.names)
    else:
        bench.picture.set_pointer_target(None)
    assert bench.tool.names == ["press", "release"]


def test_a_double_click_is_the_tools(bench: Bench) -> None:
    alone: list[bool] = []
    bench.picture.double_clicked.connect(lambda: alone.append(True))
    at = QPointF(40, 100)
    for _ in range(2):
        bench.press(at)
        bench.release(at)
        bench.mouse(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT)
        bench.release(at)
        bench.tool.active = False
    assert bench.tool.names == ["press", "release", "double", "release"]
    assert alone == [True]


def test_ctrl_turns_a_resting_tool_round(bench: Bench, qtbot: QtBot) -> None:
    bench.move(QPointF(40, 100), Qt.MouseButton.NoButton)
    qtbot.keyPress(bench.picture, Qt.Key.Key_Control)
    assert bench.tool.last("hover").inverted
    qtbot.keyRelease(bench.picture, Qt.Key.Key_Control)
    assert not bench.tool.last("hover").inverted
    bench.mouse(QEvent.Type.Leave, QPointF(0, 0))
    QApplication.sendEvent(bench.picture, QEvent(QEvent.Type.Leave))
    assert bench.tool.told[-1] == ("hover", None)


def test_the_ring_stands_for_the_mouse_cursor(bench: Bench) -> None:
    def shape() -> Qt.CursorShape:
        return bench.picture.cursor().shape()

    assert shape() == Qt.CursorShape.CrossCursor
    bench.picture.show_preview(Preview(ring=(80, 45, 20)))
    assert shape() == Qt.CursorShape.BlankCursor
    bench.picture.show_preview(Preview(ring=(80, 45, 0.5)))
    assert shape() == Qt.CursorShape.CrossCursor
    bench.view.arm_pan()
    assert shape() == Qt.CursorShape.OpenHandCursor
    bench.view.disarm_pan()
    assert shape() == Qt.CursorShape.CrossCursor


def test_the_crosshair_leaves_the_picture_that_is_painted_on(bench: Bench) -> None:
    plain = bench.picture.grab().toImage()
    bench.move(QPointF(100, 100), Qt.MouseButton.NoButton)
    assert bench.view.cursor is not None, "the other panes still show it"
    assert bench.picture.grab().toImage() == plain
    bench.tool.active = False
    bench.move(QPointF(120, 100), Qt.MouseButton.NoButton)
    assert bench.picture.grab().toImage() != plain


@pytest.mark.parametrize(
    "preview",
    [
        Preview(ring=(80, 45, 20)),
        Preview(ring=(80, 45, 0.01)),
        Preview(ring=(80, 45, 20), removing=True),
        Preview(path=((10, 10), (100, 20), (60, 70)), closed=True),
        Preview(box=(100, 80, 20, 10), words="tolerance 12"),
        Preview(path=((150, 85),), words="beside the edge"),
    ],
)
def test_a_preview_comes_and_goes_without_a_trace(bench: Bench, preview: Preview) -> None:
    """What is on screen, updated in part, equals what would be drawn from nothing."""
    plain = bench.on_screen()
    bench.picture.show_preview(preview)
    shown = bench.on_screen()
    assert shown != plain
    bench.picture.repaint()
    assert bench.on_screen() == shown
    bench.picture.show_preview(None)
    assert bench.on_screen() == plain


@pytest.mark.parametrize("mode", ["tint", "outline"])
@pytest.mark.parametrize("zoom", [0.7, 1.0, 6.0])
def test_a_stroke_on_screen_is_updated_whole(bench: Bench, mode: str, zoom: float) -> None:
    bench.view.look(zoom, (0.45, 0.55))
    mask = np.zeros(FRAME_WH[::-1], np.uint8)
    scene = bench.picture.scene
    assert scene is not None
    bench.picture.show_scene(replace(scene, mask=MaskView(mask, mode=mode)))
    plain = bench.on_screen()
    mask[40:52, 70:90] = 255
    bench.picture.mask_changed(Rectangle(40, 70, 12, 20))
    shown = bench.on_screen()
    assert shown != plain
    bench.picture.repaint()
    assert bench.on_screen() == shown
