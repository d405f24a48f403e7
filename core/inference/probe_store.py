"""Results of runtime probes on disk, so that measuring costs once per model, size and machine. No measuring here."""

import hashlib
import json
import logging
import os
import platform
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from core.inference.probe import ProbeResult
from core.types import SizeHW

logger = logging.getLogger(__name__)

_KEPT = 128


@dataclass(frozen=True, slots=True)
class ProbeKey:
    """Everything that a measurement depends on.

    size_hw: network size. machine: see machine_name; with the GPU's name where one is used. threads: None is the
    runtime's own choice. candidates, versions: names of the runtimes, and the libraries behind them.
    """

    weights_sha256: str
    size_hw: SizeHW
    machine: str
    threads: int | None
    candidates: tuple[str, ...]
    versions: tuple[str, ...]


def load_probe(folder: Path, key: ProbeKey) -> ProbeResult | None:
    """What was measured before; None where nothing was, or where it cannot be read."""
    path = _path(folder, key)
    try:
        document = json.loads(path.read_bytes())
        milliseconds = tuple((str(name), float(value)) for name, value in document["milliseconds"])
        result = ProbeResult(str(document["choice"]), milliseconds)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s cannot be read (%s): the runtimes are measured again", path, error)
        return None
    return result if result.choice in key.candidates else None


def save_probe(folder: Path, key: ProbeKey, result: ProbeResult) -> None:
    """Keep a result; trouble is logged, since it costs only the time to measure again."""
    path = _path(folder, key)
    text = json.dumps({**asdict(result), "measured": asdict(key)}, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", encoding="utf-8", delete=False) as file:
            file.write(text)
        os.replace(file.name, path)
        for old in sorted(folder.glob("*.json"), key=lambda found: found.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("what was measured of the runtimes is not kept in %s: %s", folder, error)


def machine_name() -> str:
    """The processor by its name, and how many of it this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {usable} processors, {platform.system()} {platform.machine()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    # The flags tell apart what virtual machines give the same name: with and without bfloat16, say.
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    digest = hashlib.sha256(flags.encode()).hexdigest()[:8]
    return f"{names[0]} {digest}" if names else platform.processor() or platform.machine()


def _path(folder: Path, key: ProbeKey) -> Path:
    digest = hashlib.sha256(json.dumps(asdict(key), sort_keys=True).encode()).hexdigest()
    return folder / f"{digest[:32]}.json"
