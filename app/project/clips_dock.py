"""The dock with the clips of the project. What its wishes do is project_commands' and clip_finder's part."""

import os
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from app.project.clip_facts import ClipFacts
from app.project.clip_list import ClipList
from app.theme import Theme
from app.widgets.action_button import ActionButton
from app.widgets.labels import label

DRAFT_WORDS = "Draft: kept automatically. Save project as… gives it a place."
_EMPTY_WORDS = "No clips yet. Add videos or folders of images, or drop them here."
_LEAST_WIDTH = 190


class ClipsDock(QDockWidget):
    """Shows facts and tells wishes; it opens and changes nothing itself."""

    clip_wanted = Signal(int)
    removal_wanted = Signal(int)
    location_wanted = Signal(int)

    def __init__(self, window: QMainWindow, theme: Theme, add: QAction, save_as: QAction) -> None:
        super().__init__("Clips", window)
        self.setObjectName("clips")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self._add = add
        self._may_add = False
        self.title = QElidingLabel()
        self.title.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.title.setObjectName("headline")
        self.words = label(kind="quiet", wrap=True)
        self.save_button = ActionButton("Save project as…", save_as)
        self.add_button = ActionButton("Add clips…", add)
        self.list = ClipList(theme)
        self.empty = _empty_page(add)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.pages.addWidget(self.empty)
        self.setWidget(self._content())
        self.list.wanted.connect(self.clip_wanted)
        self.list.removal_wanted.connect(self.removal_wanted)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.show_project(None, False, False)
        self.show_clips((), None)

    def _content(self) -> QWidget:
        content = QWidget()
        content.setMinimumWidth(_LEAST_WIDTH)
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        for part in (self.title, self.words, self.save_button):
            column.addWidget(part)
        column.addWidget(self.pages, 1)
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addStretch(1)
        column.addLayout(row)
        return content

    def show_project(self, path: Path | None, draft: bool, read_only: bool) -> None:
        """path: of a named project. draft: a clip without a project of its own is open."""
        named = path is not None
        self.title.setVisible(named)
        self.title.setText(path.stem if path is not None else "")
        self.title.setToolTip(str(path) if path is not None else "")
        words = "Open in another window: read only." if read_only else DRAFT_WORDS if draft else ""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.save_button.setVisible(draft)
        self._may_add = named and not read_only
        self._show_add_button()
        self.setAccessibleName(f"Clips of {path.stem}" if path is not None else "Clips")

    def show_clips(self, clips: tuple[ClipFacts, ...], shown: int | None) -> None:
        self.list.show_clips(clips, shown)
        self.pages.setCurrentWidget(self.list if clips else self.empty)
        self._show_add_button()

    @Slot()
    def show_opening(self) -> None:
        """A clip is on its way: nothing is said of there being none."""
        self.pages.setCurrentWidget(self.list)

    def _show_add_button(self) -> None:
        # The empty page has one of its own.
        self.add_button.setVisible(self._may_add and self.pages.currentWidget() is self.list)

    def sizeHint(self) -> QSize:
        return QSize(240, 320)

    # The menu of a clip

    def menu_for(self, clip: ClipFacts | None) -> QMenu:
        """What can be done with a clip."""
        menu = QMenu(self)
        if clip is not None:
            self._entry(menu, "&Open", "Return", self._open)
            self._entry(menu, "&Locate file…", "", self._locate)
            self._entry(menu, "&Show in file manager", "", self._show_file).setEnabled(clip.path.exists())
            menu.addSeparator()
            self._entry(menu, "&Remove from project…", "Del", self._remove)
            menu.addSeparator()
        menu.addAction(self._add)
        return menu

    @staticmethod
    def _entry(menu: QMenu, words: str, keys: str, slot: object) -> QAction:
        action = menu.addAction(words)
        if keys:  # shown, not set: the list itself watches these keys
            action.setText(f"{words}\t{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}")
        action.triggered.connect(slot)
        return action

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if index.isValid():
            self.list.setCurrentIndex(index)
        menu = self.menu_for(self.list.chosen if index.isValid() else None)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.list.viewport().mapToGlobal(place))

    @Slot()
    def _open(self) -> None:
        self._tell(self.clip_wanted)

    @Slot()
    def _locate(self) -> None:
        self._tell(self.location_wanted)

    @Slot()
    def _remove(self) -> None:
        self._tell(self.removal_wanted)

    @Slot()
    def _show_file(self) -> None:
        clip = self.list.chosen
        if clip is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(clip.path.parent)))

    def _tell(self, signal: object) -> None:
        clip = self.list.chosen
        if clip is not None:
            signal.emit(clip.id)  # pyright: ignore[reportAttributeAccessIssue]


def _empty_page(add: QAction) -> QWidget:
    page = QWidget()
    page.setObjectName("emptyPage")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    column = QVBoxLayout(page)
    column.addStretch(1)
    words = label(_EMPTY_WORDS, "quiet", wrap=True)
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    column.addWidget(words)
    button = ActionButton("Add clips…", add, primary=True)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(1)
    return page
