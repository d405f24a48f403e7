"""The window: puts the parts together and connects them. What each part does is in its own module."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.actions import Actions
from app.arrangement import Arrangement
from app.canvas.canvas_link import CanvasLink
from app.canvas.editing import Editing
from app.canvas.frame_steps import FrameSteps
from app.canvas.tool_controller import ToolController
from app.canvas.tool_state import ToolState
from app.commands.correct import CorrectCommands
from app.commands.key_hints import KeyHints
from app.commands.playback import PlaybackCommands
from app.commands.review import ReviewCommands
from app.commands.view import ViewCommands
from app.commands.window import WindowCommands
from app.drop_target import DropTarget
from app.finetune.finetune_parts import FinetuneParts
from app.icons import program_icon
from app.jobs.job_parts import JobParts
from app.log_dock import LogDock
from app.menus import RecentMenu, build_menus
from app.messages import Messages
from app.names import clip_name, elided
from app.opening import Opening
from app.panes.image_view import ImageView
from app.panes.pane_area import GAP, PaneArea
from app.panes.pane_set import PaneSet
from app.panes.view_state import ViewState
from app.preferences.keeper import SettingsKeeper
from app.preferences.preferences import Preferences
from app.project.project_parts import ProjectParts
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.flicker_control import FlickerControl
from app.session.inference_control import InferenceControl
from app.session.playback import Playback
from app.session.task_queue import TaskQueue
from app.session.worker_thread import ThreadPark
from app.settings import Settings
from app.space_key import SpaceKey
from app.status_bar import StatusBar
from app.theme import Theme
from app.timeline.panel import TimelinePanel
from app.tour_stops import tour_of
from app.widgets.banner import Banner
from app.widgets.empty_page import EmptyPage
from app.widgets.floating import FloatOver
from app.widgets.tour import Tour

TITLE = "CAG-DDE Studio"
_TITLE_BAR = QSize(4, 36)
"""About what the frame of a window takes of the screen."""


class MainWindow(QMainWindow):
    """One window, one clip."""

    painted = Signal()
    """The window has drawn itself for the first time."""
    closing = Signal()
    """The window goes; its threads may still run."""
    stopped = Signal()
    """The window is closed and every thread has ended."""

    def __init__(self, settings: Settings, settings_path: Path, theme: Theme, model: Path) -> None:
        super().__init__()
        self._settings, self._settings_path, self._theme = settings, settings_path, theme
        self._shown_once = self._closing = False
        self._clip_name = ""
        self.tour: Tour | None = None
        self.setWindowTitle(TITLE)
        self.setWindowIcon(program_icon())
        self.setMinimumSize(QSize(720, 480))
        self.park = ThreadPark(self)
        self.session = ClipSession(self.park, self)
        self.playback = Playback(self.session, self)
        self.inference = InferenceControl(self.session, self.playback, self.park, model, self)
        self.edits = TaskQueue(self.park, "edits", self)
        self.jobs = TaskQueue(self.park, "jobs", self, long=True)
        self._computing = TaskQueue(self.park, "tools", self)
        self.project = ProjectSession(self.session, self.edits, self)
        self.editing = Editing(self.session, self.inference, self.project, self._computing, self)
        self.steps = FrameSteps(self.editing, self.session, self.inference, self.project, self)
        self.tools = ToolState(settings, self)
        self.tool_controller = ToolController(
            self.editing, self.tools, self.session, self.playback, self.inference, self.project, self
        )
        self.flicker = FlickerControl(self.session, self.inference, self.playback, self.jobs, self.park, self)
        self.view = ViewState(self)
        self.commands = Actions(self, theme, settings.keys)
        self._build(theme)
        self._connect(theme)
        self._restore()

    # Building

    def _build(self, theme: Theme) -> None:
        self.banner = Banner(theme)
        self.pane_set = PaneSet(
            self.session, self.playback, self.inference, self.view, theme, self._settings, self
        )
        self.area = PaneArea(self.pane_set.panes, self.commands.all_panes)
        self.arrangement = Arrangement(self.area, self.commands, self._settings)
        commands = self.commands
        self.empty = EmptyPage([commands.open_file, commands.open_folder, commands.open_sample], theme)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.area)
        self.timeline = TimelinePanel(
            self.session, self.inference, self.flicker, self.project, commands, theme
        )
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notices = QVBoxLayout()
        self.notices.setContentsMargins(GAP, 2, GAP, 0)
        self.notices.setSpacing(2)
        FloatOver(self.banner, self.pages, GAP)
        column.addLayout(self.notices)
        column.addWidget(self.pages, 1)
        column.addWidget(self.timeline)
        self.setCentralWidget(central)
        self.status = status = StatusBar(self.session, self.inference, self.jobs, theme)
        self.setStatusBar(status)
        KeyHints(commands, self.pane_set.rgb.controls, self.timeline.transport.field, status)
        self.log = LogDock(self)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.log)
        self.resizeDocks([self.log], [140], Qt.Orientation.Vertical)
        self.log.hide()
        self.recent = RecentMenu(self._settings, self)
        build_menus(self, commands, self.recent)
        self.opening = Opening(
            self, self.session, self.project, self.inference, self._settings, self.banner, self.recent
        )
        self.space = SpaceKey(self.view, self)
        self.drops = DropTarget(self, theme)
        self.drops.dropped.connect(self.opening.open_names)

    def _connect(self, theme: Theme) -> None:
        do = self.commands
        self.opening.connect(do)
        PlaybackCommands(do, self.session, self.playback, self.inference, self._settings)
        ReviewCommands(do, self.session, self.timeline, self.banner)
        ViewCommands(do, self.view, self.pane_set, theme, self._settings)
        CorrectCommands(do, self.editing, self.steps, self.tools, self.tool_controller, self.playback)
        CanvasLink(
            self.pane_set, self.editing, self.steps, self.tools, self.tool_controller, self.session,
            self.playback, self.timeline, self,
        )  # fmt: skip
        self.work = JobParts(self, self._settings)
        self.arrangement.keyboard_lost.connect(self.pane_set.take_keyboard)
        windows = WindowCommands(do, self, self.log)
        self._keeper = SettingsKeeper(self._settings, self._settings_path, self)
        self.preferences = Preferences(
            do, self._settings, self._keeper, self.session,
            self.inference, self.park, self.banner, self,
        )  # fmt: skip
        do.close_clip.triggered.connect(self.session.close)
        do.jump.triggered.connect(self.timeline.transport.begin_typing)
        self.timeline.transport.done.connect(self.pane_set.take_keyboard)
        do.tour.triggered.connect(self.show_tour)
        self.banner.log_wanted.connect(windows.show_log)
        self.session.opening.connect(self._clip_opening)
        self.session.closed.connect(self._no_clip)
        self.session.opened.connect(self._clip_opened)
        self.project.opened.connect(self._show_title)
        self.project.closed.connect(self._show_title)
        self.messages = Messages(self.banner, self)
        self.messages.tell_failures(self.session.frame_failed, self.inference.failed, self.project.failed)
        self.messages.tell_notices(self.inference.noticed, self.project.noticed, self.editing.noticed)
        self.messages.tell(self.status.notices.wanted)
        self.space.tapped.connect(self.playback.toggle)
        self.parts = ProjectParts(self, self._settings, theme)
        self.notices.addWidget(self.parts.prompt)
        self.notices.addWidget(self.parts.read_only.bar)
        self.opening.project_wanted.connect(self.parts.commands.open)
        self.opening.clips_wanted.connect(self.parts.commands.add)
        self.finetune = FinetuneParts(self, theme)
        self._no_clip()

    def _restore(self) -> None:
        chosen = self._settings
        self.resize(1280, 800)
        if chosen.geometry:
            self.restoreGeometry(QByteArray.fromBase64(chosen.geometry.encode()))
        self._fit_to_screen()
        if chosen.docks:
            self.restoreState(QByteArray.fromBase64(chosen.docks.encode()))

    def _fit_to_screen(self) -> None:
        """No larger than the screen: the last one may have been larger, or this one is scaled."""
        if not self.isMaximized() and not self.isFullScreen():
            room = self.screen().availableSize() - _TITLE_BAR
            self.resize(self.size().boundedTo(room))

    @property
    def tour_seen(self) -> bool:
        """Whether the tour was shown before, now or in an earlier run."""
        return self._settings.tour_seen

    @property
    def start_with(self) -> str:
        """What to open where no clip is named: "sample", "last" or "nothing"."""
        return self._settings.start_with

    @property
    def last_clip(self) -> Path | None:
        """The clip that was opened last, if it is still there."""
        recent = self._settings.recent
        return Path(recent[0]) if recent and Path(recent[0]).exists() else None

    @Slot()
    def show_tour(self) -> None:
        """Name the panes one by one."""
        self._settings.tour_seen = True
        self._keeper.changed()
        if self.tour is not None:
            self.tour.end()
        self.tour = tour_of(self, self._theme)
        self.tour.ended.connect(self._tour_ended)

    @Slot()
    def _tour_ended(self) -> None:
        self.tour = None
        self.pane_set.take_keyboard()

    # Session

    @Slot(object)
    def _clip_opening(self, path: Path) -> None:
        self.pages.setCurrentWidget(self.area)
        self.timeline.show()
        self._clip_name = clip_name(path)
        self._show_title()

    @Slot()
    def _show_title(self) -> None:
        project = self.project.path.stem if self.project.is_named and self.project.path is not None else ""
        self.setWindowTitle(" – ".join(filter(None, (self._clip_name, elided(project, 40), TITLE))))

    @Slot(object)
    def _clip_opened(self, message: object) -> None:
        self.commands.enable_for_clip(True)
        if not isinstance(self.focusWidget(), ImageView):
            self.pane_set.take_keyboard()

    @Slot()
    def _no_clip(self) -> None:
        self.commands.enable_for_clip(False)
        self.pages.setCurrentWidget(self.empty)
        self.timeline.hide()
        self._clip_name = ""
        self._show_title()

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._shown_once:
            self._shown_once = True
            self.painted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.commands.held_by(event, "play") and not event.modifiers():
            if not event.isAutoRepeat():
                self.space.press()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self.commands.held_by(event, "play"):
            if not event.isAutoRepeat():
                self.space.release()
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.space.let_go()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window goes at once; `stopped` follows when the threads have ended."""
        if self._closing:
            event.accept()
            return
        self._settings.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self._settings.docks = bytes(self.saveState().toBase64().data()).decode()
        if not self.preferences.may_leave():
            event.ignore()
            return
        event.accept()
        self._closing = True
        self.playback.pause()
        self.jobs.cancel_all()
        self.project.shut()
        self.log.detach()
        self.closing.emit()
        self.park.emptied.connect(self.stopped)
        self.park.ask_all_to_stop()
