"""One level's two scores as bars with numbers, and the legend that names the two: colour, pattern and words."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panes.side_map_tile import STREAM_NAMES
from app.theme import Theme
from app.tokens import Tokens
from core.inference.reading import short_score

LOWEST_ROW = 22
_THICKEST = 12.0


class LevelBars(QWidget):
    """RGB above flow; paler while the scores belong to another frame."""

    def __init__(self, level: int, theme: Theme) -> None:
        super().__init__()
        self.level, self._theme = level, theme
        self._scores: tuple[float, float] | None = None
        self._pale = False
        self.setMinimumSize(QSize(110, LOWEST_ROW))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"Scores of level {level + 1}")
        theme.changed.connect(self._repaint)

    @property
    def scores(self) -> tuple[float, float] | None:
        """RGB and flow, 0 to 1."""
        return self._scores

    def show_scores(self, scores: NDArray[np.float32] | None) -> None:
        """Show float32 (2,) scores, 0 to 1; None empties the bars."""
        self._scores = None if scores is None else (float(scores[0]), float(scores[1]))
        self._pale = False
        words = "" if self._scores is None else f"RGB {self._scores[0]:.2f}, flow {self._scores[1]:.2f}"
        self.setAccessibleDescription(words)
        self.setToolTip(f"Level {self.level + 1}: {words}" if words else "")
        self.update()

    def wait(self) -> None:
        """The scores belong to another frame from now on."""
        self._pale = True
        self.update()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = self.height() / 2
        name_width = self.fontMetrics().horizontalAdvance("Level 5") + 10
        number_width = self.fontMetrics().horizontalAdvance("1.00") + 8
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.text))
        middle_left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(0, 0, name_width, self.height()), middle_left, f"Level {self.level + 1}")
        if half < painter.fontMetrics().height() - 1:
            font = painter.font()
            font.setPointSizeF(max(font.pointSizeF() * half / painter.fontMetrics().height(), 6.5))
            painter.setFont(font)
        # In a tall row the two bars stay together in the middle.
        pitch = min(half, 24.0)
        thick = min(max(pitch - 5, 5.0), _THICKEST)
        for stream in range(2):
            y = half + (stream - 0.5) * pitch
            track = QRectF(
                name_width, y - thick / 2, max(self.width() - name_width - number_width, 10), thick
            )
            self._paint_score(painter, track, number_width, stream)
        painter.end()

    def _paint_score(self, painter: QPainter, track: QRectF, number_width: int, stream: int) -> None:
        tokens = self._theme.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(track, 2, 2)
        if self._scores is None:
            return
        score = self._scores[stream]
        filled = QRectF(track)
        filled.setWidth(max(track.width() * min(max(score, 0.0), 1.0), 2.0))
        painter.setOpacity(0.45 if self._pale else 1.0)
        paint_stream_bar(painter, filled, stream, tokens)
        painter.setOpacity(1.0)
        painter.setPen(QColor(tokens.muted if self._pale else tokens.text))
        number = QRectF(track.right(), track.center().y() - 10, number_width, 20)
        painter.drawText(
            number, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), short_score(score)
        )


class StreamLegend(QWidget):
    """Which bar is which."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Filled bars are RGB, hatched bars are flow")
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(130, self.fontMetrics().height() + 2)

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = float(self.fontMetrics().horizontalAdvance("Level 5") + 10)
        for stream, name in enumerate(STREAM_NAMES):
            paint_stream_bar(painter, QRectF(x, self.height() / 2 - 5, 14, 10), stream, self._theme.tokens)
            painter.setPen(QColor(self._theme.tokens.muted))
            width = painter.fontMetrics().horizontalAdvance(name)
            place = QRectF(x + 19, 0, width + 4, self.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), name)
            x += width + 34
        painter.end()


def paint_stream_bar(painter: QPainter, bar: QRectF, stream: int, tokens: Tokens) -> None:
    """RGB (stream 0) is filled, flow (stream 1) is hatched."""
    painter.setPen(Qt.PenStyle.NoPen)
    if stream == 0:
        painter.setBrush(QColor(tokens.series_rgb))
        painter.drawRoundedRect(bar, 2, 2)
        return
    pale = QColor(tokens.series_flow)
    pale.setAlpha(90)
    painter.setBrush(pale)
    painter.drawRoundedRect(bar, 2, 2)
    painter.setBrush(QBrush(QColor(tokens.series_flow), Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(QColor(tokens.series_flow), 1))
    painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
