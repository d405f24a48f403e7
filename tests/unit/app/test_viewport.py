"""Zoom and pan as arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.panes.viewport import LARGEST_PIXEL, SMALLEST_ZOOM, Viewport

sizes = st.tuples(st.integers(8, 4000), st.integers(8, 4000))
places = st.tuples(st.floats(0, 1), st.floats(0, 1))


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    return Viewport(draw(sizes), draw(sizes), draw(st.floats(SMALLEST_ZOOM, 8)), draw(places))


def test_fit_shows_the_whole_frame_in_the_middle() -> None:
    viewport = Viewport((1600, 900), (800, 600), 1.0, (0.5, 0.5))
    assert viewport.rectangle == pytest.approx((0, 75, 800, 450))


@given(viewports(), places)
def test_there_and_back(viewport: Viewport, place: tuple[float, float]) -> None:
    assert viewport.to_frame(viewport.to_pane(place)) == pytest.approx(place, abs=1e-6)


@given(viewports(), st.floats(0.2, 5), places)
def test_zoom_holds_the_point_under_the_pointer(
    viewport: Viewport, factor: float, place: tuple[float, float]
) -> None:
    point = viewport.to_pane(place)
    zoom, centre = viewport.zoomed_at(point, factor)
    after = Viewport(viewport.frame_wh, viewport.pane_wh, zoom, centre)
    assert after.to_pane(place) == pytest.approx(point, abs=1e-3)


@given(viewports(), st.floats(-500, 500), st.floats(-500, 500))
def test_dragging_moves_the_frame_by_as_much(viewport: Viewport, dx: float, dy: float) -> None:
    after = Viewport(viewport.frame_wh, viewport.pane_wh, viewport.zoom, viewport.moved_by(dx, dy))
    assert after.rectangle[0] - viewport.rectangle[0] == pytest.approx(dx, abs=1e-3)
    assert after.rectangle[1] - viewport.rectangle[1] == pytest.approx(dy, abs=1e-3)


@given(viewports(), st.floats(0.001, 1e6))
def test_zoom_has_limits(viewport: Viewport, factor: float) -> None:
    zoom, _ = viewport.zoomed_at((1, 1), factor)
    assert zoom >= SMALLEST_ZOOM
    assert zoom <= 1 or zoom * viewport.fit_scale <= LARGEST_PIXEL * 1.001
