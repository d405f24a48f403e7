"""Measuring runtimes: who is asked how often, who wins, who is left out, and what is remembered of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import DeviceError
from core.inference.probe import Candidate, ProbeResult, ProbingRuntime
from core.inference.probe_store import ProbeKey, load_probe, machine_name, save_probe
from core.inference.runtime import BatchU8, RuntimeOutput

BATCH = np.zeros((1, 8, 8, 3), np.uint8)
KEY = ProbeKey("ab" * 32, (240, 432), machine_name(), None, ("openvino", "torch"), ("torch 1", "openvino 2"))


class Clock:
    """Time that passes only while a runtime works."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Timed:
    """A runtime that takes so many milliseconds, the first time more."""

    def __init__(self, name: str, clock: Clock, milliseconds: float, first: float) -> None:
        self.device_name, self.precision = name, "float32"
        self.runs = 0
        self._clock, self._milliseconds, self._first = clock, milliseconds, first

    def __call__(self, rgb_batch: BatchU8, flow_batch: BatchU8) -> RuntimeOutput:
        self._clock.seconds += (self._milliseconds if self.runs else self._first) * len(rgb_batch) / 1000
        self.runs += 1
        empty = np.zeros((len(rgb_batch), 5, 2), np.float32)
        return RuntimeOutput(rgb_batch[..., 0], empty, empty.astype(np.uint8))


class Race:
    """Candidates of given speeds, and what came of them."""

    def __init__(self, **milliseconds: tuple[float, float]) -> None:
        clock = Clock()
        self.runtimes = {name: Timed(name, clock, *times) for name, times in milliseconds.items()}
        self.results: list[ProbeResult] = []
        self.refused: list[tuple[str, str]] = []
        self._makers: dict[str, Callable[[], Timed]] = {
            name: (lambda runtime=runtime: runtime) for name, runtime in self.runtimes.items()
        }
        self._clock = clock

    def refuse(self, name: str, error: Exception) -> None:
        """This candidate cannot be made."""

        def fail() -> Timed:
            raise error

        self._makers[name] = fail

    def start(self) -> ProbingRuntime:
        candidates = [Candidate(name, make) for name, make in self._makers.items()]
        return ProbingRuntime(
            candidates,
            self.results.append,
            lambda name, error: self.refused.append((name, str(error))),
            self._clock,
        )

    def runs(self) -> dict[str, int]:
        return {name: runtime.runs for name, runtime in self.runtimes.items()}


def run(probe: ProbingRuntime, frames: int) -> list[str]:
    """Who ran each of these frames."""
    devices: list[str] = []
    for _ in range(frames):
        probe(BATCH, BATCH)
        devices.append(probe.device_name)
    return devices


def test_the_favourite_has_the_first_frames_and_the_hopeless_one_frame_only() -> None:
    race = Race(quick=(20, 60), slow=(100, 150))
    probe = race.start()
    assert run(probe, 2) == ["quick", "quick"]
    assert run(probe, 4) == ["quick"] * 4
    assert race.runs() == {"quick": 5, "slow": 1}
    assert race.results == [ProbeResult("quick", (("quick", 20.0), ("slow", 150.0)))]


def test_those_that_are_close_are_measured_in_turn_and_the_quickest_stays() -> None:
    race = Race(expected=(30, 40), better=(25, 45))
    probe = race.start()
    order = run(probe, 12)
    assert order[:2] == ["expected", "expected"]
    assert race.results == [ProbeResult("better", (("expected", 30.0), ("better", 25.0)))]
    assert order[8:] == ["better"] * 4
    assert probe.result is race.results[0]
    assert race.runs()["expected"] == 4


def test_a_batch_counts_by_its_frames() -> None:
    race = Race(quick=(20, 20), slow=(100, 100))
    probe = race.start()
    four = np.zeros((4, 8, 8, 3), np.uint8)
    while probe.result is None:
        probe(four, four)
    assert dict(probe.result.milliseconds)["quick"] == 20.0


def test_one_that_fails_is_left_out_and_said_and_the_frame_is_run_by_another() -> None:
    race = Race(broken=(1, 1), working=(50, 50))
    race.refuse("broken", ImportError("no such library"))
    probe = race.start()
    assert run(probe, 3) == ["working"] * 3
    assert race.refused == [("broken", "no such library")]
    assert probe.result is not None
    assert probe.result.choice == "working"


def test_where_all_fail_the_last_reason_is_told() -> None:
    race = Race(one=(1, 1), other=(1, 1))
    race.refuse("one", RuntimeError("no instruction set"))
    race.refuse("other", RuntimeError("no memory"))
    with pytest.raises(DeviceError, match="No runtime can run the model: no memory"):
        run(race.start(), 1)


def test_results_are_kept_for_exactly_what_they_were_measured_with(tmp_path: Path) -> None:
    result = ProbeResult("openvino", (("openvino", 23.4), ("torch", 90.0)))
    assert load_probe(tmp_path, KEY) is None
    save_probe(tmp_path, KEY, result)
    assert load_probe(tmp_path, KEY) == result
    others = (
        replace(KEY, weights_sha256="cd" * 32),
        replace(KEY, size_hw=(240, 320)),
        replace(KEY, machine="another"),
        replace(KEY, threads=1),
        replace(KEY, candidates=("torch",)),
        replace(KEY, versions=("torch 2", "openvino 2")),
    )
    assert [load_probe(tmp_path, other) for other in others] == [None] * len(others)


@pytest.mark.parametrize("text", ["", "{}", '{"choice": "gone", "milliseconds": []}', '{"choice": 3}', "[1]"])
def test_a_damaged_result_is_measured_again(tmp_path: Path, text: str) -> None:
    save_probe(tmp_path, KEY, ProbeResult("torch", ()))
    (stored,) = tmp_path.glob("*.json")
    stored.write_text(text)
    assert load_probe(tmp_path, KEY) is None


def test_a_folder_that_cannot_be_written_loses_only_the_result(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    save_probe(in_the_way / "runtimes", KEY, ProbeResult("torch", ()))
    assert load_probe(in_the_way / "runtimes", KEY) is None
