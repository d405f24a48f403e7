"""The progress of predicting clips, one bar or line of text for each. No decisions here."""

from typing import TYPE_CHECKING

from core.cli.progress_bar import ProgressBar
from core.cli.terminal import time_left
from core.inference.progress import InferenceProgress

if TYPE_CHECKING:
    from core.cli.predict_job import ClipTask


class ClipProgress(ProgressBar):
    """Context manager; `show_clip` may be called for every frame."""

    def __init__(self, clip_count: int) -> None:
        super().__init__()
        self._clip_count = clip_count
        self._number = 0

    def next_clip(self) -> None:
        """What is shown from now on is of the next clip."""
        self._number += 1

    def show_clip(self, task: "ClipTask", progress: InferenceProgress) -> None:
        """The state of the clip at work."""
        title = f"[{self._number}/{self._clip_count}] {task.output.name}"
        self.show(title, progress.done, progress.total, _text(progress))


def _text(progress: InferenceProgress) -> str:
    """Rate, time left and what does the work."""
    parts = (
        f"{progress.frames_per_second:.1f} frames/s" if progress.frames_per_second else "",
        time_left(progress.seconds_left) if progress.done < progress.total else "",
        f"{progress.device}, {progress.precision}",
    )
    return "  ".join(part for part in parts if part)
