"""Runs one measurement in a fresh process: its peak memory is its own, and its crash is a sentence."""

import multiprocessing
import platform
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

from core.bench.own_folders import use_own_folders
from core.errors import StudioError

T = TypeVar("T")
LIMIT_SECONDS = 1200.0
_GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """value: what the function returned. peak_mib: largest resident size of the process."""

    value: T
    peak_mib: float


def run_alone(folder: Path, function: Callable[..., T], *arguments: Any) -> Outcome[T]:
    """Call a function of a module in a process of its own, whose caches are below a folder.

    Args:
        function, arguments: can be pickled, like what the function returns.

    Raises:
        StudioError: what the function raised, as a sentence, or how the process ended.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, folder, function, arguments), daemon=True)
    try:
        process.start()
        theirs.close()
        if not ours.poll(LIMIT_SECONDS):
            raise StudioError(f"It took longer than {LIMIT_SECONDS:.0f} s and was ended.")
        value, peak_mib, failure = ours.recv()
        process.join(_GRACE_SECONDS)
    except EOFError as error:
        process.join(_GRACE_SECONDS)
        raise StudioError(f"The process ended with code {process.exitcode} and no result.") from error
    finally:
        ours.close()
        if process.is_alive():
            process.kill()
            process.join()
    if failure:
        raise StudioError(failure)
    return Outcome(value, peak_mib)


def _work(pipe: Connection, folder: Path, function: Callable[..., T], arguments: tuple[Any, ...]) -> None:
    """In the process."""
    use_own_folders(folder)
    value: T | None = None
    failure = ""
    try:
        value = function(*arguments)
    except StudioError as error:
        failure = str(error)
    except KeyboardInterrupt:  # of the terminal, which the parent has heard too
        return
    except Exception as error:  # noqa: BLE001  one measurement that fails is not the end of the others
        traceback.print_exc()
        failure = f"It failed: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
    pipe.send((value, peak_mib(), failure))
    pipe.close()


def peak_mib() -> float:
    """Largest resident size of this process so far, MiB."""
    try:
        # Not getrusage: that counts the process which this one was started from, too.
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return _peak_mib_elsewhere()


def _peak_mib_elsewhere() -> float:
    import psutil

    memory: Any = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):
        return memory.peak_wset / 2**20
    import resource

    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
