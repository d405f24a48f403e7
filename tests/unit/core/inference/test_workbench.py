"""What is read and run next while the focus moves: nothing prepared is wasted, and work never stands still."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from core.inference.predictor import NetworkInput
from core.inference.schedule import FrameScheduler
from core.inference.workbench import Workbench

FRAMES = 100


@pytest.fixture
def bench() -> Iterator[Workbench]:
    """A bench that stops by itself, so that a wait without end fails the test instead of hanging it."""
    bench = Workbench()
    timer = threading.Timer(10, bench.stop)
    timer.start()
    yield bench
    timer.cancel()
    timer.join()


def prepared(index: int | None) -> NetworkInput:
    assert index is not None, "it waits although there is a frame to read"
    blank = np.zeros((1, 1, 3), np.uint8)
    return NetworkInput(index, 0.0, blank, blank)


def read(bench: Workbench) -> int:
    """What the reading thread does: one frame."""
    frame = prepared(bench.next_to_read())
    bench.add(frame)
    return frame.index


def run(bench: Workbench) -> int:
    """What the running thread does: one task."""
    task = bench.next_task(lambda: None)
    assert task is not None, "it waits although there is work"
    if isinstance(task, int):
        return -1 - task  # a delivery
    bench.finish(task.index)
    return task.index


def test_frames_are_run_in_order(bench: Workbench) -> None:
    bench.open(FrameScheduler(FRAMES), lambda: 0)
    assert [read(bench) for _ in range(3)] == [0, 1, 2]
    assert [run(bench) for _ in range(3)] == [0, 1, 2]


def test_a_jump_is_waited_for_and_what_was_prepared_is_kept(bench: Workbench) -> None:
    bench.open(FrameScheduler(FRAMES), lambda: 0)
    for _ in range(3):
        read(bench)
    bench.focus(50, False)
    jump = threading.Thread(target=lambda: [read(bench) for _ in range(3)])
    jump.start()
    assert run(bench) == 50
    jump.join()
    bench.focus(0, False)
    assert [run(bench) for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("playing", [True, False])
def test_a_focus_faster_than_reading_has_a_frame_run_each_time(bench: Workbench, playing: bool) -> None:
    bench.open(FrameScheduler(FRAMES), lambda: 8)
    ran: set[int] = set()
    for step in range(40):
        for _ in range(1 if playing else 2):
            bench.focus(step * 37 % FRAMES, playing)
            index = bench.next_to_read()
            bench.focus((step * 37 + 17) % FRAMES, playing)  # it moves on while that frame is read
            bench.add(prepared(index))
        task = run(bench)
        ran.add(task if task >= 0 else run(bench))
    assert len(ran) == 40
    assert bench.counts() == (40, FRAMES)


def test_deliveries_and_new_frames_take_turns(bench: Workbench) -> None:
    bench.open(FrameScheduler(FRAMES, finished=range(50)), lambda: 0)
    bench.focus(48, False)
    for _ in range(3):
        read(bench)
    tasks: list[int] = []
    for _ in range(6):
        bench.focus(3, False)
        bench.focus(48, False)
        tasks.append(run(bench))
    assert tasks == [-49, 50, -49, 51, -49, 52]


def test_playback_that_outpaces_the_network_is_not_read_frame_by_frame(bench: Workbench) -> None:
    bench.open(FrameScheduler(FRAMES), lambda: 10)
    bench.focus(20, True)
    assert read(bench) == 30
    asked: list[int | None] = []
    reader = threading.Thread(target=lambda: asked.append(bench.next_to_read()))
    reader.start()
    for index in range(21, 26):
        bench.focus(index, True)
    reader.join(0.2)
    assert asked == []
    assert run(bench) == 30
    reader.join()
    assert asked == [35]


def test_an_unreadable_frame_does_not_hold_up_playback(bench: Workbench) -> None:
    bench.open(FrameScheduler(FRAMES), lambda: 4)
    bench.focus(0, True)
    index = bench.next_to_read()
    assert index == 4
    bench.skip(index)
    assert read(bench) == 5
    assert run(bench) == -1 - 4
    assert run(bench) == 5


def test_few_prepared_frames_are_kept(bench: Workbench) -> None:
    bench.open(FrameScheduler(FRAMES), lambda: 0)
    for index in range(0, FRAMES, 5):
        bench.focus(index, False)
        assert read(bench) == index
    bench.focus(0, False)
    assert read(bench) == 0  # the first of them made room for later ones
    bench.focus(FRAMES - 5, False)
    assert run(bench) == FRAMES - 5
