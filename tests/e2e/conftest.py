"""What the end-to-end tests share: an X server, and programs that do not outlive their test."""

from collections.abc import Iterator

import pytest
from live_program import Program, x_server


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of its own."""
    with x_server() as name:
        yield name


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Every program in this list is killed at the end, if it still runs."""
    started: list[Program] = []
    yield started
    for program in started:
        program.kill()
