"""Which of several runtimes is the quickest, measured on frames that are wanted anyway. No knowledge of any runtime."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import DeviceError
from core.inference.runtime import BatchU8, Runtime, RuntimeOutput

_ROUNDS = 3
_HOPELESS = 2.0
"""So many times the best so far, and a candidate is not asked a second time."""

REFUSALS = (ImportError, DeviceError, RuntimeError)
"""What a runtime raises that cannot run here; torch and OpenVINO say most things with a RuntimeError."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A runtime that could run the model. make: builds it, and raises one of REFUSALS where it cannot."""

    name: str
    make: Callable[[], Runtime]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """choice: the quickest candidate. milliseconds: a frame of each one that ran, in the order of trying."""

    choice: str
    milliseconds: tuple[tuple[str, float], ...]


class ProbingRuntime:
    """See Runtime. Runs each batch on one of its candidates until the quickest is known, then on that one alone.

    Nothing is computed twice. The first candidate has the first frames; each other one has at least one, and only
    those that come near the best are measured in turn: a candidate's first frame counts only to rule it out.

    Args:
        candidates: the one expected to be the quickest first.
        on_decided: gets the result, once. on_refused: gets a candidate's name and why it is out.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        on_decided: Callable[[ProbeResult], None],
        on_refused: Callable[[str, Exception], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._waiting = {candidate.name: candidate for candidate in candidates}
        self._order = [candidate.name for candidate in candidates]
        self._runtimes: dict[str, Runtime] = {}
        self._times: dict[str, list[float]] = {name: [] for name in self._order}
        self._on_decided, self._on_refused, self._clock = on_decided, on_refused, clock
        self._in_use: Runtime | None = None
        self.result: ProbeResult | None = None

    @property
    def device_name(self) -> str:
        """Of the candidate that ran last."""
        return self._in_use.device_name if self._in_use is not None else "cpu"

    @property
    def precision(self) -> str:
        """Of the candidate that ran last; empty before the first frame."""
        return self._in_use.precision if self._in_use is not None else ""

    def __call__(self, rgb_batch: BatchU8, flow_batch: BatchU8) -> RuntimeOutput:
        """Raises what the last candidate left raises."""
        if self.result is not None and self._in_use is not None:
            return self._in_use(rgb_batch, flow_batch)
        while True:
            name = self._next()
            try:
                runtime = self._made(name)
                begun = self._clock()
                output = runtime(rgb_batch, flow_batch)
            except REFUSALS as error:
                self._refuse(name, error)
                continue
            self._in_use = runtime
            self._note(name, (self._clock() - begun) * 1000 / len(rgb_batch))
            return output

    def _next(self) -> str:
        """The favourite until it is measured once, then whoever has had the fewest turns."""
        left = [name for name in self._order if name in self._waiting]
        if len(self._times[left[0]]) < 2:
            return left[0]
        return min(left, key=lambda name: len(self._times[name]))

    def _made(self, name: str) -> Runtime:
        if name not in self._runtimes:
            self._runtimes[name] = self._waiting[name].make()
        return self._runtimes[name]

    def _refuse(self, name: str, error: Exception) -> None:
        if len(self._waiting) == 1:
            raise (
                error
                if isinstance(error, DeviceError)
                else DeviceError(f"No runtime can run the model: {error}")
            )
        self._drop(name)
        self._times[name].clear()
        self._on_refused(name, error)
        self._decide_if_clear()

    def _drop(self, name: str) -> None:
        del self._waiting[name]
        self._runtimes.pop(name, None)

    def _note(self, name: str, milliseconds: float) -> None:
        times = self._times[name]
        times.append(milliseconds)
        others = [_typical(self._times[other]) for other in self._waiting if other != name]
        if len(times) == 1 and any(milliseconds > _HOPELESS * other for other in others):
            self._drop(name)
        self._decide_if_clear()

    def _decide_if_clear(self) -> None:
        left = list(self._waiting)
        if self.result is not None or (
            len(left) > 1 and any(len(self._times[name]) <= _ROUNDS for name in left)
        ):
            return
        choice = min(left, key=lambda name: _typical(self._times[name]))
        tried = tuple(
            (name, round(_typical(self._times[name]), 2)) for name in self._order if self._times[name]
        )
        self.result = ProbeResult(choice, tried)
        self._in_use = self._runtimes.get(choice, self._in_use)
        self._runtimes = {choice: self._in_use} if self._in_use is not None else {}
        self._on_decided(self.result)


def _typical(times: Sequence[float]) -> float:
    """Median without the first one, in which everything is set up; that one where there is no other."""
    return statistics.median(times[1:] or times) if times else float("inf")
