"""A real job in its real process: it reaches the end through every kind of end before it, and harms nothing."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from small_job import SETTINGS, make_job, make_project

from core.finetune.job import STATE_NAME, read_job
from core.finetune.outcome import RESULT_NAME, read_report, read_result
from core.finetune.process import FinetuneEnding, FinetuneProcess
from core.project import Project
from core.registry import ModelRegistry
from core.training.state import load_state

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SECONDS = 200


class Watched:
    """A finetuning whose events are kept, and may trigger something."""

    def __init__(self, job: Path, when: str = "", act: str = "") -> None:
        self.events: list[dict[str, Any]] = []
        self._when, self._act = when, act
        self.process = FinetuneProcess.start(job, self._hear)

    def _hear(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if event["event"] == self._when:
            self._when = ""
            time.sleep(random.uniform(0, 0.2))
            process = self.process
            {"kill": lambda: psutil.Process(process.pid).kill(), "cancel": process.cancel, "": lambda: None}[
                self._act
            ]()

    def names(self) -> list[str]:
        return [event["event"] for event in self.events]

    def ending(self) -> FinetuneEnding:
        ending = self.process.wait(SECONDS)
        assert ending is not None
        assert not psutil.pid_exists(self.process.pid)
        return ending


def assert_whole(job: Path) -> None:
    """The project, the job and what a run leaves beside it can all be read."""
    read_job(job)
    with Project.open(job.parent / "work.cagdde") as project:
        assert project.check() == []
    if (job / STATE_NAME).exists():
        load_state(job / STATE_NAME)
    if (job / RESULT_NAME).exists():
        read_result(job)
    assert [record.trouble for record in ModelRegistry().models()] == [None]


def test_one_job_through_every_end_before_its_own(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    for moment in ("preparing", "step"):
        ending = Watched(job, moment, "kill").ending()
        assert (ending.kind, ending.resumable) == ("killed", True)
        assert "memory" in ending.reason or "SIGKILL" in ending.reason
        assert_whole(job)
    kill_the_parent_during_a_step(job)
    assert_whole(job)
    ending = Watched(job, "choosing", "cancel").ending()  # the steps are done and their state is written
    assert (ending.kind, ending.resumable) == ("cancelled", True)
    assert_whole(job)
    after = Watched(job, "reporting", "kill")
    assert after.ending().kind == "killed"
    assert "step" not in after.names()
    assert_whole(job)
    last = Watched(job)
    assert last.ending().kind == "finished"
    assert_whole(job)
    assert read_result(job).iterations == SETTINGS.iterations
    assert len(read_report(job).frames) == 2
    assert (last.names()[0], last.names()[-1]) == ("started", "finished")
    assert (job / "worker.log").read_text() == ""


def kill_the_parent_during_a_step(job: Path) -> None:
    """The child then ends by itself."""
    program = (
        "import sys, time; from pathlib import Path; from core.finetune.process import FinetuneProcess\n"
        "process = FinetuneProcess.start(Path(sys.argv[1]), lambda event: print(event['event'], flush=True))\n"
        "print(process.pid, flush=True); time.sleep(300)"
    )
    command = [sys.executable, "-c", program, str(job)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
        while "step" not in parent.stdout.readline():
            assert parent.poll() is None
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 40
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_pause_resume_and_stop_early(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    run = Watched(job)
    run.process.pause()
    deadline = time.monotonic() + 100
    while "paused" not in run.names():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    second = Watched(job).ending()
    assert second.kind == "failed"
    assert f"is being finetuned already by process {run.process.pid}" in second.reason
    run.process.resume()
    while "step" not in run.names():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    run.process.stop_early()
    ending = run.ending()
    assert (ending.kind, ending.resumable) == ("stopped early", False)
    result, report = read_result(job), read_report(job)
    assert result.outcome == "stopped early"
    assert result.iterations < SETTINGS.iterations
    assert result.reason == ending.reason
    assert report.result == result
    assert len(report.steps) == result.iterations
    assert len(report.frames) == 2
    progress = load_state(job / STATE_NAME)["progress"]
    looks = {point.iteration: point.j for point in report.selections}
    assert looks[progress["best_iteration"]] == progress["best_j"] == max(looks.values()), "the best is kept"
    assert "refit" not in run.names()
    assert [e for e in run.names() if e in ("paused", "resumed")] == ["paused", "resumed"]


def test_a_damaged_job_is_one_sentence(tmp_path: Path) -> None:
    make_project(tmp_path)
    job = tmp_path / "job"
    job.mkdir()
    (job / "job.json").write_text(json.dumps({"base": 3}))
    ending = Watched(job).ending()
    assert ending.kind == "failed"
    assert str(job / "job.json") in ending.reason
    assert len(ending.reason.splitlines()) == 1
