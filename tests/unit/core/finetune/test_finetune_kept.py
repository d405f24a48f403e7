"""What a run keeps on the disk to go on from: made views, and what it has told."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from core.datasets.transform import Example
from core.finetune.control import Event
from core.finetune.distil import Taught
from core.finetune.event_log import EVENTS_NAME, EventLog, past_events
from core.finetune.view_store import VIEWS_NAME, ViewStore
from core.finetune.views import View


def view(seed: int, taught: bool) -> View:
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, 256, (2, 8, 8, 3), np.uint8)
    truth = rng.integers(0, 2, (8, 8)).astype(np.float32)
    soft = rng.random((8, 8), np.float32)
    features = [torch.rand(2, 3, 4, 4).to(torch.bfloat16), torch.rand(2, 3, 2, 2)]
    sides = (torch.rand(2, 4, 4), torch.rand(2, 2, 2))
    known = Taught(torch.rand(1, 8, 8), sides, torch.rand(5, 2)) if taught else None
    return View(Example(pictures[0], pictures[1], truth, soft, truth, 0.5), features, known)


def assert_same(one: View, two: View) -> None:
    for name in ("rgb", "flow", "ground_truth", "rgb_side", "valid"):
        a, b = getattr(one.example, name), getattr(two.example, name)
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)
    assert one.example.weight == two.example.weight
    assert one.features is not None
    assert two.features is not None
    pairs = list(zip(one.features, two.features, strict=True))
    assert (one.taught is None) == (two.taught is None)
    if one.taught is not None and two.taught is not None:
        pairs += [(one.taught.final, two.taught.final), (one.taught.scores, two.taught.scores)]
        pairs += list(zip(one.taught.sides, two.taught.sides, strict=True))
    for a, b in pairs:
        assert a.dtype == b.dtype
        assert torch.equal(a, b)


@pytest.mark.parametrize("taught", [False, True])
def test_a_view_comes_back_as_it_was(tmp_path: Path, taught: bool) -> None:
    made = view(1, taught)
    ViewStore(tmp_path, "job").put("train-0", made)
    back = ViewStore(tmp_path, "job").get("train-0")
    assert back is not None
    assert_same(made, back)


def test_a_missing_foreign_or_damaged_view_is_made_again(tmp_path: Path) -> None:
    store = ViewStore(tmp_path, "job")
    store.put("train-0", view(1, False))
    assert store.get("train-1") is None
    assert ViewStore(tmp_path, "another").get("train-0") is None
    (file,) = (tmp_path / VIEWS_NAME).iterdir()
    whole = file.read_bytes()
    for damaged in (b"", whole[:100], whole[:-200] + b"x" + whole[-199:]):
        file.write_bytes(damaged)
        assert store.get("train-0") is None
    store.clear()
    assert list(tmp_path.iterdir()) == []


def test_without_room_no_view_is_kept_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.finetune.view_store._free_bytes", lambda folder: 100.0)
    ViewStore(tmp_path, "job").put("train-0", view(1, False))
    assert list(tmp_path.iterdir()) == []
    ViewStore(tmp_path / "gone", "job").put("train-0", view(1, False))


def test_what_was_told_is_known_later_and_what_was_told_again_counts_once(tmp_path: Path) -> None:
    heard: list[Event] = []
    log = EventLog(tmp_path, heard.append)
    log.take({"event": "started"})
    log.take({"event": "preparing", "done": 1, "total": 2})
    for iteration in (1, 2, 3):
        log.take({"event": "step", "iteration": iteration, "rate": 0.1})
    with (tmp_path / EVENTS_NAME).open("ab") as file:
        file.write(b'{"event": "step", "iter')  # killed there
    again = EventLog(tmp_path, heard.append)
    again.take({"event": "selection", "iteration": 2, "j": 0.5})
    again.take({"event": "step", "iteration": 2, "rate": 0.2})
    assert len(heard) == 7
    told = [(event["event"], event.get("iteration"), event.get("rate")) for event in past_events(tmp_path)]
    assert told == [("started", None, None), ("step", 1, 0.1), ("selection", 2, None), ("step", 2, 0.2)]
    assert past_events(tmp_path / "gone") == []
    for line in (tmp_path / EVENTS_NAME).read_text().splitlines()[:4]:
        json.loads(line)
