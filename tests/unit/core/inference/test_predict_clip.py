"""A whole clip in order, stopped or failing at any point without a thread left."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, VideoError
from core.inference import InferenceSettings, Predictor, predict_clip
from core.inference.frames import FrameSource, look_ahead_depth

SETTINGS = InferenceSettings(device="cpu", runtime="torch", size=64, threads=1)
MakeClip = Callable[..., Path]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_frame_once_and_in_order(image_clip: MakeClip, checkpoint: Path, count: int) -> None:
    predictions = list(predict_clip(image_clip(count), checkpoint, SETTINGS))
    assert [prediction.index for prediction in predictions] == list(range(count))
    assert [p.pts_seconds for p in predictions] == pytest.approx([index / 25 for index in range(count)])


def test_agrees_with_one_frame_at_a_time(image_clip: MakeClip, checkpoint: Path) -> None:
    clip = image_clip(4)
    predictor = Predictor.load(checkpoint, SETTINGS)
    with FrameSource(clip, "dis") as source:
        for prediction in predict_clip(clip, checkpoint, SETTINGS):
            loaded = source.load(prediction.index)
            alone = predictor.predict(prediction.index, 0.0, loaded.frame.rgb, loaded.field)
            np.testing.assert_array_equal(alone.flow_picture, prediction.flow_picture)
            np.testing.assert_array_equal(alone.saliency_u8, prediction.saliency_u8)


def test_flow_is_forward_and_the_last_frame_has_one_too(image_clip: MakeClip) -> None:
    with FrameSource(image_clip(3), "dis") as source:
        fields = [source.load(index).field for index in (0, 1, 2)]
    for field in fields:
        assert field is not None
        inside = field.uv[
            16:28, 16:22, 0
        ]  # within the square in all three frames, which moves 3 px to the right
        assert 1 < np.median(inside) < 5


def test_cancelling_ends_it_at_once(image_clip: MakeClip, checkpoint: Path) -> None:
    seen: list[int] = []
    predictions = predict_clip(image_clip(20), checkpoint, SETTINGS, lambda: len(seen) >= 3)
    for _ in range(3):
        seen.append(next(predictions).index)
    with pytest.raises(Cancelled):
        next(predictions)
    assert seen == [0, 1, 2]


def test_leaving_it_half_way_leaves_no_thread(image_clip: MakeClip, checkpoint: Path) -> None:
    with closing(predict_clip(image_clip(30), checkpoint, SETTINGS)) as predictions:
        assert next(predictions).index == 0  # the fixture on threads checks the rest


def test_a_frame_that_cannot_be_read_is_an_error_that_names_it(
    image_clip: MakeClip, checkpoint: Path
) -> None:
    clip = image_clip(5)
    broken = clip / "00003.png"
    broken.write_bytes(broken.read_bytes()[:60])
    with pytest.raises(VideoError, match=r"00003\.png"):
        list(predict_clip(clip, checkpoint, SETTINGS))


def test_missing_clip(tmp_path: Path, checkpoint: Path) -> None:
    with pytest.raises(VideoError, match="nothing-here"):
        next(predict_clip(tmp_path / "nothing-here.mp4", checkpoint, SETTINGS))


def test_huge_frames_are_not_piled_up() -> None:
    assert look_ahead_depth((480, 854)) == 3
    assert look_ahead_depth((8640, 15360)) == 1
