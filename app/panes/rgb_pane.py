"""The frame with the mask over it, and the controls of the mask under it."""

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QColor

from app.panes.mask_controls import MaskControls
from app.panes.mask_overlay import mask_layer, outline
from app.panes.picture_pane import PicturePane
from app.panes.scene import Scene
from app.panes.view_state import ViewState
from app.session.records import DecodedFrame
from app.settings import Settings
from app.theme import Theme
from core.types import GrayImage


class RgbPane(PicturePane):
    """Shows the frame at once and the mask as soon as it is known."""

    def __init__(self, key: str, title: str, view: ViewState, theme: Theme, settings: Settings) -> None:
        super().__init__(key, title, view, theme)
        self._frame: DecodedFrame | None = None
        self._saliency_u8: GrayImage | None = None
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
        """Whether this frame's mask is known."""
        return self._saliency_u8 is not None and not self._held

    def show_frame(self, frame: DecodedFrame, saliency_u8: GrayImage | None, hold: bool = False) -> None:
        """Show a frame, with its saliency map if that is known already.

        Args:
            hold: keep the last frame's mask while there is none, for a moment of playback, so that it does not
                flicker; `release` ends that.
        """
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
        self._frame = self._saliency_u8 = None
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
        image = self._frame.image
        layers, border = [image], None
        if self._saliency_u8 is not None and not self._peeking:
            size_hw = (image.height(), image.width())
            choice = self.controls.choice
            behind = self._theme.tokens.canvas
            layer = mask_layer(
                self._saliency_u8, choice.mode, choice.opacity, choice.threshold, size_hw, behind
            )
            layers += [layer] if layer is not None else []
            if choice.mode == "outline":
                border = outline(self._saliency_u8, choice.threshold, size_hw)
        self.picture.show_scene(Scene(tuple(layers), self._frame.preview, border))
