"""`python -m core.cli` is `cagdde`."""

from core.cli.commands import main

main()
