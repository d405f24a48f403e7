"""`python -m core.cli` is `cagdde`."""

from core.cli import main

main()
