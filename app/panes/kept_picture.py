"""The drawn picture of one pane, kept so that a stroke redraws its own place alone. Input and overlays: not here."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPixmap

from app.panes.mask_painter import halo_of, paint_mask
from app.panes.pixel_grid import grid_of
from app.panes.scene import CorrectionView, MaskView
from app.panes.viewport import Viewport

if TYPE_CHECKING:
    from core.masks import Rectangle

Mask = MaskView | CorrectionView


class KeptPicture:
    """Two pixmaps on device pixels: all but the mask, and the whole."""

    def __init__(self) -> None:
        self._behind: QPixmap | None = None
        self._whole: QPixmap | None = None
        self._ratio = 1.0
        self._stale = QRect()

    def forget(self) -> None:
        """Everything looks different now."""
        self._behind = self._whole = None

    def forget_mask(self) -> None:
        """Another mask, or another way to show it."""
        self._whole = None

    def spoil(self, mask: Mask, viewport: Viewport, ratio: float, rectangle: "Rectangle") -> QRect:
        """The mask has changed in a rectangle of the frame. Returns the device pixels that will change."""
        shape = mask.layer.shape if isinstance(mask, CorrectionView) else mask.mask.shape
        part = grid_of(viewport, ratio, shape).touched(rectangle, halo_of(ratio))
        self._stale = self._stale.united(part)
        return part

    def picture(
        self,
        size: QSize,
        ratio: float,
        viewport: Viewport,
        mask: Mask | None,
        paint_behind: Callable[[QPixmap], None],
    ) -> QPixmap:
        """The picture as it is now; draws what is missing and no more.

        Args:
            size: the pane's, logical pixels.
            paint_behind: draws all but the mask into the pixmap.
        """
        if self._behind is None or self._ratio != ratio:
            self._ratio, self._whole = ratio, None
            self._behind = QPixmap(size * ratio)
            self._behind.setDevicePixelRatio(ratio)
            paint_behind(self._behind)
        if mask is None:
            self._whole, self._stale = None, QRect()
            return self._behind
        stale = self._stale
        if self._whole is None:
            self._whole = QPixmap(self._behind.size())
            stale = self._whole.rect()
        self._stale = QRect()
        stale = stale.intersected(self._whole.rect())
        if not stale.isEmpty():
            self._renew(self._behind, self._whole, mask, viewport, stale)
        return self._whole

    def _renew(self, behind: QPixmap, whole: QPixmap, mask: Mask, viewport: Viewport, part: QRect) -> None:
        for pixmap in (behind, whole):
            pixmap.setDevicePixelRatio(1)  # the mask is drawn on device pixels
        painter = QPainter(whole)
        painter.drawPixmap(part.topLeft(), behind, part)
        painter.setClipRect(part)
        paint_mask(painter, mask, viewport, self._ratio, part)
        painter.end()
        for pixmap in (behind, whole):
            pixmap.setDevicePixelRatio(self._ratio)
