"""The settings dialog: a list of pages and the pages. What a page sets is in its own module beside this one."""

from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal, Slot
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
from app.preferences.pages import CorrectingPage, GeneralPage, Page
from app.preferences.prediction_page import PredictionPage
from app.session.choice_probe import PredictionChoices
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.settings import Settings

_WIDTH, _HEIGHT = 780, 560
_ROW_PADDING = 14
_PAGES = {"General": "general", "Correcting": "correcting", "Prediction": "prediction", "Keys": "keys"}
"""Their words, and which property makes them."""
AnyPage = TypeVar("AnyPage", bound=Page)


class SettingsDialog(QDialog):
    """Not modal. Every choice holds and is saved at once: there is nothing to confirm.

    A page is made when it is first turned to: all at once would hold the window up.
    """

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
        self._settings, self._actions = settings, actions
        self._inference, self._session = inference, session
        self._choices: PredictionChoices | None = None
        self.names = QListWidget()
        self.names.setAccessibleName("Pages of the settings")
        self.names.setFixedWidth(130)
        self.pages = QStackedWidget()
        self._places: list[QWidget] = []
        for words in _PAGES:
            self._add(words)
        self.names.currentRowChanged.connect(self._turn_to)
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

    @cached_property
    def general(self) -> GeneralPage:
        return self._put(0, GeneralPage(self._settings, self._actions))

    @cached_property
    def correcting(self) -> CorrectingPage:
        return self._put(1, CorrectingPage(self._settings, self._actions))

    @cached_property
    def prediction(self) -> PredictionPage:
        page = self._put(2, PredictionPage(self._settings, self._inference, self._session))
        if self._choices is not None:
            page.offer(self._choices)
        return page

    @cached_property
    def keys(self) -> KeyEditor:
        editor = KeyEditor(self._actions)
        _fill(self._places[3], editor)
        return editor

    def show_keys(self) -> None:
        """Turn to the page of keys."""
        self.names.setCurrentRow(3)

    def offer(self, choices: PredictionChoices) -> None:
        """What can predict is known."""
        self._choices = choices
        if "prediction" in self.__dict__:
            self.prediction.offer(choices)

    def showEvent(self, event: QShowEvent) -> None:
        available = self.screen().availableSize()
        self.resize(min(_WIDTH, available.width() - 40), min(_HEIGHT, available.height() - 80))

    def _add(self, words: str) -> None:
        self.names.addItem(words)
        height = self.fontMetrics().height() + _ROW_PADDING
        self.names.item(self.names.count() - 1).setSizeHint(QSize(0, height))
        self._places.append(QWidget())
        self.pages.addWidget(self._places[-1])

    @Slot(int)
    def _turn_to(self, row: int) -> None:
        getattr(self, _PAGES[self.names.item(row).text()])
        self.pages.setCurrentIndex(row)

    def _put(self, row: int, page: AnyPage) -> AnyPage:
        page.changed.connect(self.changed)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        _fill(self._places[row], area)
        return page


def _fill(place: QWidget, content: QWidget) -> None:
    column = QVBoxLayout(place)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content)
