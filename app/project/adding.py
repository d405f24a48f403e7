"""Adds clips to the open project: each is opened once to know it. Showing them is others' part."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.project.project_session import ProjectSession
from app.session.records import Failure
from app.session.task_queue import TaskContext, TaskQueue

if TYPE_CHECKING:
    from core.project import Project


class ClipAdding(QObject):
    """Belongs to the window's thread."""

    added = Signal(list)
    """Numbers of the clips, in the order of the files; those that were there already too."""
    told = Signal(str)
    failed = Signal(object)

    def __init__(self, project: ProjectSession, edits: TaskQueue, jobs: TaskQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._project, self._edits, self._jobs = project, edits, jobs

    def add(self, paths: list[Path]) -> None:
        """Add files, folders of images and whatever clips are below folders."""
        project = self._project.project
        if project is None or not self._project.is_named:
            return

        def done(outcome: tuple[list[int], list[str]]) -> None:
            numbers, troubles = outcome
            self._project.refresh_clips()
            if troubles:
                more = f" ({len(troubles) - 1} more could not be added: see the log.)" if troubles[1:] else ""
                self.failed.emit(Failure(0, troubles[0] + more, "\n".join(troubles)))
            # After the list of clips has been read anew, which is asked for above.
            self._edits.submit(lambda _: None, lambda _: self.added.emit(numbers))

        what = paths[0].name if len(paths) == 1 else f"{len(paths)} clips"
        self._jobs.submit(
            lambda context: _add(project, paths, context),
            done,
            self.failed.emit,
            name=f"Add {what}",
            cancellable=True,
        )


def _add(project: "Project", paths: list[Path], context: TaskContext) -> tuple[list[int], list[str]]:
    """In the queue's thread: what was added, and a sentence for each that could not be."""
    import logging

    from core.errors import Cancelled, ProjectError, StudioError
    from core.video import list_clips, open_clip

    numbers: list[int] = []
    troubles: list[str] = []
    clips: list[Path] = []
    for path in paths:
        try:
            clips += list_clips(path)
        except StudioError as error:
            troubles.append(str(error))
    for position, clip in enumerate(clips):
        if context.cancelled():
            raise Cancelled("adding clips was cancelled.")
        context.report(position, len(clips))
        try:
            with open_clip(clip) as reader:
                info = reader.info
            numbers.append(project.add_clip(info).id)
        except ProjectError:
            raise
        except StudioError as error:
            troubles.append(str(error))
    for sentence in troubles:
        logging.getLogger(__name__).warning("%s", sentence)
    return numbers, troubles
