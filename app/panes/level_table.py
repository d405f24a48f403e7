"""The table of the confidence pane: a row for each level with its two scores and its two side maps."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.images import image_from_gray
from app.panes.level_bars import LevelBars, StreamLegend
from app.panes.side_map_tile import STREAM_NAMES, SideMapTile
from app.panes.view_state import ViewState
from app.theme import Theme
from app.widgets.labels import label
from core.types import LEVELS, Prediction

_MAPS_SHARE = 0.27
"""Of the table's width, at most, for one column of side maps."""


class LevelTable(QWidget):
    """Level 1 is the finest, level 5 the deepest."""

    looked_at = Signal(int, int, bool)
    chosen = Signal(int, int)

    def __init__(self, view: ViewState, theme: Theme) -> None:
        super().__init__()
        self._view = view
        self.bars = [LevelBars(level, theme) for level in range(LEVELS)]
        self.tiles = [
            [SideMapTile(level, stream, view, theme) for stream in range(2)] for level in range(LEVELS)
        ]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(StreamLegend(theme), 0, 0)
        self._headings = [label(f"{name} map", "quiet") for name in STREAM_NAMES]
        for stream, heading in enumerate(self._headings):
            heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(heading, 0, stream + 1)
        for level in range(LEVELS):
            grid.addWidget(self.bars[level], level + 1, 0)
            grid.setRowStretch(level + 1, 1)
            for stream, tile in enumerate(self.tiles[level]):
                grid.addWidget(tile, level + 1, stream + 1)
                tile.looked_at.connect(self.looked_at)
                tile.chosen.connect(self.chosen)
        view.changed.connect(self._fit_maps)

    @property
    def scores(self) -> NDArray[np.float32] | None:
        """What is shown, float32 (5, 2)."""
        shown = [bars.scores for bars in self.bars]
        return None if None in shown else np.array(shown, np.float32)

    def show_prediction(self, prediction: Prediction) -> None:
        for level in range(LEVELS):
            self.bars[level].show_scores(prediction.scores[level])
            for stream, tile in enumerate(self.tiles[level]):
                tile.show_map(image_from_gray(prediction.side_maps_u8[level, stream]), False)

    def wait(self) -> None:
        """What is shown belongs to another frame: paler."""
        for bars in self.bars:
            bars.wait()
        for tile in self._all_tiles():
            tile.show_map(tile.image, True)

    def clear(self) -> None:
        for bars in self.bars:
            bars.show_scores(None)
        for tile in self._all_tiles():
            tile.show_map(None, False)

    def _all_tiles(self) -> list[SideMapTile]:
        return [tile for pair in self.tiles for tile in pair]

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_maps()

    def _fit_maps(self) -> None:
        """Maps as wide as their rows are high, in the frame's shape, and no wider than their share."""
        width, height = self._view.frame_wh
        row = max((self.height() - self._headings[0].sizeHint().height()) / LEVELS - 2, 16)
        column = round(min(row * width / height, self.width() * _MAPS_SHARE))
        words = [f"{name} map" for name in STREAM_NAMES]
        roomy = max(map(self.fontMetrics().horizontalAdvance, words)) <= column
        for heading, long, short in zip(self._headings, words, STREAM_NAMES, strict=True):
            heading.setText(long if roomy else short)
        for tile in self._all_tiles():
            tile.setFixedWidth(max(column, 30))
