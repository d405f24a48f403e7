"""Undo patches: exact differences, exact bytes, refusal of what does not belong."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.masks import Patch, Rectangle, apply, empty_layer, from_bytes, make_patch, revert, to_bytes

sizes = st.tuples(st.integers(1, 24), st.integers(1, 24))
layer_pairs = sizes.flatmap(
    lambda size: st.tuples(*[hnp.arrays(np.uint8, size, elements=st.integers(0, 2))] * 2)
)


def example_patch() -> Patch:
    after = empty_layer((20, 30))
    after[4:9, 5:17] = 1
    after[6, 8] = 2
    patch = make_patch(empty_layer((20, 30)), after)
    assert patch is not None
    return patch


@settings(max_examples=100, deadline=None)
@given(layer_pairs)
def test_applying_and_reverting_are_exact_also_through_bytes(pair):
    before, after = pair
    patch = make_patch(before, after)
    if patch is None:
        assert np.array_equal(before, after)
        return
    copy = from_bytes(to_bytes(patch))
    assert copy.rectangle == patch.rectangle
    assert np.array_equal(copy.before, patch.before)
    assert np.array_equal(copy.after, patch.after)
    assert np.array_equal(apply(before, copy), after)
    assert np.array_equal(revert(after, copy), before)


def test_the_box_is_as_small_as_the_change():
    patch = example_patch()
    assert (patch.top, patch.left, patch.height, patch.width) == (4, 5, 5, 12)
    assert patch.size_bytes == 2 * 5 * 12
    assert make_patch(empty_layer((3, 3)), empty_layer((3, 3))) is None


def test_only_the_dirty_rectangle_is_compared_where_one_is_given():
    before, after = empty_layer((20, 30)), empty_layer((20, 30))
    after[3, 4] = after[15, 20] = 1
    patch = make_patch(before, after, Rectangle(10, 10, 10, 20))
    assert patch is not None
    assert patch.rectangle == Rectangle(15, 20, 1, 1)


def test_the_arguments_are_left_alone():
    before, patch = empty_layer((20, 30)), example_patch()
    after = apply(before, patch)
    assert not before.any()
    revert(after, patch)
    assert after.any()


def test_a_patch_does_not_go_onto_another_state():
    patch, layer = example_patch(), empty_layer((20, 30))
    with pytest.raises(ValueError, match="belongs to another state"):
        revert(layer, patch)
    with pytest.raises(ValueError, match="does not lie on a layer of 8 x 8"):
        apply(empty_layer((8, 8)), patch)


def test_pixels_inside_the_box_that_did_not_change_are_free():
    before, after = empty_layer((5, 5)), empty_layer((5, 5))
    after[0, 0] = after[4, 4] = 1
    patch = make_patch(before, after)
    assert patch is not None
    other = empty_layer((5, 5))
    other[2, 2] = 2
    assert apply(other, patch)[2, 2] == 2


def test_what_is_no_layer_is_refused():
    with pytest.raises(ValueError, match="layers of one size"):
        make_patch(empty_layer((4, 4)), empty_layer((4, 5)))
    with pytest.raises(ValueError, match="values 0, 1 and 2, got 255"):
        make_patch(empty_layer((4, 4)), np.full((4, 4), 255, np.uint8))
    with pytest.raises(ValueError, match="uint8 HxW"):
        make_patch(np.zeros((4, 4)), np.ones((4, 4)))  # pyright: ignore[reportArgumentType]


def test_every_damaged_byte_and_every_truncation_is_noticed():
    data = to_bytes(example_patch())
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 0x41
        with pytest.raises(ValueError, match=r"patch"):
            from_bytes(bytes(damaged))
        with pytest.raises(ValueError, match=r"patch"):
            from_bytes(data[:position])


def test_a_newer_version_and_a_false_size_are_told():
    newer = b"CGMP\x02" + bytes(40)
    with pytest.raises(ValueError, match="version 2, this program reads version 1"):
        from_bytes(newer)
    header = struct.pack("<4sBIIII", b"CGMP", 1, 0, 0, 3, 3)
    body = zlib.compress(bytes(1000))
    forged = header + struct.pack("<I", zlib.crc32(body, zlib.crc32(header))) + body
    with pytest.raises(ValueError, match="3 x 3 pixels announced, 10 found"):
        from_bytes(forged)


def test_a_stroke_takes_few_bytes():
    after = empty_layer((1080, 1920))
    after[300:360, 200:1400] = 1
    patch = make_patch(empty_layer((1080, 1920)), after)
    assert patch is not None
    assert len(to_bytes(patch)) < 2000
