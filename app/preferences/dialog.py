"""The settings dialog: a list of pages and the pages. What each page sets: pages.py and key_editor.py."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.actions import Actions
from app.preferences.key_editor import KeyEditor
from app.preferences.pages import CorrectingPage, GeneralPage, Page, PredictionPage
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.settings import Settings

_WIDTH, _HEIGHT = 780, 560
_ROW_PADDING = 14


class SettingsDialog(QDialog):
    """Not modal. Every choice holds and is saved at once: there is nothing to confirm."""

    changed = Signal()
    """A setting has been changed; keys are told by Actions."""

    def __init__(
        self,
        settings: Settings,
        actions: Actions,
        inference: InferenceControl,
        session: ClipSession,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.general = GeneralPage(settings, actions)
        self.correcting = CorrectingPage(settings, actions)
        self.prediction = PredictionPage(settings, inference, session)
        self.keys = KeyEditor(actions)
        self.names = QListWidget()
        self.names.setAccessibleName("Pages of the settings")
        self.names.setFixedWidth(130)
        self.pages = QStackedWidget()
        for words, page in (
            ("General", self.general),
            ("Correcting", self.correcting),
            ("Prediction", self.prediction),
        ):
            page.changed.connect(self.changed)
            self._put(words, _scrolling(page))
        self._put("Keys", self.keys)
        self.names.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.names.setCurrentRow(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        # Enter in the field of searching must not close the dialog.
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(self.names)
        row.addWidget(self.pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addLayout(row, 1)
        column.addWidget(buttons)

    def show_keys(self) -> None:
        """Turn to the page of keys."""
        self.names.setCurrentRow(self.pages.indexOf(self.keys))

    def showEvent(self, event: QShowEvent) -> None:
        available = self.screen().availableSize()
        self.resize(min(_WIDTH, available.width() - 40), min(_HEIGHT, available.height() - 80))

    def _put(self, words: str, page: QWidget) -> None:
        self.names.addItem(words)
        height = self.fontMetrics().height() + _ROW_PADDING
        self.names.item(self.names.count() - 1).setSizeHint(QSize(0, height))
        self.pages.addWidget(page)


def _scrolling(page: Page) -> QScrollArea:
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area
