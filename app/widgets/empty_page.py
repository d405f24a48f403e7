"""What stands in place of the panes while no clip is open: how to open one."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.icons import icon
from app.theme import Theme
from app.widgets.labels import label


class EmptyPage(QWidget):
    """An invitation to drop a clip, with a button for each way to open one."""

    def __init__(self, actions: list[QAction], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label("Drop a video here, or a folder of images", "headline")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        title.setFont(font)
        line = label(
            "Its salient object, its motion and how sure the network is appear as it plays.", "quiet"
        )
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.setWordWrap(True)
        frame = QFrame()
        frame.setObjectName("emptyPage")
        column = QVBoxLayout(frame)
        column.addStretch(1)
        column.addWidget(self._sign)
        column.addSpacing(10)
        column.addWidget(title)
        column.addSpacing(4)
        column.addWidget(line)
        column.addSpacing(18)
        column.addLayout(_buttons(actions))
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(14, 14, 14, 8)
        outer.addWidget(frame)
        theme.changed.connect(self._show_theme)
        self._show_theme()

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        self._sign.setPixmap(icon("drop", tokens, tokens.accent).pixmap(QSize(48, 48)))


def _buttons(actions: list[QAction]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for number, action in enumerate(actions):
        button = QPushButton(action.text().replace("&", ""))
        button.setToolTip(action.toolTip())
        button.setProperty("primary", number == 0)
        button.setMinimumHeight(30)
        button.clicked.connect(action.trigger)
        row.addWidget(button)
    row.addStretch(1)
    return row
