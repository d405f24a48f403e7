"""`python -m core.finetune FOLDER`: runs a job where there is neither project nor window; torchrun starts it likewise.

Events go to stdout, one JSON object a line, from the first process alone. Ctrl-C cancels and keeps the state.
"""

import json
import signal
import sys
from pathlib import Path

from core.errors import StudioError
from core.finetune.control import Command
from core.finetune.run import run_finetune


class Interrupt:
    """Says cancel once Ctrl-C was pressed."""

    def __init__(self) -> None:
        self._command: Command = "go"
        signal.signal(signal.SIGINT, lambda number, frame: self.cancel())

    def cancel(self) -> None:
        self._command = "cancel"

    def command(self) -> Command:
        return self._command


def main() -> int:
    """Returns: 0 done, 1 failed, 2 wrong usage, 130 cancelled."""
    if len(sys.argv) != 2:
        print("usage: python -m core.finetune FOLDER, with a job.json in it", file=sys.stderr)
        return 2
    try:
        result = run_finetune(
            Path(sys.argv[1]), lambda event: print(json.dumps(event), flush=True), Interrupt()
        )
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    return 130 if result.outcome == "cancelled" else 0


if __name__ == "__main__":
    sys.exit(main())
