"""A sign in the status bar for what should be known of the prediction, while it holds. The sentences are core's."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton

from app.icons import icon
from app.session.inference_control import InferenceControl
from app.theme import Theme
from core.words import counted


class NoticeSign(QToolButton):
    """Hidden while all is as expected; a click says the sentences again."""

    wanted = Signal(str, str)
    """All sentences, and how the banner calls them."""

    def __init__(self, inference: InferenceControl, theme: Theme) -> None:
        super().__init__()
        self._inference, self._theme = inference, theme
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setStyleSheet("padding: 1px 6px;")
        self.clicked.connect(self._tell)
        inference.notices_changed.connect(self._show_notices)
        theme.changed.connect(self._show_theme)
        self._show_theme()
        self._show_notices()

    @property
    def sentences(self) -> str:
        """One a line."""
        return "\n".join(self._inference.notices)

    @Slot()
    def _show_notices(self) -> None:
        self.setText(counted(len(self._inference.notices), "note"))
        self.setToolTip(self.sentences)
        self.setAccessibleName(f"On the prediction: {self.sentences}")
        self.setVisible(bool(self._inference.notices))

    @Slot()
    def _tell(self) -> None:
        self.wanted.emit(self.sentences, "notice")

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        self.setIcon(icon("warning", tokens, tokens.warning))
