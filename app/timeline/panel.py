"""The timeline as a whole: the strip with the transport row under it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.records import CachedFrames
from app.theme import Theme
from app.timeline.strip import TimelineStrip
from app.timeline.transport import Transport

if TYPE_CHECKING:
    from app.actions import Actions

import numpy as np


class TimelinePanel(QWidget):
    """Shows the session's frame and states, and sends it where the person points or types."""

    def __init__(
        self, session: ClipSession, inference: InferenceControl, actions: "Actions", theme: Theme
    ) -> None:
        super().__init__()
        self._session, self._inference = session, inference
        self.strip = TimelineStrip(theme)
        self.transport = Transport(actions, theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(4)
        column.addWidget(self.strip)
        column.addWidget(self.transport)
        self.strip.scrubbed.connect(session.go)
        self.transport.jumped.connect(session.go)
        session.index_changed.connect(self._show_index)
        session.cached_changed.connect(self._show_cached)
        session.opened.connect(self._show_clip)
        session.opening.connect(self._clear)
        session.closed.connect(self._clear)
        inference.predicted.connect(self._refresh)
        inference.frames_known.connect(self._show_states)
        self._clear()

    @Slot()
    def _clear(self) -> None:
        self.strip.show_clip(np.zeros(0))
        self.transport.show_clip(np.zeros(0))

    @Slot()
    def _show_clip(self) -> None:
        assert self._session.info is not None
        pts_seconds = self._session.info.pts_seconds
        self.strip.show_clip(pts_seconds)
        self.transport.show_clip(pts_seconds)
        self._show_states()

    @Slot()
    def _show_states(self) -> None:
        store = self._inference.store
        if self._session.info is not None and len(store.predicted) == self._session.frame_count:
            self.strip.show_states(store.predicted, store.mean_scores)

    @Slot()
    def _refresh(self) -> None:
        self.strip.refresh()

    @Slot(int)
    def _show_index(self, index: int) -> None:
        self.strip.show_index(index)
        self.transport.show_index(index)

    @Slot(object)
    def _show_cached(self, message: CachedFrames) -> None:
        self.strip.show_cached(message.indices)
