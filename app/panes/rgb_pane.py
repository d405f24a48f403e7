"""The frame with the mask over it, and the controls of the mask under it."""

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QColor, QImage

from app.panes.mask_controls import MaskControls
from app.panes.mask_overlay import heat_layer, quick_mask
from app.panes.picture_pane import PicturePane
from app.panes.scene import MaskView, Scene
from app.panes.view_state import ViewState
from app.session.records import DecodedFrame
from app.settings import Settings
from app.theme import Theme
from core.types import GrayImage


class RgbPane(PicturePane):
    """Shows the frame at once, the model's mask as soon as it is known, and the exact mask in its place."""

    def __init__(self, key: str, title: str, view: ViewState, theme: Theme, settings: Settings) -> None:
        super().__init__(key, title, view, theme)
        self._frame: DecodedFrame | None = None
        self._saliency_u8: GrayImage | None = None
        self._mask: GrayImage | None = None
        self._previous: GrayImage | None = None
        self._quick: tuple[GrayImage, int, GrayImage] | None = None
        self._heat: tuple[GrayImage, float, QImage] | None = None
        self._peeking = self._held = False
        self.controls = MaskControls(settings)
        # Dragging a slider asks more often than a screen can show: at most one drawing per turn of the event loop.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        self.controls.changed.connect(self._soon.start)
        theme.changed.connect(self._soon.start)
        self.set_body(self.picture, self.controls)

    @property
    def masked(self) -> bool:
        """Whether this frame's prediction is known."""
        return self._saliency_u8 is not None and not self._held

    def show_frame(self, frame: DecodedFrame, saliency_u8: GrayImage | None, hold: bool = False) -> None:
        """Show a frame, with its saliency map if that is known already.

        Args:
            hold: keep the last frame's mask while there is none, for a moment of playback, so that it does not
                flicker; `release` ends that.
        """
        if self._frame is None or self._frame.index != frame.index:
            self._mask = self._previous = None
        self._held = hold and saliency_u8 is None and self._saliency_u8 is not None
        self._frame = frame
        if not self._held:
            self._saliency_u8 = saliency_u8
        if saliency_u8 is not None:
            self.picture.set_hint("")
        self._show()
        self.refresh_readout()

    def show_saliency(self, saliency_u8: GrayImage) -> None:
        """The map of the frame that is shown has come."""
        self._saliency_u8, self._held = saliency_u8, False
        self.picture.set_hint("")
        self._show()

    def show_mask(self, mask: GrayImage | None, previous: GrayImage | None = None) -> None:
        """The exact mask of the frame that is shown, until the next frame; None for the model's own again.

        Args:
            mask: uint8 HxW as large as the frame, 0 or 255. May change in place: `picture.mask_changed`.
            previous: the mask of the frame before, for the onion skin.
        """
        self._mask, self._previous = mask, previous
        self._show()

    def release(self) -> None:
        """Take away a mask that was held from an earlier frame."""
        if self._held:
            self._saliency_u8, self._held = None, False
            self._show()

    def show_broken(self, words: str) -> None:
        """The frame cannot be shown: what is on screen is another one, dimmed and without its mask."""
        shown = self._frame
        self.show_message(words)
        if shown is not None:
            self.picture.show_scene(Scene((shown.image,), shown.preview, dimmed=True))
            self.picture.set_hint(words)

    def show_message(self, message: str) -> None:
        self._frame = self._saliency_u8 = self._mask = self._previous = None
        self._quick = self._heat = None
        super().show_message(message)

    @Slot(bool)
    def set_peek(self, peeking: bool) -> None:
        """Hide the mask for as long as Tab is held."""
        self._peeking = peeking
        self._show()

    def value_at(self, position: tuple[float, float]) -> str:
        if self._frame is None:
            return ""
        image = self._frame.image
        column, row = int(position[0] * image.width()), int(position[1] * image.height())
        colour: QColor = image.pixelColor(column, row)
        return f"{column}, {row}   R {colour.red()}  G {colour.green()}  B {colour.blue()}"

    @Slot()
    def _show(self) -> None:
        if self._frame is None:
            return
        layers = [self._frame.image]
        choice = self.controls.choice
        if choice.mode == "heat" and self._saliency_u8 is not None and not self._peeking:
            layers.append(self._heat_of(self._saliency_u8, choice.opacity))
        mask = None if self._peeking or choice.mode == "off" else self._shown_mask(choice.threshold)
        view = None
        if mask is not None:
            behind = self._theme.tokens.canvas
            view = MaskView(mask, self._previous, choice.mode, choice.opacity, behind)
        self.picture.show_scene(Scene(tuple(layers), self._frame.preview, view))

    def _shown_mask(self, threshold: int) -> GrayImage | None:
        """The exact mask, or until it is there what the model alone would make of the frame."""
        if self._mask is not None or self._saliency_u8 is None or self._frame is None:
            return self._mask
        if self._quick is None or self._quick[0] is not self._saliency_u8 or self._quick[1] != threshold:
            size_hw = (self._frame.image.height(), self._frame.image.width())
            mask = quick_mask(self._saliency_u8, threshold, size_hw)
            self._quick = self._saliency_u8, threshold, mask
        return self._quick[2]

    def _heat_of(self, saliency_u8: GrayImage, opacity: float) -> QImage:
        if self._heat is None or self._heat[0] is not saliency_u8 or self._heat[1] != opacity:
            self._heat = saliency_u8, opacity, heat_layer(saliency_u8, opacity)
        return self._heat[2]
