"""What a finetuning's process said, and how it ended, as one sentence. The process itself is in process.py."""

import contextlib
import json
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from core.finetune.control import Event
from core.finetune.job import JOB_NAME, STATE_NAME
from core.finetune.outcome import RESULT_NAME

LOG_NAME = "worker.log"
_LOG_LINES, _LOG_CHARACTERS = 3, 300
_WINDOWS_CRASH = 0xC0000000

EndKind = Literal["finished", "stopped early", "cancelled", "failed", "killed"]


@dataclass(frozen=True, slots=True)
class FinetuneEnding:
    """How a run ended. reason: one sentence for people. resumable: it can be started again where it was."""

    kind: EndKind
    reason: str
    resumable: bool


def event_of(line: bytes) -> Event | None:
    """The event in a line of the process; None for anything else."""
    try:
        event: Any = json.loads(line)
        return event if isinstance(event["event"], str) else None
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _memory_kills() -> int:
    """How many processes the system has ended for lack of memory so far; 0 where it does not tell."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


@dataclass(slots=True)
class Heard:
    """What matters of the events for how it ends. last: "finished" or "failed", empty before. memory_mib: last used.

    memory_kills: of the system, before the process began.
    """

    last: Event = field(default_factory=dict[str, Any])
    events: int = 0
    memory_mib: float | None = None
    memory_kills: int = field(default_factory=_memory_kills)

    def take(self, event: Event) -> bool:
        """Note an event; True when it is the last one."""
        self.events += 1
        memory: Any = event.get("memory_mib")
        if isinstance(memory, int | float):
            self.memory_mib = float(memory)
        if event["event"] not in ("finished", "failed"):
            return False
        self.last = event
        return True


def judge(folder: Path, heard: Heard, code: int, cancelled: bool) -> FinetuneEnding:
    """The one outcome of a process that has ended.

    Args:
        folder: of the job. code: exit code as of subprocess. cancelled: the parent had told it to.
    """
    kind, reason = _kind_and_reason(folder, heard, code, cancelled)
    done = kind in ("finished", "stopped early")
    return FinetuneEnding(kind, reason, not done and (folder / JOB_NAME).is_file())


def _kind_and_reason(folder: Path, heard: Heard, code: int, cancelled: bool) -> tuple[EndKind, str]:
    if heard.last.get("event") == "failed":
        return "failed", str(heard.last.get("reason") or _with_log(folder, "The finetuning failed"))
    if heard.last:
        outcome = heard.last.get("outcome")
        kind: EndKind = outcome if outcome in ("stopped early", "cancelled") else "finished"
        if kind != "cancelled" and not (folder / RESULT_NAME).is_file():
            return "failed", _with_log(folder, "The finetuning finished but left no result")
        return kind, str(heard.last.get("reason") or f"The finetuning: {kind}.")
    if cancelled:
        kept = (folder / STATE_NAME).is_file()
        return "cancelled", f"The finetuning was cancelled{'; it can be resumed' if kept else ''}."
    if code < 0 or code >= _WINDOWS_CRASH:
        return "killed", _death(folder, heard, code)
    when = "" if heard.events else " before it said anything"
    return "failed", _with_log(folder, f"The finetuning process ended{when} (exit code {code})")


def _death(folder: Path, heard: Heard, code: int) -> str:
    used = f" (it last used {heard.memory_mib:.0f} MiB)" if heard.memory_mib else ""
    name = signal.Signals(-code).name if -code in set(signal.Signals) else hex(code)
    if name == "SIGKILL" and _memory_kills() > heard.memory_kills:
        return f"The system ended the finetuning, most likely because memory ran out{used}: close other programs."
    if name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"):
        return f"The finetuning process was ended from outside by {name}{used}."
    return _with_log(folder, f"The finetuning process crashed with {name}")


def _with_log(folder: Path, sentence: str) -> str:
    """The sentence with the end of worker.log."""
    with contextlib.suppress(OSError):
        text = (folder / LOG_NAME).read_bytes()[-8192:].decode(errors="replace")
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        if lines:
            tail = " / ".join(lines[-_LOG_LINES:])[-_LOG_CHARACTERS:]
            return f"{sentence}; {LOG_NAME} ends with: {tail}"
    return f"{sentence}; {LOG_NAME} is empty."
