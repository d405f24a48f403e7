"""The real program as a process on an X server of its own: its events, and hands to drive it. No tests here."""

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

import pytest

DRIVER = Path(__file__).with_name("window_driver.py")
TOOLS = ("Xvfb", "xdotool")
needs_display = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in TOOLS), reason="Xvfb and xdotool are not installed"
)
BAD_WORDS = ("Traceback", "QThread: Destroyed", "QObject::", "QPainter::", "Fatal Python", "WARNING")
"""What must not be among the program's errors."""


@contextlib.contextmanager
def x_server(size: str = "1280x800") -> Iterator[str]:
    """An X server; its display's name."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


class Program:
    """The running program. Settings, cache and data are below `folder`. driver: the script that tells its events."""

    def __init__(
        self, display: str, folder: Path, repository: Path, *arguments: str | Path, driver: Path = DRIVER
    ) -> None:
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
        self.process = subprocess.Popen(
            [sys.executable, str(driver), *(str(word) for word in arguments)],
            cwd=repository,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self.seen: list[list[str]] = []
        self.pictures: list[tuple[float, ...]] = []
        """Where the frame lay in the RGB pane, the last one now: left, top, width, height on the screen."""
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            words = line.split()
            if words[:1] == ["picture"]:
                self.pictures.append(tuple(float(word) for word in words[1:]))
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
        """SIGKILL; harmless where it has ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        self._errors.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


def random_model(folder: Path) -> Path:
    """A model that has learnt nothing."""
    import torch

    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint

    torch.manual_seed(0)
    path = folder / "random.safetensors"
    save_checkpoint(path, build_model(CAGDDE_LITE), CheckpointMetadata(CAGDDE_LITE))
    return path
