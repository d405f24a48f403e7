"""The commands of going through a clip: the next frame to look at, the range of frames, the legend."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.actions import Actions
from app.session.clip_session import ClipSession
from app.timeline.panel import TimelinePanel
from app.timeline.pointing import span
from app.widgets.banner import Banner
from core.review import find_unreviewed, suggest_next

_NONE_LEFT = {
    -1: "Every frame before this one is accepted.",
    1: "Every frame after this one is accepted.",
}


class ReviewCommands(QObject):
    """Connects the Review menu with session and timeline."""

    def __init__(
        self, actions: Actions, session: ClipSession, timeline: TimelinePanel, banner: Banner
    ) -> None:
        super().__init__(actions)
        self._session, self._timeline, self._banner = session, timeline, banner
        self._passed: list[int] = []
        actions.next_suggested.triggered.connect(self._go_suggested)
        for action, step in ((actions.previous_unreviewed, -1), (actions.next_unreviewed, 1)):
            action.setData(step)
            action.triggered.connect(self._go_unreviewed)
        actions.range_start.triggered.connect(self._start_range)
        actions.range_end.triggered.connect(self._end_range)
        actions.clear_range.triggered.connect(self._clear_range)
        for action, place in ((actions.go_range_start, 0), (actions.go_range_end, -1)):
            action.setData(place)
            action.triggered.connect(self._go_to_end_of_range)
        actions.legend.triggered.connect(timeline.show_legend)
        session.opened.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._passed = []

    @Slot()
    def _go_suggested(self) -> None:
        content = self._timeline.content()
        found = suggest_next(
            content.statuses,
            content.scores,
            content.flicker,
            content.pts_seconds,
            self._session.index,
            self._passed,
        )
        if found is None:
            sentence = "There is no frame to suggest: none has a prediction or mask that is not accepted yet."
            self._banner.say(sentence, "notice")
            return
        if found in self._passed:  # all have been suggested once: begin anew
            self._passed = []
        self._passed.append(found)
        self._session.go(found)

    @Slot()
    def _go_unreviewed(self) -> None:
        step = self._sent_data()
        found = find_unreviewed(self._timeline.content().statuses, self._session.index, step)
        if found is None:
            self._banner.say(_NONE_LEFT[step], "notice")
        else:
            self._session.go(found)

    @Slot()
    def _start_range(self) -> None:
        index, selected = self._session.index, self._timeline.selected_range
        last = (
            selected[-1] if selected is not None and selected[-1] >= index else self._session.frame_count - 1
        )
        self._timeline.select(span(index, last))

    @Slot()
    def _end_range(self) -> None:
        index, selected = self._session.index, self._timeline.selected_range
        first = selected[0] if selected is not None and selected[0] <= index else 0
        self._timeline.select(span(first, index))

    @Slot()
    def _clear_range(self) -> None:
        self._timeline.select(None)

    @Slot()
    def _go_to_end_of_range(self) -> None:
        selected = self._timeline.selected_range
        if selected is None:
            self._banner.say("No range of frames is selected: drag on the timeline's ruler first.", "notice")
        else:
            self._session.go(selected[self._sent_data()])

    def _sent_data(self) -> int:
        action = self.sender()
        assert isinstance(action, QAction)
        return action.data()
