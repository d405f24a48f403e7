"""What a picture pane is asked to draw, as one frozen value."""

from dataclasses import dataclass

from PySide6.QtGui import QImage

from core.types import GrayImage


@dataclass(frozen=True, slots=True, eq=False)
class MaskView:
    """A mask over the picture, and the way to show it.

    mask: uint8 HxW, 0 or 255, as large as the frame. It is read whenever it is drawn and may change in place:
    ImageView.mask_changed tells where. previous: the mask of the frame before, for the onion skin.
    mode: one of MASK_MODES. opacity: 0 to 1. behind: colour that stands for what is cut out, #rrggbb.
    """

    mask: GrayImage
    previous: GrayImage | None = None
    mode: str = "tint"
    opacity: float = 0.55
    behind: str = "#000000"


@dataclass(frozen=True, slots=True, eq=False)
class CorrectionView:
    """A correction layer over the picture: foreground and background told apart, the rest as it is.

    layer: uint8 HxW of the three values of core.masks, as large as the frame; may change in place as a mask.
    """

    layer: GrayImage


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Layers from back to front, each stretched over the whole frame, and a mask or corrections over them.

    preview: a smaller copy of the first layer, drawn while the view is not magnified. dimmed: the picture belongs
    to another frame, or waits for its result; the mask is not dimmed with it.
    """

    layers: tuple[QImage, ...]
    preview: QImage | None = None
    mask: MaskView | CorrectionView | None = None
    dimmed: bool = False

    def same_picture(self, other: "Scene | None") -> bool:
        """Whether all but the mask is what `other` shows."""
        if other is None or self.dimmed != other.dimmed or self.preview is not other.preview:
            return False
        mine, others = self.layers, other.layers
        return len(mine) == len(others) and all(a is b for a, b in zip(mine, others, strict=True))
