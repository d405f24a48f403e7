"""What a run is told while it goes on: pause, stop early, cancel. How the words arrive is the caller's."""

import time
from collections.abc import Callable
from typing import Any, Literal, Protocol

from core.errors import Cancelled

Command = Literal["go", "pause", "stop", "cancel"]
Event = dict[str, Any]
_POLL_SECONDS = 0.1


class Control(Protocol):
    """Asked between steps; answers with the latest command, `pause` until it is taken back."""

    def command(self) -> Command: ...


class Uncontrolled:
    """Nobody interferes."""

    def command(self) -> Command:
        return "go"


class Attention:
    """Asks a control at every step and waits through a pause.

    paused_seconds: spent waiting so far. stopped: "stop" was heard.
    """

    def __init__(self, control: Control, emit: Callable[[Event], None]) -> None:
        self._control, self._emit = control, emit
        self.paused_seconds = 0.0
        self.stopped = False

    def ask(self, on_pause: Callable[[], None] = lambda: None) -> bool:
        """Whether to go on; False once it was told to stop early.

        Args:
            on_pause: called before waiting, to write the state down.

        Raises:
            Cancelled: it was told to cancel.
        """
        command = self._control.command()
        if command == "pause":
            on_pause()
            command = self._wait()
        if command == "cancel":
            raise Cancelled("The finetuning was cancelled; the old model is unchanged.")
        self.stopped = self.stopped or command == "stop"
        return not self.stopped

    def _wait(self) -> Command:
        self._emit({"event": "paused"})
        started = time.monotonic()
        while (command := self._control.command()) == "pause":
            time.sleep(_POLL_SECONDS)
        self.paused_seconds += time.monotonic() - started
        self._emit({"event": "resumed"})
        return command
