"""The command line, `cagdde`: everything that works without a window. Importing this loads none of its commands."""

import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.cli.commands import app

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of the `cagdde` command."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up as after Ctrl-C
    try:
        if sys.argv[1:2] == [
            "--finetune-worker"
        ]:  # the child of `cagdde finetune` where the program is frozen
            from core.finetune.worker import main as finetune

            sys.exit(finetune(sys.argv[2:]))
        from core.cli.commands import app

        app()
    except KeyboardInterrupt:  # while modules load; the commands have sentences of their own
        print("cagdde: stopped on request.", file=sys.stderr)
        sys.exit(130)


def __getattr__(name: str) -> Any:
    """Load the commands when they are first asked for."""
    if name == "app":
        from core.cli.commands import app

        return app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
