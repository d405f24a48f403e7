"""The same work without a window: hands over to `cagdde predict` and says where the results are."""

import sys
from pathlib import Path


def run_headless(clip: Path, model: Path | None, out: Path, overwrite: bool, problem: str | None) -> int:
    """Predict `clip` into `out`.

    Args:
        model: None leaves the choice to `cagdde predict`.
        problem: why there is no window, None if none was wanted.

    Returns:
        The exit code of `cagdde predict`: 0 done, 1 failed, 2 usage.
    """
    if problem is not None:
        print(f"{problem} Predicting {clip} without a window.", file=sys.stderr)
    from core.cli import app  # loads the command line's own libraries

    words = ["predict", str(clip), "--out", str(out)]
    words += ["--model", str(model)] if model else []
    words += ["--overwrite"] if overwrite else []
    try:
        app(words, prog_name="cagdde")
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    else:
        code = 0
    if code == 0:
        print(f"The results are in {out.resolve()}")
    return code
