"""From corrections to a better model by a real mouse and keyboard in the real program, and back again."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from live_program import Program, needs_display, x_server

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(420), needs_display]

DRIVER = Path(__file__).with_name("finetune_driver.py")
HEIGHT, WIDTH, FRAMES = 96, 160, 40
ACCEPTED = (0, 2, 4, 6, 22, 24, 39)
"""Three blocks, more than the gap of the hold-out apart."""
LOOKED_AT = FRAMES - 2
"""A frame that is not accepted."""
LONG = 120


class Shown(NamedTuple):
    """What the saliency pane shows of LOOKED_AT, and how many frames are accepted. pixels: their checksum."""

    model: str
    pixels: str
    accepted: int


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip; beside it the folders of a person whose default is a model that has learnt nothing."""
    import torch

    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint
    from core.registry import ModelRegistry
    from core.video import write_mp4

    ground = np.random.default_rng(0).integers(40, 120, (HEIGHT, WIDTH, 3), np.uint8)

    def picture(index: int) -> np.ndarray:
        frame = np.roll(ground, index, axis=1)
        frame[30:60, 10 + 2 * index : 40 + 2 * index] = (255, 220, 200)
        return frame

    write_mp4(tmp_path / "clip.mp4", (picture(index) for index in range(FRAMES)), 25)
    torch.manual_seed(0)
    config = replace(CAGDDE_LITE, input_side=64)
    metadata = CheckpointMetadata(config, flow={"method": "dis"})
    save_checkpoint(tmp_path / "small.safetensors", build_model(config), metadata)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    registry = ModelRegistry()
    registry.set_default(registry.add(tmp_path / "small.safetensors").id)
    settings = tmp_path / "config" / "cagdde-studio" / "settings.json"
    settings.parent.mkdir(parents=True)
    # One runtime, so that the same weights give the same pixels.
    settings.write_text('{"tour_seen": true, "brush_diameter": 30, "runtime": "torch"}')
    return tmp_path / "clip.mp4"


def test_open_correct_accept_finetune_promote_and_roll_back(clip: Path, repository: Path) -> None:
    with x_server() as display:
        program = Program(display, clip.parent, repository, clip, driver=DRIVER)
        try:
            correct_and_accept(program)
            before = shown(program)
            press(program, "start")
            program.wait_for("phase", "DONE", seconds=LONG)
            press(program, "promote")
            tuned = shown(program, other_than=before)
            press(program, "roll_back")
            again = shown(program, other_than=tuned)
            assert "Traceback" not in program.errors()
        finally:
            program.kill()
    assert tuned.pixels != before.pixels
    assert again == before  # to the pixel
    assert before.accepted == tuned.accepted == len(ACCEPTED)


def correct_and_accept(program: Program) -> None:
    """A stroke on each of the frames, then Enter, which goes on; at last to LOOKED_AT, with the dock open."""
    program.wait_for("state", "DONE", seconds=LONG)
    program.focus()
    program.hand("key", "b")
    program.wait_for("tool", "brush")
    frame = 0
    for wanted in ACCEPTED:
        while frame < wanted:
            frame += 1
            program.hand("key", "Right")
            program.wait_for("ready", frame)
        left, top, width, height = program.pictures[-1]
        x, y = round(left + width * (25 + 2 * frame) / WIDTH), round(top + height * 45 / HEIGHT)
        program.hand("mousemove", x, y, "mousedown", 1, "mousemove", x + 8, y, "mouseup", 1, "key", "Return")
        if wanted < FRAMES - 1:
            frame += 1
            program.wait_for("ready", frame)
    program.hand("key", "ctrl+t")
    _, _, x, y = program.wait_for("button", "start", seconds=LONG)
    program.hand("mousemove", x, y)  # no pane shows a pointer
    program.hand("key", "Left")


def press(program: Program, name: str) -> None:
    """Click a button as soon as it can be pressed."""
    button = next((words for words in reversed(program.seen) if words[:2] == ["button", name]), None)
    _, _, x, y = button or program.wait_for("button", name)
    program.hand("mousemove", x, y, "click", 1)


def shown(program: Program, other_than: Shown | None = None) -> Shown:
    """What is to be seen next, of another model than that."""
    while True:
        _, model, frame, pixels, accepted = program.wait_for("shown", seconds=LONG)
        found = Shown(model, pixels, int(accepted))
        complete = int(frame) == LOOKED_AT and found.accepted == len(ACCEPTED)
        if complete and (other_than is None or model != other_than.model):
            return found
