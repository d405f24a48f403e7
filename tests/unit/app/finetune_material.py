"""What the tests of finetuning in the window share: a small model, settings of seconds, a fake child."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from core.types import GrayImage

if TYPE_CHECKING:
    from core.finetune.job import FinetuneSettings
    from core.project import Project

ACCEPTED = (0, 2, 4, 6, 22, 24, 39)
"""Three blocks of the small clip, more than the gap apart."""
WAIT = 40_000


def square_mask(index: int) -> GrayImage:
    """The bright square of the small clip."""
    mask = np.zeros((96, 160), np.uint8)
    mask[30:60, 10 + index * 2 : 40 + index * 2] = 255
    return mask


def small_model(folder: Path) -> Path:
    """A network that has learnt nothing, of a small input."""
    import torch

    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint

    torch.manual_seed(0)
    path = folder / "small.safetensors"
    config = replace(CAGDDE_LITE, input_side=64)
    save_checkpoint(path, build_model(config), CheckpointMetadata(config, flow={"method": "dis"}))
    return path


def small_settings(preset: str = "quick", heads_only: bool = False, **changes: Any) -> "FinetuneSettings":
    """A few steps; whatever comes of them is chosen."""
    from core.finetune.job import preset_settings

    few: dict[str, Any] = {
        "iterations": 4, "side": 64, "batch": 4, "views": 6, "select_every": 2, "warmup": 1, "rate": 1e-3,
        "device": "cpu", "threads": 1, "mixed_precision": False, "least_gain": -1.0, "allowed_points": 100.0,
    }  # fmt: skip
    return preset_settings("quick", heads_only=heads_only, **{**few, **changes})


def accept_frames(qtbot: QtBot, window: MainWindow, frames: tuple[int, ...] = ACCEPTED) -> None:
    """Accept the square on these frames, as a person would in the end."""

    def work(project: "Project", clip: int) -> None:
        project.accept_batch(clip, "Accept", [(index, square_mask(index)) for index in frames])

    with qtbot.waitSignal(window.project.committed, timeout=WAIT):
        window.project.change(work, frames=frames)


def show_dock(qtbot: QtBot, window: MainWindow) -> None:
    """Open the dock and wait for what it says of the accepted frames."""
    window.commands.finetune.setChecked(False)
    window.commands.finetune.trigger()
    qtbot.waitUntil(lambda: window.finetune.dock.start.summary is not None, timeout=WAIT)


def fake_child(monkeypatch: Any, folder: Path, body: str) -> Callable[[], list[str]]:
    """Let the child be a few lines of Python that have `emit(name, **facts)` and `heard()`, the next command.

    Returns: the commands that the child has heard so far.
    """
    script, words = folder / "child.py", folder / "heard.txt"
    script.write_text(_HEAD.format(words=json.dumps(str(words))) + body)
    monkeypatch.setattr(
        "core.finetune.process.worker_command", lambda job: [sys.executable, str(script), str(job)]
    )
    return lambda: words.read_text().split() if words.exists() else []


_HEAD = """
import json, os, signal, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
def emit(event, **facts):
    print(json.dumps({{"event": event, "time": time.time(), **facts}}), flush=True)
def heard():
    word = sys.stdin.readline().strip()
    with open({words}, "a") as file:
        file.write(word + "\\n")
    return word
def step(number, total=80):
    terms = {{"bce": 0.5 / number, "ssim": 0.4, "iou": 0.3, "side": 2.0, "confidence": 0.9, "total": 4.1 / number}}
    emit("step", iteration=number, iterations=total, terms=terms, rate=5e-4, memory_mib=812.0, seconds_left=65.0)
"""
