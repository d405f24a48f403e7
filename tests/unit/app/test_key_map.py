"""The map of keys without a window: spelling, conflicts, what files may hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QKeySequence

from app.catalogue import COMMANDS, GROUPS, Command
from app.key_sheet import balanced
from app.preferences.key_map import KeyMap, load_key_map
from app.preferences.key_names import normalise

ALL_KEYS = [key for command in COMMANDS for key in command.keys]


def fresh() -> KeyMap:
    return load_key_map(COMMANDS, {})[0]


@pytest.mark.parametrize("key", ALL_KEYS)
def test_keys_are_spelt_as_qt_spells_them(key: str) -> None:
    assert normalise(key) == QKeySequence(key).toString()


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("shift+ctrl+f", "Ctrl+Shift+F"),
        ("Control++", "Ctrl++"),
        ("+", "+"),
        ("delete", "Del"),
        (" alt + 1 ", "Alt+1"),
        ("ö", "Ö"),
        ("", None),
        ("Ctrl+", None),
        ("Ctrl+Ctrl+F", None),
        ("Hyper+F", None),
        ("F99", None),
        ("Ctrl+K, Ctrl+C", None),
        ("two", None),
    ],
)
def test_one_spelling_for_a_key(text: str, known: str | None) -> None:
    assert normalise(text) == known


def test_no_default_key_belongs_to_two_commands() -> None:
    keys = [key for command in COMMANDS for key in fresh().keys(command.name)]
    assert len(keys) == len(set(keys))


def test_every_default_key_could_be_chosen_by_hand() -> None:
    key_map = fresh()
    for command in COMMANDS:
        assert key_map.set(command.name, command.keys) is None
    assert key_map.own == {}


def test_commands_are_well_formed() -> None:
    from app.actions import Actions

    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names))
    for command in COMMANDS:
        assert command.group in GROUPS, command
        # Otherwise the attribute would be another one.
        assert not hasattr(Actions, command.name), command


def test_a_key_that_another_command_has_is_refused_by_its_name() -> None:
    key_map = fresh()
    refusal = key_map.set("brush", ["ctrl+f"])
    assert refusal is not None
    assert refusal.sentence == (
        "Ctrl+F belongs to Propagate forward: choose another key or free that one first."
    )
    assert (refusal.owner, refusal.key) == ("propagate_forward", "Ctrl+F")
    assert key_map.keys("brush") == ("B",)
    key_map.free("Ctrl+F")
    assert key_map.keys("propagate_forward") == ()
    assert key_map.set("brush", ["ctrl+f"]) is None
    assert key_map.stored() == {"propagate_forward": [], "brush": ["Ctrl+F"]}


@pytest.mark.parametrize(
    ("name", "key", "part"),
    [
        ("brush", "Esc", "Esc always"),
        ("brush", "Up", "lists and sliders"),
        ("brush", "Space", "presses the button"),
        ("brush", "Tab", "next control"),
        ("brush", "Alt+F", "opens a menu"),
        ("play", "Ctrl+U", "a single key"),
        ("brush", "Ctrl+", "is no key"),
    ],
)
def test_keys_with_another_use_are_refused(name: str, key: str, part: str) -> None:
    refusal = fresh().set(name, [key])
    assert refusal is not None
    assert part in refusal.sentence
    assert refusal.owner == ""


def test_a_default_that_was_given_away_is_not_taken_back_silently() -> None:
    key_map = fresh()
    key_map.free("B")
    key_map.set("wand", ["B"])
    refusal = key_map.reset("brush")
    assert refusal is not None
    assert refusal.owner == "wand"
    key_map.reset_all()
    assert key_map.keys("brush") == ("B",)
    assert key_map.keys("wand") == ("W",)


def test_keys_may_be_exchanged_in_the_file() -> None:
    key_map, notice = load_key_map(COMMANDS, {"brush": ["E"], "eraser": ["B"]})
    assert notice is None
    assert key_map.keys("brush") == ("E",)
    assert key_map.keys("eraser") == ("B",)


def test_what_cannot_be_used_is_ignored_told_and_kept() -> None:
    stored: dict[str, Any] = {
        "brush": ["Ctrl+F"],  # belongs to another
        "hologram": ["J"],  # of a newer version
        "wand": "Q",
        "fill": ["Hyper+Q"],
        "eraser": ["Q"],
    }
    key_map, notice = load_key_map(COMMANDS, stored)
    assert notice is not None
    assert "and others" in notice
    assert key_map.keys("brush") == ("B",)
    assert key_map.keys("wand") == ("W",)
    assert key_map.keys("fill") == ("F",)
    assert key_map.keys("eraser") == ("Q",)
    assert key_map.stored() == stored
    assert key_map.set("brush", ["Y"]) is None
    assert key_map.stored() == stored | {"brush": ["Y"]}


@pytest.mark.parametrize("stored", [None, [], 5, "B"])
def test_a_key_map_that_is_none_is_told(stored: object) -> None:
    key_map, notice = load_key_map(COMMANDS, stored)
    assert key_map.keys("brush") == ("B",)
    assert notice is not None


names = st.sampled_from([command.name for command in COMMANDS])
some_keys = st.sampled_from([*ALL_KEYS, "Q", "Ctrl+J", "Esc", "Hyper+1"])


@given(st.dictionaries(names, st.lists(some_keys, max_size=3)), st.lists(st.tuples(names, some_keys)))
def test_whatever_is_asked_for_no_key_has_two_commands(
    stored: dict[str, list[str]], asked: list[tuple[str, str]]
) -> None:
    key_map, _ = load_key_map(COMMANDS, stored)
    for name, key in asked:
        key_map.set(name, [key])
    keys = [key for command in COMMANDS for key in key_map.keys(command.name)]
    assert len(keys) == len(set(keys))
    again, _ = load_key_map(COMMANDS, key_map.stored())
    assert again.own.items() >= key_map.own.items()


def test_columns_are_balanced_in_order() -> None:
    assert balanced({"a": 5, "b": 5, "c": 9, "d": 3}, 2) == [["a", "b"], ["c", "d"]]
    assert balanced({"a": 5}, 3) == [["a"]]
    assert balanced({}, 3) == []


def test_plain_words_have_no_marks_of_a_menu() -> None:
    assert Command("a", "Save &as…").plain_words == "Save as"
