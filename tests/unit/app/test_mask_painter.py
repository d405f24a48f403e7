"""The mask on the pane's own pixels: parts fit the whole, every way of showing it, every zoom."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from app.panes.kept_picture import KeptPicture
from app.panes.mask_overlay import MASK_MODES
from app.panes.mask_painter import paint_mask
from app.panes.pixel_grid import grid_of, sampled
from app.panes.scene import CorrectionView, MaskView, Scene
from app.panes.scene_painter import paint_scene
from app.panes.viewport import Viewport
from app.tokens import DARK, MASK_TINT
from core.masks import Rectangle

FRAME = (181, 317)
"""Height and width: neither divides evenly."""
PANE = (150, 110)
ZOOMS = (0.3, 1.0, 1.9, 3.1, 7.3, 20.0)


@pytest.fixture(autouse=True)
def _gui(qapp: QApplication) -> None:
    """Pixmaps need it."""


def speckled(seed: int, values: int = 2) -> np.ndarray:
    """Discs and single pixels."""
    random = np.random.default_rng(seed)
    rows, columns = np.ogrid[: FRAME[0], : FRAME[1]]
    picture = np.zeros(FRAME, np.uint8)
    for _ in range(12):
        y, x, radius = random.integers(0, FRAME[0]), random.integers(0, FRAME[1]), random.integers(3, 40)
        picture[(rows - y) ** 2 + (columns - x) ** 2 < radius**2] = random.integers(0, values)
    noise = random.random(FRAME) < 0.02
    picture[noise] = random.integers(0, values, int(noise.sum()))
    return picture * np.uint8(255 if values == 2 else 1)


def viewport(zoom: float, centre: tuple[float, float] = (0.47, 0.53)) -> Viewport:
    return Viewport((FRAME[1], FRAME[0]), PANE, zoom, centre)


def pixels(pixmap: QPixmap | QImage) -> np.ndarray:
    image = pixmap.toImage() if isinstance(pixmap, QPixmap) else pixmap
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), :3].copy()


def behind(pixmap: QPixmap) -> None:
    """A picture that no mask leaves as it is."""
    pixmap.fill(QColor("#406080"))
    painter = QPainter(pixmap)
    for x in range(0, 400, 7):
        painter.fillRect(x, 0, 3, 400, QColor(x % 256, 90, 200))
    painter.end()


def drawn(view: MaskView | CorrectionView, look: Viewport, ratio: float) -> np.ndarray:
    return pixels(KeptPicture().picture(QSize(*PANE), ratio, look, view, behind))


VIEWS = [*MASK_MODES, "corrections"]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("mode", VIEWS)
def test_a_part_drawn_anew_equals_the_whole_drawn_anew(mode: str, ratio: float) -> None:
    random = np.random.default_rng(7)
    for number, zoom in enumerate(ZOOMS):
        values = 3 if mode == "corrections" else 2
        array, other = speckled(number, values), speckled(number + 50, values)
        view = CorrectionView(array) if mode == "corrections" else MaskView(array, speckled(99), mode, 0.6)
        look = viewport(zoom, tuple(random.uniform(0.2, 0.8, 2)))
        kept = KeptPicture()
        kept.picture(QSize(*PANE), ratio, look, view, behind)
        for _ in range(6):
            top, left = int(random.integers(-5, FRAME[0] - 1)), int(random.integers(-5, FRAME[1] - 1))
            height, width = int(random.integers(1, 60)), int(random.integers(1, 60))
            changed = Rectangle(top, left, height, width).within(FRAME)
            array[changed.slices] = other[changed.slices]
            kept.spoil(view, look, ratio, changed)
            partial = pixels(kept.picture(QSize(*PANE), ratio, look, view, behind))
            whole = drawn(view, look, ratio)
            assert np.array_equal(partial, whole), f"{mode}, zoom {zoom}, {changed}"


def test_only_the_part_is_touched() -> None:
    """The device pixels beside what `spoil` names keep their picture, even where the mask has changed."""
    array = np.zeros(FRAME, np.uint8)
    view, look, kept = MaskView(array), viewport(1.0), KeptPicture()
    kept.picture(QSize(*PANE), 1.0, look, view, behind)
    array[:] = 255
    part = kept.spoil(view, look, 1.0, Rectangle(80, 100, 10, 10))
    assert max(part.width(), part.height()) < 20
    picture = pixels(kept.picture(QSize(*PANE), 1.0, look, view, behind))
    before = drawn(MaskView(np.zeros(FRAME, np.uint8)), look, 1.0)
    changed = (picture != before).any(axis=2)
    assert changed.any()
    changed[part.top() : part.top() + part.height(), part.left() : part.left() + part.width()] = False
    assert not changed.any()


@pytest.mark.parametrize("zoom", ZOOMS)
def test_a_mask_lies_where_its_pixels_are(zoom: float) -> None:
    """Coverage of each device pixel against averaging the mask at many points inside it."""
    array = speckled(3)
    look = viewport(zoom)
    grid = grid_of(look, 1.0, FRAME)
    clip = grid.rectangle.intersected(QRect(0, 0, *PANE))
    got = sampled(array, grid, clip).astype(float) / 255
    left, top, width, height = look.rectangle
    want = np.zeros_like(got)
    for dx, dy in itertools.product(np.arange(8) / 8 + 1 / 16, repeat=2):
        x = (np.arange(clip.left(), clip.left() + clip.width()) + dx - left) / width * FRAME[1]
        y = (np.arange(clip.top(), clip.top() + clip.height()) + dy - top) / height * FRAME[0]
        columns = np.clip(x.astype(int), 0, FRAME[1] - 1)
        want += array[np.clip(y.astype(int), 0, FRAME[0] - 1)[:, None], columns[None, :]] / 255 / 64
    assert abs(got.mean() - want.mean()) < 0.01
    assert np.corrcoef(got.ravel(), want.ravel())[0, 1] > 0.9


def test_tint_covers_the_mask_alone_and_cut_out_the_rest() -> None:
    array = np.zeros(FRAME, np.uint8)
    array[40:120, 60:200] = 255
    look = viewport(1.0, (0.5, 0.5))
    inside = tuple(int(value) for value in look.to_pane((130 / FRAME[1], 80 / FRAME[0])))
    outside = tuple(int(value) for value in look.to_pane((20 / FRAME[1], 20 / FRAME[0])))
    plain = drawn(MaskView(array, mode="off"), look, 1.0)
    tint = drawn(MaskView(array, mode="tint", opacity=1.0), look, 1.0)
    colour = QColor(MASK_TINT)
    assert tint[inside[1], inside[0]].tolist() == [colour.blue(), colour.green(), colour.red()]
    assert tint[outside[1], outside[0]].tolist() == plain[outside[1], outside[0]].tolist()
    cut = drawn(MaskView(array, mode="cut-out", opacity=1.0, behind="#123456"), look, 1.0)
    assert cut[outside[1], outside[0]].tolist() == [0x56, 0x34, 0x12]
    assert cut[inside[1], inside[0]].tolist() == plain[inside[1], inside[0]].tolist()
    assert cut[0, 0].tolist() == plain[0, 0].tolist(), "beside the frame nothing is covered"


@pytest.mark.parametrize("zoom", [0.5, 1.0, 4.0, 12.0])
def test_the_outline_is_thin_at_every_zoom(zoom: float) -> None:
    array = np.zeros(FRAME, np.uint8)
    array[: FRAME[0] // 2] = 255
    look = viewport(zoom, (0.5, 0.5))
    bare = drawn(MaskView(array, mode="off"), look, 1.0)
    lined = drawn(MaskView(array, mode="outline"), look, 1.0)
    column = (bare != lined).any(axis=2)[:, PANE[0] // 2]
    assert 3 <= column.sum() <= 6
    edge = look.to_pane((0.5, (FRAME[0] // 2) / FRAME[0]))[1]
    assert abs(np.flatnonzero(column).mean() + 0.5 - edge) <= 1.0


def test_the_onion_skin_tells_the_two_frames_apart() -> None:
    array, previous = np.zeros(FRAME, np.uint8), np.zeros(FRAME, np.uint8)
    array[40:120, 60:200] = 255
    previous[60:160, 150:300] = 255
    look = viewport(1.0)
    alone = drawn(MaskView(array, None, "onion"), look, 1.0)
    both = drawn(MaskView(array, previous, "onion"), look, 1.0)
    assert np.array_equal(alone, drawn(MaskView(array, None, "tint"), look, 1.0))
    changed = (alone != both).any(axis=2)
    assert 100 < changed.sum() < changed.size * 0.2


def test_corrections_differ_by_pattern_as_well_as_colour() -> None:
    """Without colour: the hatching of foreground leans the other way than that of background."""

    def lightness(value: int) -> np.ndarray:
        layer = np.full(FRAME, value, np.uint8)
        image = QImage(PANE[0], PANE[1], QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.black)
        painter = QPainter(image)
        paint_mask(painter, CorrectionView(layer), viewport(3.0), 1.0, image.rect())
        painter.end()
        return pixels(image).astype(int).sum(axis=2)

    foreground, background, follow = lightness(1), lightness(2), lightness(0)
    assert not follow.any()
    for picture, lean in ((foreground, -1), (background, 1)):
        assert len(np.unique(picture)) == 2
        assert np.array_equal(picture[1:, 10:-10], np.roll(picture, lean, axis=1)[:-1, 10:-10])


def test_the_mask_may_change_after_it_was_drawn() -> None:
    """The array is the editor's own: what was drawn of it must not look into its memory."""
    array = speckled(1)
    image = QImage(PANE[0], PANE[1], QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint_mask(painter, MaskView(array), viewport(1.0), 1.0, image.rect())
    before = array.copy()
    array[:] = 77
    painter.end()
    kept = pixels(image)
    assert not np.array_equal(array, before)
    again = QImage(PANE[0], PANE[1], QImage.Format.Format_RGB32)
    again.fill(Qt.GlobalColor.black)
    painter = QPainter(again)
    paint_mask(painter, MaskView(before), viewport(1.0), 1.0, again.rect())
    painter.end()
    assert np.array_equal(kept, pixels(again))


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_the_mask_ends_where_the_picture_ends(ratio: float) -> None:
    """A cut-out of nothing hides the whole picture: no row or column of it is left over at its edges."""
    image = QImage(FRAME[1], FRAME[0], QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    for pane_w, zoom in itertools.product(range(140, 160), (0.6, 1.0)):
        look = Viewport((FRAME[1], FRAME[0]), (pane_w, PANE[1]), zoom, (0.5, 0.5))

        def picture(pixmap: QPixmap, look: Viewport = look) -> None:
            pixmap.fill(QColor(DARK.canvas))
            painter = QPainter(pixmap)
            paint_scene(painter, Scene((image,)), look, DARK, ratio)
            painter.end()

        hidden = MaskView(np.zeros(FRAME, np.uint8), None, "cut-out", 1.0, DARK.canvas)
        shown = pixels(KeptPicture().picture(QSize(pane_w, PANE[1]), ratio, look, hidden, picture))
        canvas = QColor(DARK.canvas)
        assert (shown == (canvas.blue(), canvas.green(), canvas.red())).all()
