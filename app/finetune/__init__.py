"""Finetuning from the window: the dock, the run in its own process, the report, promoting. Training is core's."""
