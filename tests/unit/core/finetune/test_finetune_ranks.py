"""A job on two processes: the same weights as on one, and one voice."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.finetune.run import run_finetune

MakeJob = Callable[..., Path]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(folder: Path, rank: int, port: int, repository: Path) -> subprocess.Popen[str]:
    """What torchrun starts, in its environment; torchrun itself costs a third process."""
    names = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "MASTER_PORT": port}
    environment = {**os.environ, "MASTER_ADDR": "127.0.0.1", **{k: str(v) for k, v in names.items()}}
    command = [sys.executable, "-m", "core.finetune", str(folder)]
    return subprocess.Popen(command, cwd=repository, env=environment, stdout=subprocess.PIPE, text=True)


def test_two_processes_give_the_weights_of_one(make_job: MakeJob, repository: Path) -> None:
    alone, together = make_job("alone", iterations=2), make_job("together", iterations=2)
    heard: list[dict[str, Any]] = []
    run_finetune(alone, heard.append)
    port = free_port()
    processes = [start(together, rank, port, repository) for rank in (0, 1)]
    outputs = [process.communicate(timeout=100)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    events = [json.loads(line) for line in outputs[0].splitlines()]
    assert events[-1]["outcome"] == "finished"
    assert not outputs[1].strip(), "the first process alone speaks"
    steps = [[e["terms"] for e in run if e["event"] == "step"] for run in (heard, events)]
    assert len(steps[0]) == len(steps[1]) == 2
    for one, two in zip(*steps, strict=True):
        assert one == pytest.approx(two, rel=1e-3), "the second step shows what the first one changed"
