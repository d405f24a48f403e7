"""`cagdde bench`: measures this machine and prints or writes the tables. What is measured is core.bench's."""

import json
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.sentences import sentences
from core.cli.terminal import say, time_left

if TYPE_CHECKING:
    from core.bench.rows import Row


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small clip and few repeats: whether it works, not how fast.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="These rows alone: decode, seek, flow, network, pipeline, start or gpu."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the JSON object to this file, too.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", help="Put the tables into this page, between its markers `cagdde bench`."),
    ] = None,
) -> None:
    """Measure decoding, flow, networks, whole clips, seeking, starting and memory on this machine.

    It makes its own clips and touches nothing of yours. Each measurement runs in a process of its own.
    """
    with sentences():
        from core.bench.page import to_markdown, write_into
        from core.bench.plan import QUICK, BenchSettings
        from core.bench.rows import GROUPS, Group
        from core.bench.run import run_bench
        from core.video.atomic import AtomicFile

        groups: list[Group] = [group for group in GROUPS if not only or group in only]
        if unknown := sorted(set(only or ()) - set(GROUPS)):
            raise typer.BadParameter(f"--only {unknown[0]}: expected one of {', '.join(GROUPS)}")
        command = shlex.join(["cagdde", *sys.argv[1:]])
        report = run_bench(QUICK if quick else BenchSettings(), command, groups, Progress().show)
        text = json.dumps(report.to_dict(), indent=2, allow_nan=False)
        if out is not None:
            with AtomicFile(out) as file:
                file.write(text.encode() + b"\n")
        if write is not None:
            write_into(write, report)
        print(text if as_json else to_markdown(report))


class Progress:
    """A line on stderr for every row that is there."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def show(self, done: int, total: int, name: str, row: "Row | None") -> None:
        """See core.bench.run.OnRow."""
        if row is None:
            return
        from core.bench.page import cells_of

        median_ms, _, rate, *_ = cells_of(row)
        found = row.failure or f"{median_ms} ms" + (f", {rate} frames a second" if rate else "")
        left = time_left((time.monotonic() - self._began) / done * (total - done)) if done < total else ""
        say(f"[{done}/{total}] {row.group}: {name}: {found}{'  ' + left if left else ''}")
