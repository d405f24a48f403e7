"""What tests of several parts of core share."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def torchrun(repository: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Starts a module on two processors, which meet without a fixed port."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
        return subprocess.run(
            [sys.executable, *command, *map(str, arguments)],
            cwd=repository,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    return run
