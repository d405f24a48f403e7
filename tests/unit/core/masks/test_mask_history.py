"""Any sequence of tools, undo and redo returns the exact former layer, through the bytes that are stored."""

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.masks import apply, compose_mask, empty_layer, from_bytes, make_patch, revert, to_bytes
from core.masks.edit import Edit
from core.masks.layer import full_saliency, salient_mask
from core.masks.rectangle import Rectangle
from core.masks.tools.brush import BrushPoint, paint, paint_mask
from core.masks.tools.fill import drop_island, fill, keep_island
from core.masks.tools.grabcut import GrabCutSettings, grabcut_box
from core.masks.tools.morphology import fill_holes, grow, shrink, smooth
from core.masks.tools.outline import lasso, polygon
from core.masks.tools.take_over import back_to_model, copy_mask
from core.masks.tools.wand import color_distance, wand

SIZE = (26, 34)
_random = np.random.default_rng(3)
RGB = _random.integers(0, 256, (*SIZE, 3), dtype=np.uint8)
SALIENCY = _random.integers(0, 256, (6, 8), dtype=np.uint8)


def at(threshold: float) -> np.ndarray:
    return salient_mask(full_saliency(SALIENCY, SIZE), threshold)


Tool = Callable[[np.ndarray, np.ndarray], Edit]
value = st.integers(0, 2)
x, y = st.floats(-4, SIZE[1] + 4), st.floats(-4, SIZE[0] + 4)
path = st.lists(st.builds(BrushPoint, x, y, st.floats(0, 9)), max_size=4)
outline = st.lists(st.tuples(x, y), max_size=7)
radius = st.floats(0, 5)
box = st.builds(Rectangle, st.integers(-3, 20), st.integers(-3, 20), st.integers(1, 25), st.integers(1, 25))


def use_wand(
    layer: np.ndarray, at_x: float, at_y: float, tolerance: float, to: int, contiguous: bool
) -> Edit:
    distance = color_distance(RGB, at_x, at_y)
    if distance is None:
        distance = np.zeros(SIZE, np.float32)
    return wand(layer, distance, at_x, at_y, tolerance, to, contiguous)


tools: st.SearchStrategy[Tool] = st.one_of(
    st.builds(lambda p, v: lambda before, _: paint(before, p, v), path, value),
    st.builds(lambda p: lambda before, mask: paint_mask(before, p, np.roll(mask, 3, axis=1)), path),
    st.builds(lambda p, t: lambda before, _: paint_mask(before, p, at(t)), path, st.floats(0, 1)),
    st.builds(lambda f, o, v: lambda before, _: f(before, o, v), st.sampled_from([lasso, polygon]), outline, value),
    st.builds(lambda a, b, v: lambda before, mask: fill(before, mask, a, b, v), x, y, value),
    st.builds(
        lambda f, a, b: lambda before, mask: f(before, mask, a, b), st.sampled_from([keep_island, drop_island]), x, y
    ),
    st.builds(lambda f, r: lambda before, mask: f(before, mask, r), st.sampled_from([grow, shrink, smooth]), radius),
    st.just(lambda before, mask: fill_holes(before, mask)),
    st.just(lambda before, mask: copy_mask(before, np.roll(mask, 2, axis=0))),
    st.just(lambda before, _: back_to_model(before)),
    st.builds(lambda use: lambda before, _: use_wand(before, *use),
              st.tuples(x, y, st.floats(0, 120), value, st.booleans())),
    st.builds(lambda b: lambda before, _: grabcut_box(before, RGB, b, GrabCutSettings(iterations=1)), box),
)  # fmt: skip
steps = st.lists(st.one_of(tools, st.sampled_from(["undo", "redo"])), max_size=14)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_undo_and_redo_walk_through_the_exact_former_layers(sequence):
    states, patches, position = [empty_layer(SIZE)], [], 0
    layer = states[0]
    for step in sequence:
        if step == "undo":
            if position > 0:
                position -= 1
                layer = revert(layer, from_bytes(patches[position]))
        elif step == "redo":
            if position < len(patches):
                layer = apply(layer, from_bytes(patches[position]))
                position += 1
        else:
            kept = layer.copy()
            edit = step(layer, compose_mask(SALIENCY, layer, 0.5))
            assert np.array_equal(layer, kept), "a tool wrote into its argument"
            assert_dirty_is_exact(layer, edit)
            patch = make_patch(layer, edit.layer, edit.dirty)
            if patch is not None:
                del states[position + 1 :], patches[position:]
                states.append(edit.layer.copy())
                patches.append(to_bytes(patch))
                position += 1
                layer = edit.layer
        assert np.array_equal(layer, states[position])
    for data in reversed(patches[:position]):
        layer = revert(layer, from_bytes(data))
    assert not layer.any()


def assert_dirty_is_exact(before: np.ndarray, edit: Edit) -> None:
    rows, columns = np.nonzero(before != edit.layer)
    if rows.size == 0:
        assert edit.dirty.is_empty
        return
    expected = (rows.min(), columns.min(), np.ptp(rows) + 1, np.ptp(columns) + 1)
    assert tuple(edit.dirty) == expected
