"""Puts the parts of projects together: docks, questions, commands. What each does is in its own module."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.canvas.frame_state import FrameStateLine
from app.canvas.tools_dock import ToolsDock
from app.commands.project import ProjectCommands
from app.docks import Docks
from app.project.adding import ClipAdding
from app.project.clip_finder import ClipFinder
from app.project.clip_overview import ClipOverview
from app.project.clip_removal import ClipRemoval
from app.project.clips_dock import ClipsDock
from app.project.history_dock import HistoryDock
from app.project.read_only import ReadOnlyNotice
from app.project.recovery import Recovery
from app.session.records import Failure
from app.widgets.prompt_bar import PromptBar

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.settings import Settings
    from app.theme import Theme


class ProjectParts(QObject):
    """Made once by the window, which places `prompt` and `read_only.bar` over its panes."""

    def __init__(self, window: "MainWindow", settings: "Settings", theme: "Theme") -> None:
        super().__init__(window)
        self._window = window
        actions, session, project = window.commands, window.session, window.project
        edits, jobs = window.edits, window.jobs
        self.prompt = PromptBar(theme)
        self.finder = ClipFinder(window, session, project, edits, jobs, self.prompt)
        self.adding = ClipAdding(project, edits, jobs, window)
        self.removal = ClipRemoval(session, project, edits, self.prompt)
        self.recovery = Recovery(window, jobs, self.prompt)
        self.commands = ProjectCommands(
            window, actions, session, project, self.finder, self.adding, self.recovery, self.prompt, settings
        )
        self.read_only = ReadOnlyNotice(actions, project, theme)
        state = FrameStateLine(session, window.inference, project)
        self.docks = Docks(
            window,
            actions,
            ToolsDock(window, actions, window.tools, state),
            ClipsDock(window, theme, actions.by_name["add_clips"], actions.by_name["save_project"]),
            HistoryDock(window, session, project, window.editing, theme),
        )
        clips = self.docks.clips
        assert isinstance(clips, ClipsDock)
        self.clips = clips
        self.overview = ClipOverview(clips, session, project, edits, jobs)
        self._connect(clips)

    def _connect(self, clips: ClipsDock) -> None:
        clips.clip_wanted.connect(self._open_clip)
        clips.location_wanted.connect(self.finder.locate)
        clips.removal_wanted.connect(self.removal.remove)
        self.finder.removal_wanted.connect(self.removal.remove)
        self.finder.found.connect(self._window.session.open)
        self.finder.not_found.connect(self._clip_not_found)
        self.read_only.copy_wanted.connect(self.commands.ask_save_as)
        self.commands.opened.connect(self._project_opened)
        self.commands.asked.connect(self._window.banner.dismiss)
        self._window.project.noticed.connect(self._noticed)
        for part in (self.finder, self.removal, self.recovery, self.adding, self.commands):
            part.told.connect(self._tell)
        for part in (self.finder, self.removal, self.recovery, self.adding):
            part.failed.connect(self._fail)
        self._window.project.failed.connect(self._failed)
        self._window.painted.connect(self.docks.follow)

    @Slot(int)
    def _open_clip(self, clip: int) -> None:
        if clip != self._window.project.clip_id:
            self.finder.open_clip(clip)

    @Slot()
    def _project_opened(self) -> None:
        if len(self._window.project.clips) != 1:  # a single clip needs no list in the way of the tools
            self.docks.show(self.clips)

    @Slot()
    def _clip_not_found(self) -> None:
        """A clip that does not belong to this project must not stay in the window."""
        if self._window.session.info is not None and self._window.project.owner is None:
            self._window.session.close()

    @Slot(object)
    def _noticed(self, failure: Failure) -> None:
        if failure.sentence == self.read_only.sentence:  # the lasting line says it
            self._window.banner.dismiss()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        if self.prompt.question is not None and self.prompt.question.sentence == failure.sentence:
            self._window.banner.dismiss()

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        self._window.banner.say(sentence, "notice")

    @Slot(object)
    def _fail(self, failure: Failure) -> None:
        self._window.banner.say(failure.sentence)
