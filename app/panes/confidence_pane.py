"""How sure the network is of this frame: ten scores, one sentence, ten side maps; one of them large on demand."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from superqt.elidable import QElidingLabel

from app.icons import icon
from app.panes.image_view import ImageView
from app.panes.level_table import LevelTable
from app.panes.pane_frame import PaneFrame
from app.panes.picture_pane import COMPUTING
from app.panes.scene import Scene
from app.panes.side_map_popup import SideMapPopup
from app.panes.side_map_tile import STREAM_NAMES
from app.panes.view_state import ViewState
from app.theme import Theme
from app.widgets.labels import label
from core.inference.reading import frame_confidence, short_score, stream_sentence
from core.types import Prediction

EXPECTED_LABEL = "Expected IoU of the mask"
EXPECTED_HELP = "The overlap with the true mask to be expected, calibrated on other clips"
MEAN_LABEL = "Mean score of levels 4–5 (uncalibrated)"
MEAN_HELP = "The model is not calibrated: the number ranks frames, it is not the quality of the mask"


class ConfidencePane(PaneFrame):
    """Overview of scores and side maps, or one side map in the shared view."""

    peek = Signal(bool)

    def __init__(self, key: str, title: str, view: ViewState, theme: Theme) -> None:
        super().__init__(key, title, theme)
        self._chosen: tuple[int, int] | None = None
        self._build_overview(view, theme)
        self.picture = ImageView(view, theme, "Side map")
        self._back = QPushButton("All scores")
        self._back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._back.setToolTip("Back to all scores and side maps (Esc)")
        self._back.clicked.connect(self.show_overview)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.show_overview)
        self._message = label(kind="quiet", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setMargin(20)
        self._pages = QStackedWidget()
        self._pages.setObjectName("confidence")
        for page in (self._message, self._overview, self._large_page()):
            self._pages.addWidget(page)
        self._popup = SideMapPopup(theme, self)
        self.set_body(self._pages)
        theme.changed.connect(self._show_theme)
        self._show_theme()

    def show_prediction(self, prediction: Prediction) -> None:
        """Scores and side maps of this frame."""
        apart, sentence = stream_sentence(prediction.scores)
        self._confidence.setText(short_score(frame_confidence(prediction.scores, prediction.expected_iou)))
        self._name_confidence(prediction.expected_iou is not None)
        self._sentence.setText(sentence)
        self._sentence.setToolTip(sentence)
        self._sign.setVisible(apart)
        self._table.show_prediction(prediction)
        self.set_readout("")
        self.picture.set_hint("")
        if self._chosen is None:
            self._pages.setCurrentWidget(self._overview)
        else:
            self._show_chosen()

    def show_waiting(self) -> None:
        """This frame has no prediction yet: what is shown belongs to another one."""
        if self._pages.currentWidget() is self._message:
            self._message.setText(COMPUTING)
            return
        self._table.wait()
        self._confidence.setText("–")
        self._sentence.setText(COMPUTING)
        self._sign.hide()
        if self.picture.scene is not None:
            self.picture.show_scene(Scene(self.picture.scene.layers, dimmed=True))
            self.picture.set_hint(COMPUTING)

    def say_waiting(self, words: str) -> None:
        """Why this frame has no prediction yet, while `show_waiting` is in force."""
        if self._confidence.text() == "–":
            self._sentence.setText(words)
            self._message.setText(words)

    def show_message(self, message: str) -> None:
        """Nothing to show: say why."""
        self._chosen = None
        self._confidence.setText("–")
        self._table.clear()
        self.picture.show_scene(None)
        self._message.setText(message)
        self._pages.setCurrentWidget(self._message)

    @Slot()
    def show_overview(self) -> None:
        """All scores and side maps."""
        if self._chosen is not None:
            self._chosen = None
            self._pages.setCurrentWidget(self._overview)

    # Parts

    def _build_overview(self, view: ViewState, theme: Theme) -> None:
        self._table = LevelTable(view, theme)
        self._table.looked_at.connect(self._look)
        self._table.chosen.connect(self._choose)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(10, 4, 10, 5)
        column.setSpacing(2)
        column.addLayout(self._summary())
        column.addWidget(self._table, 1)
        self._overview = QScrollArea(widgetResizable=True)
        self._overview.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._overview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._overview.setWidget(inner)
        self._overview.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)

    def _summary(self) -> QVBoxLayout:
        self._confidence = label("–", "headline")
        self._meaning = QElidingLabel()
        self._meaning.setObjectName("quiet")
        self._meaning.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name_confidence(True)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._confidence)
        first.addWidget(self._meaning, 1)
        self._sign = QLabel()
        self._sign.setAccessibleName("Attention")
        self._sign.hide()
        self._sentence = QElidingLabel()
        second.setSpacing(6)
        second.addWidget(self._sign)
        second.addWidget(self._sentence, 1)
        both = QVBoxLayout()
        both.setSpacing(1)
        both.addLayout(first)
        both.addLayout(second)
        return both

    def _name_confidence(self, calibrated: bool) -> None:
        words, more = (EXPECTED_LABEL, EXPECTED_HELP) if calibrated else (MEAN_LABEL, MEAN_HELP)
        if self._meaning.text() != words:
            self._meaning.setText(words)
            self._meaning.setToolTip(more)
            self._confidence.setAccessibleName(words)

    def _large_page(self) -> QWidget:
        self._large = QWidget()
        self._large_title = label(kind="headline")
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self._back)
        row.addWidget(self._large_title, 1)
        column = QVBoxLayout(self._large)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.picture, 1)
        return self._large

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        self._back.setIcon(icon("back", tokens))
        self._sign.setPixmap(icon("warning", tokens, tokens.warning).pixmap(16, 16))

    @Slot(int, int, bool)
    def _look(self, level: int, stream: int, looking: bool) -> None:
        if looking:
            self._popup.show_for(self._table.tiles[level][stream])
        else:
            self._popup.hide()

    @Slot(int, int)
    def _choose(self, level: int, stream: int) -> None:
        self._popup.hide()
        self._chosen = (level, stream)
        self._show_chosen()
        self._back.setFocus()

    def _show_chosen(self) -> None:
        assert self._chosen is not None
        level, stream = self._chosen
        image = self._table.tiles[level][stream].image
        if image is not None:
            self._large_title.setText(f"Side map, level {level + 1}, {STREAM_NAMES[stream]}")
            self.picture.show_scene(Scene((image,)))
            self._pages.setCurrentWidget(self._large)

    def leaveEvent(self, event: QEvent) -> None:
        self._popup.hide()
