"""The timeline as a whole: the strip with the transport row under it."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.flicker_control import FlickerControl
from app.session.inference_control import InferenceControl
from app.session.records import CachedFrames
from app.theme import Theme
from app.timeline.content import StripContent
from app.timeline.legend import LegendPopup, marks_in_use
from app.timeline.strip import TimelineStrip
from app.timeline.transport import Transport
from core.review import frame_statuses

if TYPE_CHECKING:
    from app.actions import Actions

_REFRESH_MS = 60
"""Predictions come faster than the eye follows: the strip is drawn again at most this often."""


class TimelinePanel(QWidget):
    """Shows the session's frame and what stands for the others, and sends it where the person points or types."""

    range_changed = Signal(object)
    """range, or None: the selected frames of the shown clip."""

    def __init__(
        self,
        session: ClipSession,
        inference: InferenceControl,
        flicker: FlickerControl,
        project: ProjectSession,
        actions: "Actions",
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session, self._inference, self._flicker = session, inference, flicker
        self._project, self._theme = project, theme
        self._cached = np.zeros(0, np.int64)
        self._held_out: tuple[int, ...] = ()
        self.strip = TimelineStrip(theme)
        self.transport = Transport(actions, theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(4)
        column.addWidget(self.strip)
        column.addWidget(self.transport)
        self._soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._soon.timeout.connect(self._refresh)
        self.strip.scrubbed.connect(session.go)
        self.strip.range_changed.connect(self.range_changed)
        self.transport.jumped.connect(session.go)
        session.index_changed.connect(self._show_index)
        session.cached_changed.connect(self._show_cached)
        session.opened.connect(self._show_clip)
        session.opening.connect(self._clear)
        session.closed.connect(self._clear)
        inference.predicted.connect(self._refresh_soon)
        inference.frames_known.connect(self._refresh)
        flicker.changed.connect(self._refresh_soon)
        project.frames_changed.connect(self._refresh_soon)
        self._clear()

    @property
    def selected_range(self) -> range | None:
        """The selected frames of the shown clip."""
        return self.strip.selected

    def select(self, frames: range | None) -> None:
        """Select frames; None clears the range."""
        self.strip.select(frames)

    def content(self) -> StripContent:
        """What is known of the clip's frames at this moment."""
        info, store = self._session.info, self._inference.store
        if info is None or len(store.predicted) != info.frame_count:
            return self.strip.content
        flicker = self._flicker.values
        if len(flicker) != info.frame_count:
            flicker = np.full(info.frame_count, np.nan, np.float32)
        statuses = frame_statuses(store.predicted, self._project.frames)
        return StripContent(
            info.pts_seconds,
            statuses,
            store.confidence,
            flicker,
            self._cached,
            self._held_out,
            store.calibrated,
        )

    def show_held_out(self, frames: tuple[int, ...]) -> None:
        """Mark the frames of the shown clip that the latest finetuning holds out."""
        if frames != self._held_out:
            self._held_out = frames
            self._refresh_soon()

    @Slot()
    def show_legend(self) -> None:
        """Name all states and marks in a popup."""
        corner = self.transport.mapToGlobal(QPoint(self.transport.width(), -4))
        LegendPopup(self._theme, self).show_above(corner)

    @Slot()
    def _clear(self) -> None:
        self._cached, self._held_out = np.zeros(0, np.int64), ()
        self.strip.show_clip(np.zeros(0))
        self.transport.show_clip(np.zeros(0))

    @Slot()
    def _show_clip(self) -> None:
        assert self._session.info is not None
        pts_seconds = self._session.info.pts_seconds
        self.strip.show_clip(pts_seconds)
        self.transport.show_clip(pts_seconds)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self._soon.stop()
        content = self.content()
        self.strip.show_content(content)
        self.transport.legend.show_keys(marks_in_use(content))

    @Slot()
    def _refresh_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot(int)
    def _show_index(self, index: int) -> None:
        self.strip.show_index(index)
        self.transport.show_index(index)

    @Slot(object)
    def _show_cached(self, message: CachedFrames) -> None:
        self._cached = np.array(message.indices, np.int64)
        self._refresh_soon()
