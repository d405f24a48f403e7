"""A job on two processes, as torchrun starts them: the same steps as on one, and one voice."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.finetune.run import run_finetune

MakeJob = Callable[..., Path]
Torchrun = Callable[..., subprocess.CompletedProcess[str]]


def test_two_processes_take_the_steps_of_one(make_job: MakeJob, torchrun: Torchrun) -> None:
    alone, together = make_job("alone", iterations=2), make_job("together", iterations=2)
    heard: list[dict[str, Any]] = []
    run_finetune(alone, heard.append)

    ended = torchrun("core.finetune", together)

    assert ended.returncode == 0, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["event"] for event in events].count("finished") == 1, "the first process alone speaks"
    assert events[-1]["outcome"] == "finished"
    steps = [[e["terms"] for e in run if e["event"] == "step"] for run in (heard, events)]
    assert len(steps[0]) == len(steps[1]) == 2
    for one, two in zip(*steps, strict=True):
        assert one == pytest.approx(two, rel=1e-3), "the second step shows what the first one changed"
