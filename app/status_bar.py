"""The status bar: the clip, the running job, how far prediction is, how fast, on what, how much memory."""

from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar
from superqt.elidable import QElidingLabel

from app.jobs.job_strip import JobStrip, time_left
from app.names import clip_name
from app.notice_sign import NoticeSign
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.records import InferenceState
from app.session.task_queue import TaskQueue
from app.theme import Theme
from app.widgets.labels import label

if TYPE_CHECKING:
    from core.inference import InferenceProgress

_MEMORY_MS = 1000
_ROOMY_PX = 1180
"""A narrower bar has no room for a job and all of the prediction."""
_MOVING = (InferenceState.LOADING, InferenceState.RUNNING, InferenceState.PAUSED)
_BUTTON_WORDS = {
    InferenceState.LOADING: "Pause",
    InferenceState.RUNNING: "Pause",
    InferenceState.PAUSED: "Resume",
    InferenceState.FAILED: "Try again",
}


class StatusBar(QStatusBar):
    """Left: the clip. Middle: the job and the prediction, each with its button. Right: facts.

    Where there is not enough room for all of it, the prediction is told in few words while a job runs.
    """

    def __init__(
        self, session: ClipSession, inference: InferenceControl, jobs: TaskQueue, theme: Theme
    ) -> None:
        super().__init__()
        self._session, self._inference = session, inference
        self._process = psutil.Process()
        self._pause_key = ""
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, 8, 0)
        self.clip = QElidingLabel()
        self.clip.setElideMode(Qt.TextElideMode.ElideRight)
        self.clip.setMinimumWidth(90)
        self.job = QLabel()
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedWidth(120)
        self.progress.setAccessibleName("Frames predicted")
        self.button = QPushButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setStyleSheet("padding: 1px 8px;")
        self.button.clicked.connect(inference.toggle)
        self.device = label(kind="quiet")
        self.device.setAccessibleName("Device and precision")
        self.memory = label(kind="quiet")
        self.memory.setToolTip("Memory of this program")
        self.strip = JobStrip(jobs)
        self.notices = NoticeSign(inference, theme)
        self.addWidget(self.clip, 1)
        facts = (self.notices, self.device, self.memory)
        for widget in (self.strip, self.job, self.progress, self.button, *facts):
            self.addPermanentWidget(widget)
        self._timer = QTimer(self, interval=_MEMORY_MS)
        self._timer.timeout.connect(self._show_memory)
        self._timer.start()
        session.opened.connect(self._show_clip)
        session.asked.connect(self._show_opening)
        session.closed.connect(self._show_no_clip)
        session.open_failed.connect(self._show_what_stayed)
        inference.state_changed.connect(self._show_state)
        inference.progressed.connect(self._show_progress)
        for signal in (jobs.submitted, jobs.finished):
            signal.connect(self._make_room)
        self._last: InferenceProgress | None = None
        self._show_state(inference.state)
        self._show_no_clip()
        self._show_memory()

    @Slot(object)
    def _show_opening(self, path: Path) -> None:
        self._name_clip(f"Opening {clip_name(path)}…", str(path))

    @Slot(object)
    def _show_clip(self, message: object) -> None:
        info = self._session.info
        assert info is not None
        height, width = info.size_hw
        facts = f"{width}×{height}, {info.frame_count} frames, {info.frames_per_second:.4g} a second"
        self._name_clip(
            f"{clip_name(info.path)}  ·  {facts}", f"{info.path}\n{facts}, {info.codec}, {info.pixel_format}"
        )

    @Slot(object)
    def _show_what_stayed(self, failure: object) -> None:
        if self._session.info is not None:
            self._show_clip(failure)

    @Slot()
    def _show_no_clip(self) -> None:
        self._name_clip("No clip is open", "")

    def name_pause_key(self, key: str) -> None:
        """Name the key that does what the button does."""
        self._pause_key = key
        self._show_state(self._inference.state)

    def _name_clip(self, words: str, tip: str) -> None:
        self.clip.setText(words)
        self.clip.setToolTip(tip)

    @Slot(object)
    def _show_state(self, state: InferenceState) -> None:
        active = state in _BUTTON_WORDS
        self.button.setVisible(active)
        if active:
            self.button.setText(_BUTTON_WORDS[state])
            self.button.setToolTip(f"{_BUTTON_WORDS[state]} the prediction of this clip ({self._pause_key})")
        self.job.setVisible(state is not InferenceState.OFF)
        self.job.setText(f"{state.value}…" if state is InferenceState.LOADING else state.value)
        if state is InferenceState.OFF:
            self.device.clear()
        if state is InferenceState.LOADING:
            self.progress.setRange(0, 0)
            self._last = None
        self._make_room()

    @Slot(object)
    def _show_progress(self, progress: "InferenceProgress") -> None:
        self.progress.setRange(0, max(progress.total, 1))
        self.progress.setValue(progress.done)
        self.device.setText(f"{progress.device}  ·  {progress.precision}")
        self._last = progress
        self._show_pace()

    def _show_pace(self) -> None:
        progress = self._last
        if progress is None or self._inference.state is not InferenceState.RUNNING:
            return
        rate = f"{progress.frames_per_second:.1f} frames/s" if progress.frames_per_second else ""
        words = [f"{progress.done} of {progress.total}", rate, time_left(progress.seconds_left)]
        if self._tight:
            words = words[:1]
        self.job.setText("  ·  ".join(word for word in words if word))

    @property
    def _tight(self) -> bool:
        return bool(self.strip.tasks) and self.width() < _ROOMY_PX

    @Slot()
    def _make_room(self) -> None:
        tight, state = self._tight, self._inference.state
        self.progress.setVisible(state in _MOVING and not tight)
        self.device.setVisible(not tight)
        self.memory.setVisible(not tight)
        self._show_pace()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    @Slot()
    def _show_memory(self) -> None:
        self.memory.setText(f"{self._process.memory_info().rss / (1 << 20):.0f} MiB")
