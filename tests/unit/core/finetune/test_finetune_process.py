"""The parent's side of the finetuning process: events, commands, and one outcome for every ending."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.errors import StudioError
from core.finetune.process import FinetuneEnding, FinetuneProcess, worker_command
from core.finetune.worker import CommandLines, reason_of

SCRIPT = Path(__file__).with_name("scripted_worker.py")
Start = Callable[[str], FinetuneProcess]


@pytest.fixture
def events() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def endings() -> list[FinetuneEnding]:
    return []


@pytest.fixture
def start(tmp_path: Path, events: list[dict[str, Any]], endings: list[FinetuneEnding]) -> Iterator[Start]:
    """Starts the script; whatever still runs at the end is killed."""
    (tmp_path / "job.json").write_text("{}")
    started: list[FinetuneProcess] = []

    def start(how: str) -> FinetuneProcess:
        command = [sys.executable, str(SCRIPT), how, str(tmp_path)]
        started.append(FinetuneProcess.start(tmp_path, events.append, endings.append, command))
        return started[-1]

    yield start
    for process in started:
        process.cancel(0)
        assert process.wait(20) is not None
        assert not psutil.pid_exists(process.pid)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ended(process: FinetuneProcess) -> FinetuneEnding:
    ending = process.wait(20)
    assert ending is not None
    return ending


def test_events_arrive_in_order_and_the_end_after_them(
    start: Start, events: list[dict[str, Any]], endings: list[FinetuneEnding]
) -> None:
    ending = ended(start("well"))
    assert ending == FinetuneEnding("finished", "The new model is better.", False)
    assert endings == [ending]
    assert [event["event"] for event in events] == ["started", "finished"]


def test_commands_reach_the_child(start: Start, events: list[dict[str, Any]]) -> None:
    process = start("echo")
    process.pause()
    process.resume()
    process.stop_early()
    assert ended(process).kind == "stopped early"
    assert [event["word"] for event in events if event["event"] == "heard"] == ["pause", "resume", "stop"]
    process.pause()  # nobody is there any more
    process.cancel()


@pytest.mark.parametrize("how", ["hangs", "echo"])
def test_cancelling_takes_less_than_a_second_or_so(
    start: Start, how: str, events: list[dict[str, Any]]
) -> None:
    process = start(how)
    wait_for(lambda: bool(events))
    began = time.monotonic()
    process.cancel()
    assert time.monotonic() - began < 0.5
    ending = ended(process)
    assert time.monotonic() - began < 5  # 0.7 s on a machine that is not busy
    assert (ending.kind, ending.resumable) == ("cancelled", True)


def test_a_failure_is_told_as_the_child_told_it(start: Start) -> None:
    assert ended(start("failed")) == FinetuneEnding("failed", "The disk is full; free some space.", True)


def test_garbage_is_a_failure_with_the_last_lines(start: Start, tmp_path: Path) -> None:
    ending = ended(start("garbage"))
    assert ending.kind == "failed"
    assert ending.reason.startswith("The finetuning process ended before it said anything (exit code 0)")
    assert ending.reason.endswith('{"no": "event"} / last words')
    assert len(ending.reason) < 500
    assert len(ending.reason.splitlines()) == 1
    assert (tmp_path / "worker.log").stat().st_size > 3_000_000


def test_death_before_the_first_line(start: Start) -> None:
    assert ended(start("silent death")).reason == (
        "The finetuning process ended before it said anything (exit code 3); worker.log is empty."
    )
    assert ended(start("broken import")).reason.endswith(
        "worker.log ends with: Traceback: no module called torch"
    )


def test_finished_without_a_result_is_a_failure(start: Start) -> None:
    ending = ended(start("no result"))
    assert ending.kind == "failed"
    assert "left no result" in ending.reason


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_signals_are_named(start: Start, events: list[dict[str, Any]]) -> None:
    assert "crashed with SIGSEGV" in ended(start("crash")).reason
    process = start("hangs")
    events.clear()
    wait_for(lambda: bool(events))
    os.kill(process.pid, signal.SIGKILL)
    ending = ended(process)
    assert (ending.kind, ending.resumable) == ("killed", True)
    assert "SIGKILL" in ending.reason or "memory ran out" in ending.reason


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are used elsewhere alone")
def test_what_the_child_started_ends_with_it(start: Start, events: list[dict[str, Any]]) -> None:
    assert ended(start("grandchild")).kind == "finished"
    (pid,) = [event["pid"] for event in events if event["event"] == "grandchild"]
    wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_a_listener_that_fails_does_not_stop_the_child(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def listener(event: dict[str, Any]) -> None:
        raise ValueError("a bug")

    command = [sys.executable, str(SCRIPT), "well", str(tmp_path)]
    process = FinetuneProcess.start(tmp_path, listener, command=command)
    assert ended(process).kind == "finished"
    assert "handling the event started" in caplog.text


def test_what_cannot_be_started_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="cannot be started"):
        FinetuneProcess.start(tmp_path, print, command=[str(tmp_path / "nothing")])
    with pytest.raises(StudioError, match=r"worker\.log cannot be written"):
        FinetuneProcess.start(tmp_path / "gone", print)


def test_the_worker_of_a_frozen_program_is_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert worker_command(tmp_path)[-3:] == ["-m", "core.finetune.worker", str(tmp_path / "job.json")]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command(tmp_path) == [sys.executable, "--finetune-worker", str(tmp_path / "job.json")]


def test_a_job_that_is_not_there_is_one_sentence(tmp_path: Path, events: list[dict[str, Any]]) -> None:
    ending = ended(FinetuneProcess.start(tmp_path, events.append))
    assert ending.kind == "failed"
    assert "job.json" in ending.reason
    assert not ending.resumable
    assert [event["event"] for event in events] == ["failed"]


def test_stop_and_cancel_are_not_taken_back() -> None:
    commands = CommandLines()
    heard: list[str] = []
    for word in ("pause", "nonsense", "resume", "pause", "stop", "resume", "pause", "cancel", "stop"):
        commands.obey(word)
        heard.append(commands.command())
    assert heard == ["pause", "pause", "go", "pause", "stop", "stop", "stop", "cancel", "cancel"]


def test_exceptions_become_one_sentence() -> None:
    assert reason_of(StudioError("The disk is full.")) == "The disk is full."
    memory = RuntimeError(
        "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried"
    )
    for error in (MemoryError(), memory):
        assert reason_of(error).startswith("The memory ran out: ")
    unexpected = reason_of(ValueError("line one\nline two"))
    assert "(ValueError: line one line two); worker.log" in unexpected


@pytest.mark.parametrize("entry", ["core.cli", "app.main"])
def test_both_programs_are_the_worker_too(tmp_path: Path, entry: str, repository: Path) -> None:
    """As they are when frozen; the window's program must not load Qt for it."""
    program = (
        f"import sys, {entry} as entry; sys.argv[1:] = ['--finetune-worker', sys.argv[1]]\n"
        "try: code = entry.main()\n"
        "except SystemExit as end: code = end.code\n"
        "assert 'PySide6' not in sys.modules; sys.exit(code)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "job.json")]
    read, write = os.pipe()  # open while it runs: the worker of a parent that is gone ends after a while
    try:
        done = subprocess.run(
            command, cwd=repository, stdin=read, capture_output=True, timeout=100, check=False
        )
    finally:
        os.close(read)
        os.close(write)
    assert done.returncode == 1
    assert b'"event": "failed"' in done.stdout
    assert b"job.json" in done.stdout
