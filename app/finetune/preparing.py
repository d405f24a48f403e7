"""What comes before a finetuning, in a queue's thread: its settings, the job's folder, the libraries it needs."""

from pathlib import Path
from typing import TYPE_CHECKING

from app.finetune import decisions
from app.finetune.run_record import RunRecord
from app.session.preload import preload_runtimes
from app.session.task_queue import TaskContext

if TYPE_CHECKING:
    from core.finetune.job import FinetuneSettings, PresetName


def settings_of(preset: "PresetName", heads_only: bool) -> "FinetuneSettings":
    from core.finetune.job import preset_settings

    return preset_settings(preset, heads_only=heads_only)


def prepare(
    project: Path, model: Path, settings: "FinetuneSettings", context: TaskContext
) -> tuple[Path, str]:
    """Returns: the job's folder, and a sentence on what it starts from, empty where that is the model in use."""
    from core.finetune.history import new_run_folder
    from core.finetune.snapshot import snapshot
    from core.project import Project
    from core.registry import ModelRegistry

    folder, base = new_run_folder(project), ModelRegistry().base_of(model)
    try:
        # A handle of its own: the window may close the project, or open another one, meanwhile.
        with Project.open(project, read_only=True) as opened:
            snapshot(opened, base, settings, folder, context.cancelled, context.report)
    except BaseException:
        decisions.remove(folder)
        raise
    if base == model:
        return folder, ""
    return folder, f"Starts from {base.stem}, the base of the model in use, with all corrections so far."


def import_parts(_: TaskContext) -> None:
    """Here rather than in the window's thread: they load torch, and what draws the curves."""
    preload_runtimes()
    import pyqtgraph  # noqa: F401

    import core.finetune.process  # noqa: F401


def told_before(folder: Path) -> RunRecord:
    """What the runs of a job have told so far, to this window or to another."""
    from core.finetune.event_log import past_events

    record = RunRecord()
    for event in past_events(folder):
        record.take(event)
    record.doing, record.brief, record.done, record.total = "Going on…", "starting", 0, 0
    return record
