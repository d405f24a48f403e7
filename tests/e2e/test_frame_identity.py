"""The number drawn into a frame, on screen, in the project and in every export is the same, for every frame."""

import csv
import gc
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from app.theme import Theme
from core.exchange.coco_masks import unpacked_mask
from core.exchange.project_export import export_project
from core.masks import FOREGROUND
from core.opencv import cv2
from core.project import Project

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FRAMES, WIDTH, HEIGHT = 48, 320, 240
BITS = 6
CELL = 40, 20
"""Width and height of the place of a stroke, frame pixels; there is one for every frame in the lower half."""
TICKS = [200 + number * 40 + number % 3 * 7 + (number > 30) * 400 for number in range(FRAMES)]
"""Milliseconds: a variable rate, and not from zero."""


def number_picture(number: int) -> np.ndarray:
    """uint8 HxWx3: in the upper half a column for each bit, the lowest at the left; below the number as words."""
    picture = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    picture[: HEIGHT // 2] = 0
    step = WIDTH // BITS
    for bit in range(BITS):
        if number >> bit & 1:
            picture[: HEIGHT // 2, bit * step : (bit + 1) * step] = 255
    cv2.putText(picture, str(number), (120, 200), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (200, 200, 200), 3)
    return picture


def number_of(rgb: np.ndarray) -> int:
    """The number in a picture of any size, from the middle of each column."""
    height, width = rgb.shape[:2]
    rows = rgb[height // 8 : 3 * height // 8]
    middles = [round((bit + 0.5) * (WIDTH // BITS) / WIDTH * width) for bit in range(BITS)]
    levels = [rows[:, middle - 3 : middle + 4].mean() for middle in middles]
    return sum(1 << bit for bit, level in enumerate(levels) if level > 127)


def cell_centre(cell: int) -> tuple[int, int]:
    columns = WIDTH // CELL[0]
    x, y = cell % columns * CELL[0], HEIGHT // 2 + cell // columns * CELL[1]
    return x + CELL[0] // 2, y + CELL[1] // 2


def cells_of(mask: np.ndarray) -> list[int]:
    """The cells that are painted on; none of them beyond its bounds."""
    found = []
    rest = mask.astype(bool)
    for cell in range(FRAMES):
        x, y = cell_centre(cell)
        part = rest[y - CELL[1] // 2 : y + CELL[1] // 2, x - CELL[0] // 2 : x + CELL[0] // 2]
        if part[CELL[1] // 2, CELL[0] // 2]:
            found.append(cell)
            part[:] = False
    assert not rest.any()
    return found


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """H.264 with B-frames at a variable rate."""
    path = tmp_path_factory.mktemp("clips") / "numbers.mp4"
    with av.open(str(path), "w") as container:
        options = {"x264-params": "keyint=12:bframes=3:scenecut=0"}
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, ticks in enumerate(TICKS):
            frame = av.VideoFrame.from_ndarray(number_picture(number), format="rgb24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = ticks, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of the person who runs the tests is touched; Python's garbage dies in this thread, as in the program."""
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    gc.disable()
    yield
    gc.collect()


class Bench:
    """A window with the clip, the brush in hand, and eyes on its RGB pane."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot
        self.picture = window.pane_set.rgb.picture

    @property
    def settled(self) -> bool:
        """Everything that was asked for is done."""
        editing, session = self.window.editing, self.window.session
        at_rest = not self.window.edits.tasks and not editing.computing and not session.waiting
        return at_rest and editing.available and editing.index == session.index

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: self.settled, timeout=10_000)

    def number_on_screen(self) -> int:
        image = self.picture.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        rgb = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
        left, top, width, height = (round(side) for side in self.picture.viewport.rectangle)
        return number_of(rgb[top : top + height, left : left + width])

    def allowed_frames(self) -> set[int]:
        """Where a stroke that begins now may belong: to the frame on screen; if that is not in hand yet, also to the
        one that takes its place before the stroke shows.
        """
        seen = self.number_on_screen()
        return {seen} if self.window.editing.available else {seen, self.window.session.index}

    def paint(self, cell: int) -> None:
        """A short stroke in a cell."""
        x, y = cell_centre(cell)
        ends = [self._on_pane(x - 8, y), self._on_pane(x + 8, y)]
        QTest.mousePress(self.picture, Qt.MouseButton.LeftButton, pos=ends[0])
        QTest.mouseMove(self.picture, ends[1])
        QTest.mouseRelease(self.picture, Qt.MouseButton.LeftButton, pos=ends[1])

    def _on_pane(self, x: float, y: float) -> QPoint:
        place = self.picture.viewport.to_pane((x / WIDTH, y / HEIGHT))
        return QPoint(*(round(side) for side in place))


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, tmp_path: Path, clip: Path) -> Iterator[Bench]:
    theme = Theme(qapp, "dark")
    settings = Settings(tour_seen=True, brush_diameter=7)
    window = MainWindow(settings, tmp_path / "settings.json", theme, tmp_path / "none.safetensors")
    window.resize(1100, 700)
    window.show()
    window.opening.open(clip)
    result = Bench(window, qtbot)
    qtbot.waitUntil(lambda: result.settled and window.inference.state.name == "FAILED", timeout=20_000)
    window.banner.dismiss()
    window.commands.brush.trigger()
    yield result
    close(window, qtbot)
    window.deleteLater()
    theme.deleteLater()


def close(window: MainWindow, qtbot: QtBot) -> Path:
    """Close the window. Returns its project."""
    path = window.project.path
    window.close()
    qtbot.waitUntil(lambda: not window.park.names, timeout=30_000)
    return path or Path()


def presentation_times(clip: Path) -> dict[int, float]:
    """Seconds since the first picture by the number in the picture, straight from the container."""
    with av.open(str(clip)) as container:
        times = {
            number_of(frame.to_ndarray(format="rgb24")): float(frame.pts * frame.time_base)
            for frame in container.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        }
    return {number: seconds - min(times.values()) for number, seconds in times.items()}


def test_every_frame(bench: Bench, qtbot: QtBot, tmp_path: Path, clip: Path) -> None:
    order = list(range(FRAMES))
    random.Random(0).shuffle(order)
    window = bench.window
    for number in order:
        window.session.go(number)
        bench.settle()
        assert (bench.number_on_screen(), window.session.index, window.editing.index) == (number,) * 3
        bench.paint(number)
        window.commands.accept.trigger()
        bench.settle()
        assert window.project.frames[number].has_accepted
    path = close(window, qtbot)
    times = presentation_times(clip)
    assert sorted(times) == list(range(FRAMES))
    with Project.open(path) as project:
        assert project.check() == []
        for number, record in project.frames(1).items():
            assert record.pts_seconds == pytest.approx(times[number], abs=1e-9)
            assert cells_of(project.layer(1, number) == FOREGROUND) == [number]
            accepted = project.accepted_mask(1, number)
            assert accepted is not None
            assert cells_of(accepted) == [number]
        assert sorted(project.frames(1)) == list(range(FRAMES))
        check_trees(project, tmp_path, times)
        check_coco(project, tmp_path / "coco")


def check_trees(project: Project, folder: Path, times: dict[int, float]) -> None:
    """In both trees picture, mask, their names and their line of the manifest are of one frame."""
    for form in ("davis", "pairs"):
        export_project(project, form, folder / form)
        with (folder / form / "frames.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert [int(row["frame"]) for row in rows] == list(range(FRAMES))
        for row in rows:
            number = int(row["frame"])
            picture, mask = folder / form / row["image"], folder / form / row["mask"]
            assert picture.name == f"{number:05d}.jpg"
            assert mask.name == f"{number:05d}.png"
            assert number_of(decoded(picture)) == number
            assert cells_of(decoded(mask)) == [number]
            assert float(row["pts_seconds"]) == pytest.approx(times[number], abs=1e-9)


def check_coco(project: Project, folder: Path) -> None:
    export_project(project, "coco", folder)
    content = json.loads((folder / "annotations.json").read_text())
    masks = {entry["image_id"]: entry["segmentation"] for entry in content["annotations"]}
    assert [image["frame"] for image in content["images"]] == list(range(FRAMES))
    for image in content["images"]:
        assert number_of(decoded(folder / image["file_name"])) == image["frame"]
        assert cells_of(unpacked_mask(masks[image["id"]], (HEIGHT, WIDTH))) == [image["frame"]]


def decoded(path: Path) -> np.ndarray:
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found is not None, path
    return np.asarray(found)


def test_a_stroke_while_playing_belongs_to_the_frame_on_screen(bench: Bench, qtbot: QtBot) -> None:
    window, rng = bench.window, random.Random(1)
    window.commands.loop.setChecked(True)
    allowed: dict[int, set[int]] = {}
    for cell in range(24):
        window.playback.play()
        qtbot.wait(rng.randrange(20, 150))
        assert window.playback.playing
        allowed[cell] = bench.allowed_frames()
        bench.paint(cell)
        bench.settle()
        assert bench.number_on_screen() == window.session.index
    check_places(close(window, qtbot), allowed)


def test_a_stroke_in_the_middle_of_scrubbing_belongs_to_the_frame_on_screen(
    bench: Bench, qtbot: QtBot
) -> None:
    window, rng = bench.window, random.Random(2)
    shown: list[tuple[int, int]] = []
    window.session.frame_changed.connect(lambda frame: shown.append((frame.index, bench.number_on_screen())))
    allowed: dict[int, set[int]] = {}
    for cell in range(24):
        for _ in range(rng.randrange(1, 12)):
            window.session.go(rng.randrange(FRAMES))
            qtbot.wait(rng.choice((0, 0, 1, 5, 20)))
        asked = window.session.index
        allowed[cell] = bench.allowed_frames()
        bench.paint(cell)
        bench.settle()
        assert bench.number_on_screen() == window.session.index == asked
    assert all(index == number for index, number in shown)
    check_places(close(window, qtbot), allowed)


def check_places(path: Path, allowed: dict[int, set[int]]) -> None:
    """Every stroke is on one frame, and that is one it may be on."""
    with Project.open(path) as project:
        found = [
            (cell, frame)
            for frame in project.frames(1)
            for cell in cells_of(project.layer(1, frame) == FOREGROUND)
        ]
    assert sorted(cell for cell, _ in found) == list(range(len(allowed)))
    assert all(frame in allowed[cell] for cell, frame in found), (found, allowed)
    assert any(len(frames) == 1 for frames in allowed.values())
