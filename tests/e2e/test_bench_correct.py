"""The benchmark of correcting runs: two seconds on a small clip, whatever the figures are."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from live_program import needs_display, random_model

pytestmark = [pytest.mark.e2e, pytest.mark.slow, needs_display]


def test_the_benchmark_measures_strokes_and_stalls(tmp_path: Path, repository: Path) -> None:
    from core.video import write_mp4

    ground = np.random.default_rng(0).integers(0, 256, (180, 320, 3), np.uint8)

    def pictures() -> Iterator[np.ndarray]:
        for index in range(60):
            yield np.roll(ground, index, axis=1)

    write_mp4(tmp_path / "clip.mp4", pictures(), 25)
    script = repository / "tests" / "benchmarks" / "bench_correct.py"
    words = ["--clip", tmp_path / "clip.mp4", "--model", random_model(tmp_path), "--seconds", "2"]
    done = subprocess.run(
        [sys.executable, script, *words, "--size", "1920x1080"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr  # 1: a limit does not hold, which is no test's business
    assert "Traceback" not in done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    for pane in ("RGB", "saliency"):
        (row,) = [words for words in lines if words[1:2] == [pane]]
        assert int(row[2]) > 50  # moves that were seen in the pane
    assert {"play", "scrub", "paint", "propagate"} <= {words[0] for words in lines if words}
