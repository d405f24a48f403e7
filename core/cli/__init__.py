"""The command line, `cagdde`: everything that works without a window."""

from core.cli.commands import app, main

__all__ = ["app", "main"]
