"""The real program on a real X server, driven with real mouse and keys: play, scrub and close during inference."""

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

TOOLS = ("Xvfb", "xdotool")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(shutil.which(tool) for tool in TOOLS), reason="Xvfb and xdotool are not installed"
    ),
]

FRAMES = 120
LONGEST_STALL_MS = 500
BAD_WORDS = ("Traceback", "QThread: Destroyed", "QObject::", "QPainter::", "Fatal Python", "WARNING")


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip of 120 frames, 640x360, and a model that has learnt nothing."""
    import torch

    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint
    from core.video import write_mp4

    folder = tmp_path_factory.mktemp("material")
    rng = np.random.default_rng(0)
    ground = rng.integers(60, 180, (360, 640, 3), np.uint8)

    def pictures() -> Iterator[np.ndarray]:
        for index in range(FRAMES):
            picture = np.roll(ground, index, axis=1)
            picture[120:240, 40 + index * 4 : 160 + index * 4] = (240, 200, 60)
            yield picture

    write_mp4(folder / "moving.mp4", pictures(), 25)
    torch.manual_seed(0)
    save_checkpoint(folder / "random.safetensors", build_model(CAGDDE_LITE), CheckpointMetadata(CAGDDE_LITE))
    return folder / "moving.mp4", folder / "random.safetensors"


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of its own."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


class Program:
    """The running program: its events, and hands to drive it."""

    def __init__(self, display: str, folder: Path, repository: Path, *arguments: str) -> None:
        self._environment = {
            **{key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
            "DISPLAY": display,
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": str(repository),
        }
        self._environment.pop("WAYLAND_DISPLAY", None)
        self._errors = (folder / "stderr.txt").open("w+")
        driver = Path(__file__).with_name("window_driver.py")
        self.process = subprocess.Popen(
            [sys.executable, str(driver), *arguments],
            cwd=repository,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self.seen: list[list[str]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, *words: object, seconds: float = 60) -> list[str]:
        """The next event that begins with these words."""
        wanted = [str(word) for word in words]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=0.2)
                assert line is not None, f"the program ended before {wanted}: {self.errors()}"
                self.seen.append(line.split())
                if self.seen[-1][: len(wanted)] == wanted:
                    return self.seen[-1]
        raise AssertionError(f"{wanted} did not come; seen: {self.seen[-10:]} {self.errors()}")

    def hand(self, *words: object) -> None:
        """Move the mouse, press a key."""
        command = ["xdotool", *(str(word) for word in words)]
        subprocess.run(command, env=self._environment, check=True, timeout=20, stdout=subprocess.DEVNULL)

    def focus(self) -> None:
        """Give the window the keyboard, as a window manager would."""
        self.hand("search", "--sync", "--onlyvisible", "--name", "CAG-DDE", "windowfocus", "--sync")

    def end(self, seconds: float = 20) -> tuple[int, list[list[str]]]:
        """Wait for the end. Returns the exit code and the events since the last wait."""
        code = self.process.wait(seconds)
        self._reader.join()
        rest = []
        while (line := self._lines.get()) is not None:
            rest.append(line.split())
        return code, rest

    def errors(self) -> str:
        self._errors.flush()
        return Path(self._errors.name).read_text()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        self._errors.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    started: list[Program] = []
    yield started
    for program in started:
        program.kill()


def start(
    programs: list[Program], display: str, folder: Path, repository: Path, *arguments: str | Path
) -> Program:
    """Start the program and wait for its window."""
    program = Program(display, folder, repository, *(str(word) for word in arguments))
    programs.append(program)
    program.wait_for("visible")
    return program


def drag(program: Program, place: list[int], times: int) -> None:
    """Drag to and fro over the timeline at such a place: left, top, width, height on the screen."""
    left, top, width, height = place
    y = top + height - 20
    steps: list[object] = ["mousemove", left + 5, y, "mousedown", 1]
    for turn in range(times):
        for part in range(20) if turn % 2 == 0 else range(20, 0, -1):
            steps += ["mousemove", left + 5 + (width - 10) * part // 20, y, "sleep", "0.01"]
    program.hand(*steps, "mouseup", 1)


def test_play_scrub_and_close_during_inference(
    display: str, programs: list[Program], material: tuple[Path, Path], tmp_path: Path, repository: Path
) -> None:
    clip, model = material
    program = start(programs, display, tmp_path, repository, clip, "--model", model)
    place = [int(word) for word in program.wait_for("opened")[1:]]
    program.focus()
    program.hand("key", "space")
    program.wait_for("playing", 1)
    drag(program, place, 2)
    program.wait_for("state", "RUNNING", seconds=100)
    drag(program, place, 6)
    program.hand("key", "space")
    program.wait_for("playing", 0)
    program.hand("key", "Home")
    program.wait_for("index", 0)
    program.hand("key", "ctrl+g", "type", "0:02")
    program.hand("key", "Return")
    program.wait_for("index", 50)
    drag(program, place, 2)

    program.hand("key", "ctrl+q")
    asked = time.monotonic()
    stall = program.wait_for("stall_ms")
    closed = time.monotonic()
    program.wait_for("stopped")
    threads = time.monotonic() - closed
    code, _ = program.end()
    took = time.monotonic() - asked
    print(f"longest stall {stall[1]} ms while loading, {stall[2]} ms after")
    print(f"threads ended {threads:.2f} s after closing, the process {took:.2f} s after the key")
    assert code == 0
    assert threads < 1
    assert took < 5
    assert int(stall[2]) < LONGEST_STALL_MS
    assert not any(word in program.errors() for word in BAD_WORDS), program.errors()
    scrubbed = {words[1] for words in program.seen if words[0] == "index"}
    assert len(scrubbed) > 20


@pytest.mark.parametrize("moment", ["opened", "loading", "running"])
def test_closing_at_any_moment(
    display: str,
    programs: list[Program],
    material: tuple[Path, Path],
    tmp_path: Path,
    repository: Path,
    moment: str,
) -> None:
    clip, model = material
    program = start(programs, display, tmp_path, repository, clip, "--model", model)
    program.wait_for("opened")
    program.focus()
    if moment != "opened":
        time.sleep(0.7)
    if moment == "running":
        program.wait_for("state", "RUNNING", seconds=100)
    program.hand("key", "ctrl+q")
    program.wait_for("stall_ms")
    code, _ = program.end()
    assert code == 0
    errors = program.errors().replace("WARNING app.starter: left without waiting", "")
    assert not any(word in errors for word in BAD_WORDS), errors


def test_a_wrong_clip_and_a_wrong_model_still_show_the_window(
    display: str, programs: list[Program], tmp_path: Path, repository: Path
) -> None:
    wrong = (tmp_path / "gone.mp4", "--model", tmp_path / "gone.safetensors")
    program = start(programs, display, tmp_path, repository, *wrong)
    program.focus()
    time.sleep(1.5)
    assert program.process.poll() is None
    program.hand("key", "ctrl+q")
    code, _ = program.end()
    assert code == 0
    assert "gone.mp4" in program.errors()
    assert "Traceback" not in program.errors()
