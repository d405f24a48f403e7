"""Strokes by a real mouse in the real window, SIGKILL at random moments: what was finished a second before is there.

CAGDDE_KILLS says how many times the program is killed, 10 where it is not set: CAGDDE_KILLS=50 make test
TESTS=tests/e2e/test_correct_kill.py
"""

import os
import random
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from live_program import Program, needs_display, random_model, x_server
from painted_states import RADIUS, State, Stroke, difference, step_to_and_fro

from core.masks import BACKGROUND, FOREGROUND
from core.project import Project
from core.video import open_clip

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(900), needs_display]

KILLS = int(os.environ.get("CAGDDE_KILLS", "10"))
SAFE_AFTER_SECONDS = 1.0
WIDTH, HEIGHT, FRAMES = 480, 360, 20
CELL_W, CELL_H = 32, 20
CELLS = (WIDTH // CELL_W) * (HEIGHT // CELL_H)
USED_FRAMES = 5


@dataclass
class Work:
    """One project and what was done to it: its states by frame, and the cells that are painted on.

    named: the project has a place that a person chose; otherwise the program keeps it as the clip's draft.
    """

    folder: Path
    clip: Path
    model: Path
    named: bool
    states: dict[int, State] = field(default_factory=dict)
    cells: dict[int, int] = field(default_factory=dict)
    acts: int = 0
    safe_acts: int = 0
    kept_acts: int = 0

    @property
    def projects(self) -> Path:
        """The folder where the project is, once it is there."""
        return self.folder / "named" if self.named else self.folder / "data" / "cagdde-studio" / "drafts"

    def begin(self) -> Path:
        """Lay down what the first start finds. Returns: what the program is to open."""
        settings = self.folder / "config" / "cagdde-studio" / "settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'{{"tour_seen": true, "brush_diameter": {round(2 * RADIUS)}}}')
        if not self.named:
            return self.clip
        self.projects.mkdir()
        with Project.create(self.projects / "project.cagdde") as project, open_clip(self.clip) as reader:
            project.add_clip(reader.info)
        return self.projects / "project.cagdde"

    def state(self, frame: int) -> State:
        return self.states.get(frame, State())


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip and a model that has learnt nothing."""
    from core.video import write_mp4

    folder = tmp_path_factory.mktemp("material")
    ground = np.random.default_rng(0).integers(60, 180, (HEIGHT, WIDTH, 3), np.uint8)

    def pictures() -> Iterator[np.ndarray]:
        for index in range(FRAMES):
            yield np.roll(ground, index, axis=1)

    write_mp4(folder / "clip.mp4", pictures(), 25)
    return folder / "clip.mp4", random_model(folder)


def test_a_killed_program_loses_no_stroke(
    material: tuple[Path, Path], tmp_path: Path, repository: Path
) -> None:
    clip, model = material
    works = [Work(tmp_path / name, clip, model, name == "named") for name in ("draft", "named")]
    rounds = [KILLS - KILLS // 2, KILLS // 2]
    with ThreadPoolExecutor(len(works)) as pool:
        runs = [
            pool.submit(kill_again_and_again, work, count, random.Random(number), repository)
            for number, (work, count) in enumerate(zip(works, rounds, strict=True))
        ]
        for run in runs:
            run.result()
    acts, safe, kept = (
        sum(getattr(work, name) for work in works) for name in ("acts", "safe_acts", "kept_acts")
    )
    print(
        f"{KILLS} kills; strokes, undos and redos: {acts} begun, {safe} ended more than a second before the kill and "
        f"are all there, {kept - safe} of the {acts - safe} later ones are there too"
    )
    assert safe > KILLS  # the program lives long enough to be tested


def kill_again_and_again(work: Work, rounds: int, rng: random.Random, repository: Path) -> None:
    target = work.begin()
    with x_server() as display:
        for number in range(rounds):
            program = Program(display, work.folder, repository, target, "--model", work.model)
            try:
                paint_until_killed(work, program, rng, at_once=number % 4 == 3)
            finally:
                program.kill()


def paint_until_killed(work: Work, program: Program, rng: random.Random, at_once: bool) -> None:
    """One life of the program.

    Args:
        at_once: paint as soon as there is a picture, on a frame that may not be loaded yet.
    """
    frame = 0 if at_once else rng.randrange(USED_FRAMES)
    program.wait_for("picture" if at_once else "ready")
    program.focus()
    for index in range(frame):
        program.hand("key", "Right")
        program.wait_for("ready", index + 1)
    program.hand("key", "b")
    program.wait_for("tool", "brush")
    acts: list[Stroke | str] = []
    ended: list[float] = []
    states = [work.state(frame)]
    killed = Killing(program, rng.uniform(0.05, 2.6))
    while not killed.done.is_set():
        act = choose(work, frame, states[-1], program, rng, at_once=at_once)
        acts.append(act)
        states.append(states[-1].after(act))
        perform(program, act, rng)
        ended.append(time.monotonic())
        time.sleep(rng.choice((0, 0, 0.03, 0.15)))
    killed.join()
    safe = sum(moment < killed.at - SAFE_AFTER_SECONDS for moment in ended)
    kept = check(work, frame, states, safe, program.pictures)
    work.acts += len(acts)
    work.safe_acts += safe
    work.kept_acts += kept
    work.states[frame] = states[kept]


class Killing(threading.Thread):
    """SIGKILL after so many seconds. at: when it was sent."""

    def __init__(self, program: Program, seconds: float) -> None:
        super().__init__()
        self._process, self._seconds = program.process, seconds
        self.at = 0.0
        self.done = threading.Event()
        self.start()

    def run(self) -> None:
        time.sleep(self._seconds)
        self.at = time.monotonic()
        self._process.kill()
        self.done.set()


def choose(
    work: Work, frame: int, state: State, program: Program, rng: random.Random, at_once: bool
) -> Stroke | str:
    """Mostly a stroke; an undo or a redo where there is something to take back."""
    chance = rng.random()
    if not at_once and chance < 0.2 and state.done:
        return "undo"
    if not at_once and chance < 0.3 and state.undone:
        return "redo"
    cell = work.cells.get(frame, 0)
    assert cell < CELLS, "more strokes than cells: let the clip be larger"
    work.cells[frame] = cell + 1
    x, y = cell % (WIDTH // CELL_W) * CELL_W, cell // (WIDTH // CELL_W) * CELL_H
    ends = [on_screen(program, x + 8, y + 10), on_screen(program, x + 24, y + 10)]
    (x0, y0), (x1, y1) = (on_frame(program, *end) for end in ends)
    return Stroke(x0, y0, x1, y1, rng.choice((FOREGROUND, BACKGROUND)))


def on_screen(program: Program, x: float, y: float) -> tuple[int, int]:
    left, top, width, height = program.pictures[-1]
    return round(left + x / WIDTH * width), round(top + y / HEIGHT * height)


def on_frame(program: Program, x: int, y: int) -> tuple[float, float]:
    left, top, width, height = program.pictures[-1]
    return (x - left) / width * WIDTH, (y - top) / height * HEIGHT


def perform(program: Program, act: Stroke | str, rng: random.Random) -> None:
    if act == "undo":
        program.hand("key", "ctrl+z")
    elif act == "redo":
        program.hand("key", "ctrl+shift+z")
    elif isinstance(act, Stroke):
        button = 1 if act.value == FOREGROUND else 3
        steps = rng.randrange(2, 8)
        words: list[object] = ["mousemove", *on_screen(program, act.x0, act.y0), "mousedown", button]
        for step in range(1, steps + 1):
            x = act.x0 + (act.x1 - act.x0) * step / steps
            words += ["mousemove", *on_screen(program, x, act.y1), "sleep", "0.01"]
        program.hand(*words, "mouseup", button)


def check(work: Work, frame: int, states: list[State], safe: int, pictures: object) -> int:
    """Look at a copy of what the dead program has left behind: its next life finds the files as they are.

    Returns:
        how many of the acts are kept.
    """
    copy = work.folder / "copy"
    lost = safe > 0 or bool(work.states)
    shutil.rmtree(copy, ignore_errors=True)
    files = sorted(work.projects.glob("*.cagdde")) if work.projects.exists() else []
    if not files:
        assert not lost, f"{safe} strokes are gone: there is no project"
        return 0
    shutil.copytree(work.projects, copy)
    with Project.open(copy / files[0].name) as project:
        assert not project.read_only
        assert project.check() == []
        if not project.clips():
            assert not lost, f"{safe} strokes are gone: the project is empty"
            return 0
        for other, state in work.states.items():
            if other != frame:
                assert not difference(project, other, state), (
                    f"frame {other} was changed, which nobody touched"
                )
        differences = [difference(project, frame, state) for state in states]
        facts = f"frame {frame}: {len(states) - 1} acts, {safe} of them are more than a second old"
        assert "" in differences, f"{facts}; what is kept is none of their states: {differences} {pictures}"
        kept = max(number for number, words in enumerate(differences) if not words)
        assert kept >= safe, f"{facts}, {kept} are kept"
        for touched in {frame, *work.states}:
            step_to_and_fro(project, touched)
        assert project.check() == []
    return kept
