"""How commands end when something goes wrong: a sentence on stderr and an exit code. Nothing else."""

from collections.abc import Generator
from contextlib import contextmanager

import typer

from core.cli.exit_codes import FAILED, INTERRUPTED
from core.cli.terminal import say
from core.errors import StudioError


@contextmanager
def sentences() -> Generator[None]:
    """Errors of the one tree become a sentence on stderr and exit code 1, Ctrl-C becomes 130."""
    try:
        yield
    except StudioError as error:
        say(f"cagdde: {error}")
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as error:
        say("cagdde: stopped on request.")
        raise typer.Exit(INTERRUPTED) from error
