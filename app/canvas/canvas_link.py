"""Brings the frame in hand onto the pictures, and what the person does there to the tools. Decides nothing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app.canvas.editing import Editing
from app.canvas.frame_steps import FrameSteps
from app.canvas.preview import Preview
from app.canvas.tool_controller import ToolController
from app.canvas.tool_state import ToolState
from app.panes.pane_set import PaneSet
from app.session.clip_session import ClipSession
from app.session.playback import Playback
from app.timeline.panel import TimelinePanel

if TYPE_CHECKING:
    from core.masks import Rectangle


class CanvasLink(QObject):
    """Connects panes, frame in hand and tools of one window."""

    def __init__(
        self,
        panes: PaneSet,
        editing: Editing,
        steps: FrameSteps,
        tools: ToolState,
        controller: ToolController,
        session: ClipSession,
        playback: Playback,
        timeline: TimelinePanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panes, self._editing, self._steps = panes, editing, steps
        self._session, self._playback, self._timeline = session, playback, timeline
        self._threshold = 0
        # A slider asks more often than a screen can show.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._move_threshold)
        for picture in panes.pictures():
            picture.set_pointer_target(controller)
            picture.size_wheel.connect(tools.resize_brush)
        controller.preview_changed.connect(self._show_preview)
        editing.frame_ready.connect(self._show_frame)
        editing.mask_changed.connect(self._show_change)
        controls = panes.rgb.controls
        controls.changed.connect(self._mode_changed)
        controls.threshold_moved.connect(self._threshold_moved)
        controls.threshold_set.connect(self._threshold_set)
        self._mode_changed()

    @Slot()
    def _show_frame(self) -> None:
        editor = self._editing.editor
        if editor is None:
            self._panes.rgb.show_mask(None, None)
            self._panes.saliency.show_layer(None)
            return
        self._panes.rgb.show_mask(editor.mask, self._editing.previous_mask)
        self._panes.saliency.show_layer(editor.layer)
        self._panes.rgb.controls.show_threshold(round(editor.threshold * 255))

    @Slot(object)
    def _show_change(self, dirty: "Rectangle") -> None:
        for picture in self._panes.pictures():
            picture.mask_changed(dirty)

    @Slot(object)
    def _show_preview(self, preview: Preview | None) -> None:
        for picture in self._panes.pictures():
            picture.show_preview(preview)

    @Slot()
    def _mode_changed(self) -> None:
        self._editing.set_want_previous(self._panes.rgb.controls.choice.mode == "onion")

    @Slot(int)
    def _threshold_moved(self, threshold: int) -> None:
        if self._scope == "frame":
            self._playback.pause()  # the slider is about this frame: it must not pass under the hand
        self._threshold = threshold
        self._soon.start()

    @Slot()
    def _move_threshold(self) -> None:
        self._editing.show_threshold(self._threshold / 255, everywhere=self._scope == "clip")

    @property
    def _scope(self) -> str:
        return self._panes.rgb.controls.threshold_scope

    @Slot(int)
    def _threshold_set(self, threshold: int) -> None:
        self._soon.stop()
        frames = None
        if self._scope == "clip":
            frames = range(self._session.frame_count)
        elif self._scope == "range":
            frames = self._timeline.selected_range
            if frames is None:
                self._editing.say(
                    "No range is marked on the timeline: the threshold was set for this frame alone."
                )
        self._steps.set_threshold(threshold / 255, frames)
