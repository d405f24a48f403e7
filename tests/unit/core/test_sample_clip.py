"""The bundled sample clip: its files are whole, its renderer is repeatable. No full rendering here."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from core.opencv import cv2
from core.resources import sample_clip_path

REPOSITORY = Path(__file__).resolve().parents[3]
GROUND_TRUTH = sample_clip_path().parent / "ground_truth"
FRAMES = 90
SIZE_HW = (480, 854)


@pytest.fixture(scope="module")
def renderer() -> ModuleType:
    """The rendering script, as a module; it is run from the root of the repository."""
    if str(REPOSITORY) not in sys.path:
        sys.path.insert(0, str(REPOSITORY))
    return importlib.import_module("resources.sample.render")


@pytest.fixture(scope="module")
def masks() -> list[NDArray[np.uint8]]:
    paths = sorted(GROUND_TRUTH.glob("*.png"))
    assert [path.name for path in paths] == [f"{index:05d}.png" for index in range(FRAMES)]
    return [np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), np.uint8) for path in paths]


def centre(mask: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean column and row of the object, pixels."""
    rows, columns = np.nonzero(mask)
    return np.array([columns.mean(), rows.mean()])


def test_clip_decodes_to_the_promised_frames() -> None:
    with av.open(str(sample_clip_path())) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt, stream.average_rate) == ("h264", "yuv420p", 25)
        sizes = [(frame.height, frame.width) for frame in container.decode(stream)]
    assert sizes == [SIZE_HW] * FRAMES


def test_files_stay_small() -> None:
    assert sample_clip_path().stat().st_size < 1.5e6
    assert sum(path.stat().st_size for path in GROUND_TRUTH.iterdir()) < 400e3


def test_ground_truth_marks_one_object_in_every_frame(masks: list[NDArray[np.uint8]]) -> None:
    for mask in masks:
        assert mask.dtype == np.uint8
        assert mask.shape == SIZE_HW
        assert set(np.unique(mask)) == {0, 255}
        assert 0.03 < np.mean(mask == 255) < 0.10


def test_object_moves(masks: list[NDArray[np.uint8]]) -> None:
    path = np.array([centre(mask) for mask in masks])
    assert np.linalg.norm(path[-1] - path[0]) > 100
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() < 10


def test_ground_truth_lies_on_the_red_balloon(masks: list[NDArray[np.uint8]]) -> None:
    with av.open(str(sample_clip_path())) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    for index in (0, 44, 89):
        rgb = pictures[index].astype(int)
        red = rgb[..., 0] - np.maximum(rgb[..., 1], rgb[..., 2]) > 90
        assert np.mean(masks[index][red] == 255) > 0.97


def test_same_frame_renders_to_the_same_pixels(renderer: ModuleType) -> None:
    frames = [renderer.render_frame(renderer.build_world(7, texels=192), 40, 214, 120) for _ in range(2)]
    assert np.array_equal(frames[0].rgb, frames[1].rgb)
    assert np.array_equal(frames[0].ground_truth, frames[1].ground_truth)
    assert frames[0].rgb.std() > 20


def test_stored_ground_truth_is_what_the_renderer_makes(
    renderer: ModuleType, masks: list[NDArray[np.uint8]]
) -> None:
    world = renderer.build_world(renderer.SEED, texels=192)
    small = renderer.render_frame(world, 40, 427, 240).ground_truth
    stored = cv2.resize(masks[40], (427, 240), interpolation=cv2.INTER_AREA) >= 128
    assert np.mean((small == 255) != stored) < 0.002
