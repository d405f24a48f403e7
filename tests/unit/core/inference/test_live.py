"""Live inference with a real network: the visible frame first, the cache, stopping, and trouble on the way."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import CheckpointError, StudioError, VideoError
from core.inference import InferenceProgress, InferenceSettings, LiveInference
from core.inference.reading import mean_deep_score
from core.types import Prediction

SETTINGS = InferenceSettings(device="cpu", runtime="torch", size=64, threads=1)
PATIENCE = 60.0
MakeClip = Callable[..., Path]


class Viewer:
    """Runs live inference in a thread as the window does, and waits for what it delivers."""

    def __init__(self, clip: Path, checkpoint: Path, cache_folder: Path) -> None:
        self.live = LiveInference(clip, checkpoint, SETTINGS, cache_folder)
        self.predictions: list[Prediction] = []
        self.progress: list[InferenceProgress] = []
        self.error: BaseException | None = None
        self.on_prediction: Callable[[Prediction], None] = lambda _: None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work)

    def start(self) -> "Viewer":
        self._thread.start()
        return self

    def close(self) -> None:
        self.live.stop()
        self.join()

    def join(self) -> None:
        if self._thread.ident is not None:
            self._thread.join(PATIENCE)
            assert not self._thread.is_alive()

    def indices(self) -> list[int]:
        return [prediction.index for prediction in self.predictions]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition() or self.error is not None, PATIENCE), (
                self.indices()
            )
        if self.error is not None:
            raise self.error

    def wait_for_all(self, count: int) -> None:
        self.wait_for(lambda: bool(self.progress) and self.progress[-1].done == count)

    def _work(self) -> None:
        try:
            self.live.run(self._took, self._progressed)
        except StudioError as error:
            self.error = error
        with self._changed:
            self._changed.notify_all()

    def _took(self, prediction: Prediction) -> None:
        self.on_prediction(prediction)
        with self._changed:
            self.predictions.append(prediction)
            self._changed.notify_all()

    def _progressed(self, progress: InferenceProgress) -> None:
        with self._changed:
            self.progress.append(progress)
            self._changed.notify_all()


MakeViewer = Callable[..., Viewer]


@pytest.fixture
def viewer(checkpoint: Path, tmp_path: Path) -> Iterator[MakeViewer]:
    made: list[Viewer] = []

    def make(clip: Path, weights: Path = checkpoint, cache: Path = tmp_path / "predictions") -> Viewer:
        made.append(Viewer(clip, weights, cache))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_all_frames_from_the_focus_on_then_it_waits(image_clip: MakeClip, viewer: MakeViewer) -> None:
    watched = viewer(image_clip(6))
    watched.live.focus(4)
    watched.start().wait_for_all(6)
    assert watched.indices() == [4, 5, 0, 1, 2, 3]
    assert watched.live.finished() == set(range(6))
    last = watched.progress[-1]
    assert (last.total, last.device, last.precision) == (6, "cpu", "float32")
    assert last.frames_per_second > 0
    assert watched.live.notices == ()


def test_a_finished_frame_is_delivered_again_at_once(image_clip: MakeClip, viewer: MakeViewer) -> None:
    watched = viewer(image_clip(3)).start()
    watched.wait_for_all(3)
    watched.live.focus(1)
    watched.wait_for(lambda: len(watched.predictions) == 4)
    first, again = watched.predictions[1], watched.predictions[3]
    assert again.index == 1
    np.testing.assert_array_equal(first.saliency_u8, again.saliency_u8)
    np.testing.assert_array_equal(first.flow_picture, again.flow_picture)


def test_a_jump_comes_before_the_rest(image_clip: MakeClip, viewer: MakeViewer) -> None:
    watched = viewer(image_clip(40))

    def jump(prediction: Prediction) -> None:
        if prediction.index == 2:
            watched.live.focus(30)
            watched.live.focus(20)  # the latest wins

    watched.on_prediction = jump
    watched.start().wait_for(lambda: len(watched.predictions) >= 6)
    after = watched.indices()[3:]
    assert after[0] == 20
    assert after[1] == 21


def test_playing_starts_where_the_picture_will_be(image_clip: MakeClip, viewer: MakeViewer) -> None:
    watched = viewer(image_clip(60))
    watched.on_prediction = lambda p: watched.live.focus(10, playing=True) if p.index == 4 else None
    watched.start().wait_for(lambda: max(watched.indices(), default=0) >= 10)
    rate = watched.progress[-1].frames_per_second
    jumped_to = next(index for index in watched.indices() if index >= 10)
    assert jumped_to > 10 if rate < 20 else jumped_to >= 10  # 25 frames a second are played


def test_a_second_run_finds_everything_in_the_cache(image_clip: MakeClip, viewer: MakeViewer) -> None:
    clip = image_clip(4)
    first = viewer(clip).start()
    first.wait_for_all(4)
    first.close()
    second = viewer(clip)
    second.live.focus(2)
    second.start().wait_for(lambda: len(second.predictions) == 1)
    assert second.progress[0].done == 4
    assert second.indices() == [2]
    np.testing.assert_array_equal(second.predictions[0].scores, first.predictions[2].scores)


def test_the_confidence_of_all_frames_comes_at_once(image_clip: MakeClip, viewer: MakeViewer) -> None:
    clip = image_clip(4)
    first = viewer(clip)
    assert first.live.stored_confidence().values.shape == (0,)
    first.start().wait_for_all(4)
    first.close()
    second = viewer(clip).start()
    second.wait_for(lambda: bool(second.progress))
    for stored in (first.live.stored_confidence(), second.live.stored_confidence()):
        assert stored.values.shape == (4,)
        assert not stored.calibrated
        for prediction in first.predictions:
            assert stored.values[prediction.index] == pytest.approx(mean_deep_score(prediction.scores))


@pytest.mark.parametrize("playing", [True, False])
def test_a_focus_at_sixty_hertz_does_not_hold_up_the_work(
    image_clip: MakeClip, viewer: MakeViewer, playing: bool
) -> None:
    watched = viewer(image_clip(60)).start()
    watched.wait_for(lambda: bool(watched.progress))
    ended = threading.Event()

    def play() -> None:
        index = 0
        while not ended.wait(1 / 60):
            index = (index + 7) % 60  # faster than anything can follow
            watched.live.focus(index, playing)

    player = threading.Thread(target=play)
    player.start()
    try:
        watched.wait_for_all(60)
    finally:
        ended.set()
        player.join()
    assert set(watched.indices()) == set(range(60))


def test_without_a_usable_cache_frames_are_computed_again(
    image_clip: MakeClip, viewer: MakeViewer, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("")
    watched = viewer(image_clip(3), cache=in_the_way / "cache").start()
    watched.wait_for_all(3)
    assert any("not kept on disk" in notice for notice in watched.live.notices)
    watched.live.focus(1)
    watched.wait_for(lambda: len(watched.predictions) == 4)
    assert watched.indices()[-1] == 1


def test_stop_ends_it_within_a_frame(image_clip: MakeClip, viewer: MakeViewer) -> None:
    watched = viewer(image_clip(40))
    watched.on_prediction = lambda p: watched.live.stop() if p.index == 2 else None
    watched.start().join()
    assert watched.indices() == [0, 1, 2]


def test_stop_before_the_start_ends_it_before_the_model_loads(
    image_clip: MakeClip, viewer: MakeViewer
) -> None:
    watched = viewer(image_clip(3))
    watched.live.stop()
    watched.start().join()
    assert watched.predictions == []


def test_an_unreadable_frame_is_left_out_and_said(image_clip: MakeClip, viewer: MakeViewer) -> None:
    clip = image_clip(6)
    broken = clip / "00003.png"
    broken.write_bytes(broken.read_bytes()[:60])
    watched = viewer(clip).start()
    watched.wait_for_all(6)
    # Frame 2 needs frame 3 for its flow.
    assert sorted(watched.indices()) == [0, 1, 4, 5]
    assert any("00003.png" in notice for notice in watched.live.notices)


def test_an_unreadable_end_does_not_leave_the_progress_open(image_clip: MakeClip, viewer: MakeViewer) -> None:
    clip = image_clip(4)
    broken = clip / "00003.png"
    broken.write_bytes(broken.read_bytes()[:60])
    watched = viewer(clip).start()
    watched.wait_for_all(4)
    watched.live.focus(3)
    watched.live.focus(0)
    watched.wait_for(lambda: len(watched.indices()) == 3)
    assert watched.indices() == [0, 1, 0]


def test_a_clip_that_is_not_there(viewer: MakeViewer, tmp_path: Path) -> None:
    watched = viewer(tmp_path / "gone.mp4").start()
    watched.join()
    assert isinstance(watched.error, VideoError)


def test_weights_that_are_not_there(image_clip: MakeClip, viewer: MakeViewer, tmp_path: Path) -> None:
    watched = viewer(image_clip(2), weights=tmp_path / "gone.safetensors").start()
    watched.join()
    assert isinstance(watched.error, CheckpointError)
