"""The open clip: decoding in its thread, playback by the clock, threads that end."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from app.session.clip_session import ClipSession
from app.session.playback import Playback
from app.session.records import DecodedFrame, Failure
from app.session.worker_thread import ThreadPark


@pytest.fixture
def park(qtbot: QtBot) -> Iterator[ThreadPark]:
    park = ThreadPark()
    yield park
    park.ask_all_to_stop()
    qtbot.waitUntil(lambda: not park.names, timeout=10_000)


@pytest.fixture
def session(qtbot: QtBot, park: ThreadPark, clip_path: Path) -> ClipSession:
    session = ClipSession(park)
    session.open(clip_path)
    qtbot.waitUntil(lambda: session.frame is not None, timeout=20_000)
    return session


def number_in(frame: DecodedFrame) -> int:
    """The frame number that is written into the clip's pictures."""
    return round(frame.image.pixelColor(8, 8).red() / 6)


def test_frames_are_what_was_asked_for(qtbot: QtBot, session: ClipSession) -> None:
    for index in (39, 0, 17, 18):
        session.go(index)
        qtbot.waitUntil(lambda index=index: session.frame is not None and session.frame.index == index)
        assert session.frame is not None
        assert number_in(session.frame) == pytest.approx(index, abs=1)
        assert session.frame.pts_seconds == pytest.approx(index / 25)


def test_the_latest_request_wins(qtbot: QtBot, session: ClipSession) -> None:
    frames: list[int] = []
    session.frame_changed.connect(lambda frame: frames.append(frame.index))
    for index in range(1, 40):
        session.go(index)
    qtbot.waitUntil(lambda: not session.waiting)
    assert frames[-1] == 39
    assert len(frames) < 39


def test_going_beyond_the_ends_stays_at_them(session: ClipSession) -> None:
    session.go(-5)
    assert session.index == 0
    session.step(1000)
    assert session.index == 39


@pytest.mark.parametrize("kind", ["missing", "empty", "text"])
def test_what_cannot_be_opened_is_one_sentence(
    qtbot: QtBot, park: ThreadPark, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"{kind}.mp4"
    if kind != "missing":
        path.write_bytes(b"" if kind == "empty" else b"this is no video\n" * 100)
    session = ClipSession(park)
    with qtbot.waitSignal(session.open_failed, timeout=20_000) as failed:
        session.open(path)
    assert failed.args
    failure: Failure = failed.args[0]
    assert path.name in failure.sentence
    assert "\n" not in failure.sentence
    assert session.info is None


def test_a_clip_that_cannot_be_opened_leaves_the_one_before(
    qtbot: QtBot, session: ClipSession, tmp_path: Path
) -> None:
    session.go(7)
    left: list[object] = []
    session.opening.connect(left.append)
    session.closed.connect(lambda: left.append("closed"))
    with qtbot.waitSignal(session.open_failed, timeout=20_000):
        session.open(tmp_path / "gone.mp4")
    assert left == []
    assert session.info is not None
    assert session.index == 7
    session.go(9)
    qtbot.waitUntil(lambda: session.frame is not None and session.frame.index == 9)


def test_another_clip_replaces_the_one_before_when_it_is_open(
    qtbot: QtBot, park: ThreadPark, session: ClipSession, clip_path: Path
) -> None:
    session.go(7)
    told: list[str] = []
    session.asked.connect(lambda _: told.append("asked"))
    session.opening.connect(lambda _: told.append(f"left at {session.index}, {session.info}"))
    session.opened.connect(lambda _: told.append("opened"))
    session.open(clip_path)
    assert session.frame_count == 40
    session.step(1)
    assert session.index == 8
    qtbot.waitUntil(lambda: "opened" in told, timeout=20_000)
    assert told == ["asked", "left at 0, None", "opened"]
    qtbot.waitUntil(lambda: session.frame is not None and session.frame.index == 0)
    qtbot.waitUntil(lambda: len(park.names) == 1, timeout=10_000)


def test_only_the_last_of_several_clips_opens(qtbot: QtBot, park: ThreadPark, clip_path: Path) -> None:
    session = ClipSession(park)
    opened: list[object] = []
    session.opened.connect(opened.append)
    for _ in range(4):
        session.open(clip_path)
    qtbot.waitUntil(lambda: session.frame is not None, timeout=20_000)
    qtbot.waitUntil(lambda: len(park.names) == 1, timeout=10_000)
    assert len(opened) == 1


def test_closing_a_clip_ends_its_thread(qtbot: QtBot, park: ThreadPark, session: ClipSession) -> None:
    with qtbot.waitSignal(park.emptied, timeout=5000):
        session.close()
    assert session.info is None
    assert session.frame_count == 0


def test_playback_keeps_real_time_and_stops_at_the_end(qtbot: QtBot, session: ClipSession) -> None:
    playback = Playback(session)
    started = time.perf_counter()
    playback.play()
    assert playback.playing
    qtbot.waitUntil(lambda: not playback.playing, timeout=10_000)
    assert session.index == 39
    # 40 frames at 25 a second; a busy machine may end a little later, never sooner.
    assert 1.5 < time.perf_counter() - started < 4


def test_playback_drops_frames_when_decoding_is_slow(
    qtbot: QtBot, session: ClipSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.video import FrameCache

    read = FrameCache.read

    def slow(self: FrameCache, index: int) -> object:
        time.sleep(0.12)
        return read(self, index)

    monkeypatch.setattr(FrameCache, "read", slow)
    shown: list[int] = []
    session.frame_changed.connect(lambda frame: shown.append(frame.index))
    playback = Playback(session)
    started = time.perf_counter()
    playback.play()
    qtbot.waitUntil(lambda: not playback.playing, timeout=10_000)
    assert time.perf_counter() - started < 4
    assert shown == sorted(shown)
    assert 3 < len(shown) < 25


def test_playback_repeats(qtbot: QtBot, session: ClipSession) -> None:
    playback = Playback(session)
    playback.loop = True
    session.go(37)
    playback.play()
    qtbot.waitUntil(lambda: session.index < 10, timeout=5000)
    assert playback.playing
    playback.pause()


def test_playing_goes_on_from_where_one_goes_meanwhile(qtbot: QtBot, session: ClipSession) -> None:
    playback = Playback(session)
    playback.play()
    session.go(30)
    qtbot.waitUntil(lambda: not session.waiting)
    qtbot.wait(100)
    assert session.index >= 30
    playback.pause()


class Sleeper(QObject):
    """A worker that takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = False

    @Slot()
    def start(self) -> None:
        while not self.stopped:
            time.sleep(0.01)

    def stop(self) -> None:
        self.stopped = True


def test_the_park_is_empty_when_all_threads_have_ended(qtbot: QtBot) -> None:
    park = ThreadPark()
    for number in range(3):
        park.launch(Sleeper(), f"sleeper {number}")
    assert park.names == ["sleeper 0", "sleeper 1", "sleeper 2"]
    with qtbot.waitSignal(park.emptied, timeout=5000):
        park.ask_all_to_stop()
    assert park.names == []
    with qtbot.waitSignal(park.emptied, timeout=1000):
        park.ask_all_to_stop()
