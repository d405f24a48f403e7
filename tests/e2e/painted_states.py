"""What a frame of a project holds after some strokes, undos and redos; and whether a project holds just that."""

from typing import NamedTuple

import numpy as np

from core.project import Project

RADIUS = 4.5
"""Of the brush, frame pixels."""


class Stroke(NamedTuple):
    """A straight one, from (x0, y0) to (x1, y1) in frame pixels, alone in its cell."""

    x0: float
    y0: float
    x1: float
    y1: float
    value: int


class State(NamedTuple):
    """What a frame's project should hold: the strokes that are done, and those that were undone last."""

    done: tuple[Stroke, ...] = ()
    undone: tuple[Stroke, ...] = ()

    def after(self, act: "Stroke | str") -> "State":
        if isinstance(act, Stroke):
            return State((*self.done, act))
        if act == "undo":
            return State(self.done[:-1], (self.done[-1], *self.undone))
        return State((*self.done, self.undone[0]), self.undone[1:])


def difference(project: Project, frame: int, state: State) -> str:
    """How steps and pixels differ from the state; empty where they do not."""
    history = project.history(1, frame)
    undone = sum(entry.undone for entry in history)
    if (len(history) - undone, undone) != (len(state.done), len(state.undone)):
        return f"{len(history) - undone} steps and {undone} undone, not {len(state.done)} and {len(state.undone)}"
    layer = project.layer(1, frame)
    y, x = np.indices(layer.shape) + 0.5
    free = np.ones(layer.shape, bool)
    for stroke in state.done:
        beside = np.maximum(np.maximum(stroke.x0 - x, x - stroke.x1), 0)
        distance = np.hypot(beside, y - stroke.y0)
        if not (layer[distance <= RADIUS - 1] == stroke.value).all():
            return f"{stroke} is not there"
        free &= distance > RADIUS + 1
    return f"{np.count_nonzero(layer[free])} pixels beside the strokes" if layer[free].any() else ""


def step_to_and_fro(project: Project, frame: int) -> None:
    """Undo leads back to the empty layer, redo to where it began."""
    before = project.layer(1, frame).copy()
    steps = 0
    while project.undo(1, frame) is not None:
        steps += 1
    assert not project.layer(1, frame).any()
    for _ in range(steps):
        assert project.redo(1, frame) is not None
    assert np.array_equal(project.layer(1, frame), before)
