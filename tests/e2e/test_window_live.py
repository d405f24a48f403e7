"""The real program on a real X server, driven with real mouse and keys: play, scrub and close during inference."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from live_program import BAD_WORDS, Program, needs_display, random_model

pytestmark = [pytest.mark.e2e, pytest.mark.slow, needs_display]

FRAMES = 120
LONGEST_STALL_MS = 500


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip of 120 frames, 640x360, and a model that has learnt nothing."""
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
    return folder / "moving.mp4", random_model(folder)


def start(
    programs: list[Program], display: str, folder: Path, repository: Path, *arguments: str | Path
) -> Program:
    """Start the program and wait for its window."""
    program = Program(display, folder, repository, *arguments)
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
