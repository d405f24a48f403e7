"""The progress of a finetuning on stderr: a moving bar on a terminal, plain lines elsewhere. No decisions here."""

from typing import Any

from core.cli.progress_bar import ProgressBar
from core.cli.terminal import time_left
from core.words import counted

_CANDIDATES = 5


class FinetuneProgress(ProgressBar):
    """Context manager; `event` takes the process's events from any thread, `samples` the preparation's counts."""

    def __init__(self) -> None:
        super().__init__()
        self._chosen = 0

    def samples(self, done: int, total: int) -> None:
        self.show("samples", done, total)

    def event(self, event: dict[str, Any]) -> None:
        """Show one event; what is not known is passed over."""
        match event:
            case {"event": "started", "device": device, "side": side, "batch": batch, "split": [*split]}:
                self.say(f"{device}, side {side}, batch {batch}")
                for sentence in split:
                    self.say(str(sentence))
            case {"event": "preparing", "done": int(done), "total": int(total)}:
                self.show("views", done, total)
            case {"event": "step", "training": str(training), "step": int(done), "steps": int(total)}:
                self.show("training" if training == "trial" else training, done, total, _step_text(event))
            case {"event": "selection", "iteration": int(done), "j": float(j)}:
                self.say(f"step {done}: J {j:.3f} on the frames that choose")
            case {"event": "oom", "batch": int(batch)}:
                self.say(
                    f"note: the memory did not suffice; going on with {counted(batch, 'sample')} at once."
                )
            case {"event": "refit"}:
                self.say("training again with the frames that chose the result")
            case {"event": "choosing"}:
                self._chosen += 1
                self.show("choosing", self._chosen, max(_CANDIDATES, self._chosen))
            case {"event": "reporting", "done": int(done), "total": int(total)}:
                self.show("report", done, total)
            case _:
                pass


def _step_text(event: dict[str, Any]) -> str:
    terms, memory, left = event.get("terms"), event.get("memory_mib"), event.get("seconds_left")
    parts: list[str] = []
    if isinstance(terms, dict) and "total" in terms:
        parts.append(f"objective {terms['total']:.2f}")
    if isinstance(memory, int | float):
        parts.append(f"{memory:.0f} MiB")
    if isinstance(left, int | float):
        parts.append(time_left(left))
    return "  ".join(parts)
