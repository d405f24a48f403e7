"""`cagdde-studio --self-test`: the work of a person done once in the real window, with nothing of the person's touched.

Opens the sample, predicts, converts the model, paints, saves, opens again, accepts and finetunes three steps.
"""

import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.self_test_steps import SelfTest, SelfTestFailure
from core.bench.own_folders import use_own_folders
from core.errors import StudioError


def run_self_test() -> int:
    """Go through all steps, a line of stdout for each. Returns the exit code: 0 all passed, 1 one failed."""
    with tempfile.TemporaryDirectory(prefix="cagdde-self-test-", ignore_cleanup_errors=True) as name:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # On a busy machine threads wait for one another longer than they compute.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        use_own_folders(Path(name))
        application = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(application, QApplication)
        test = SelfTest(application, Path(name))
        began = time.monotonic()
        try:
            for step in test.steps:
                _run_step(step)
        except SelfTestFailure as failure:
            print(f"cagdde-studio: the self-test failed: {failure}", file=sys.stderr, flush=True)
            return 1
        finally:
            test.end()
        print(f"The self-test passed in {time.monotonic() - began:.1f} s.", flush=True)
        return 0


def _run_step(step: Callable[[], str]) -> None:
    """Raises: SelfTestFailure: naming the step, whatever went wrong in it."""
    began = time.monotonic()
    name = step.__name__.replace("_", " ")
    try:
        detail = step()
    except (SelfTestFailure, StudioError) as failure:
        raise SelfTestFailure(f"{name}: {failure}") from failure
    except Exception as error:
        traceback.print_exc()
        raise SelfTestFailure(f"{name}: {type(error).__name__}: {error}") from error
    print(f"ok  {name:<22} {time.monotonic() - began:6.1f} s  {detail}", flush=True)
