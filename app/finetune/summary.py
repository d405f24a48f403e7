"""What a project offers to a finetuning, in words. Runs in a queue's thread; what is held out is core's to say."""

from typing import TYPE_CHECKING

from app.finetune.records import ClipCount, DataSummary
from app.session.preload import preload_runtimes
from core.errors import ProjectError

if TYPE_CHECKING:
    from core.project import Project


def summarise(project: "Project | None") -> DataSummary:
    """Count the accepted frames of every clip and try the hold-out.

    Args:
        project: None where nothing was corrected yet.
    """
    accepted: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    if project is not None:
        with project.undisturbed():
            for clip in project.clips():
                names[clip.id] = clip.name
                frames = project.frames(clip.id)
                accepted[clip.id] = [index for index, record in frames.items() if record.has_accepted]
    clips = tuple(ClipCount(names[clip], len(frames)) for clip, frames in accepted.items())
    preload_runtimes()
    from core.finetune.split import describe, hold_out

    try:
        assignments = hold_out(accepted)
    except ProjectError as error:
        return DataSummary(clips, (), str(error))
    return DataSummary(clips, describe(assignments, names))
