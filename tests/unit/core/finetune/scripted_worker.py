"""A process that speaks the finetuning protocol and ends as it is told: `python scripted_worker.py HOW FOLDER`."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def emit(**event: object) -> None:
    print(json.dumps({"time": time.time(), **event}), flush=True)


def main(how: str, folder: Path) -> int:
    if how == "silent death":
        return 3
    if how == "broken import":
        print("Traceback: no module called torch", file=sys.stderr)
        return 1
    if how == "garbage":
        sys.stdout.buffer.write(
            b"\xff\x00 hello\n[1, 2]\n" + b"x" * 3_000_000 + b'\n{"no": "event"}\nlast words\n'
        )
        return 0
    emit(event="started", device="cpu")
    if how == "failed":
        emit(event="failed", reason="The disk is full; free some space.")
        return 1
    if how == "crash":
        emit(event="step", memory_mib=512.0)
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "no result":
        emit(event="finished", outcome="finished", reason="done")
        return 0
    if how == "hangs":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    if how == "grandchild":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        emit(event="grandchild", pid=child.pid)
    if how == "echo":
        for line in sys.stdin:
            emit(event="heard", word=line.strip())
            if line.strip() == "stop":
                break
    (folder / "result.json").write_text("{}")
    outcome = "stopped early" if how == "echo" else "finished"
    emit(event="finished", outcome=outcome, reason="The new model is better.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
