"""A pane that shows one picture of the frame: flow and saliency as they are, RGB as the base of its own class."""

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage

from app.panes.image_view import ImageView
from app.panes.pane_frame import PaneFrame
from app.panes.scene import CorrectionView, Scene
from app.panes.view_state import ViewState
from app.theme import Theme
from core.types import GrayImage

COMPUTING = "Computing this frame…"


class PicturePane(PaneFrame):
    """Header and picture, with the value under the crosshair at the right of the header."""

    peek = Signal(bool)

    def __init__(self, key: str, title: str, view: ViewState, theme: Theme) -> None:
        super().__init__(key, title, theme)
        self._view = view
        self.picture = ImageView(view, theme, title)
        self.picture.double_clicked.connect(self._ask_alone)
        self.picture.peek.connect(self.peek)
        view.cursor_changed.connect(self.refresh_readout)

    def show_message(self, message: str) -> None:
        """Nothing to show: say why."""
        self.picture.show_scene(None)
        self.picture.set_hint("")
        self.picture.say(message)
        self.refresh_readout()

    @Slot()
    def refresh_readout(self) -> None:
        """Put the value under the crosshair into the header."""
        position = self._view.cursor
        self.set_readout("" if position is None else self.value_at(position))

    def value_at(self, position: tuple[float, float]) -> str:
        """The value at a frame position, as words; empty where there is none."""
        return ""


class MapPane(PicturePane):
    """Shows a picture that comes with a prediction. Until there is one, the last one is shown dimmed."""

    def show_picture(self, image: QImage) -> None:
        """This frame's picture."""
        self.picture.set_hint("")
        self._show(Scene((image,)))
        self.refresh_readout()

    def show_waiting(self, substitute: QImage | None, words: str = COMPUTING) -> None:
        """This frame has no prediction yet: dim what is there, or the frame itself if nothing is."""
        scene = self.picture.scene
        layers = scene.layers if scene is not None else ((substitute,) if substitute is not None else ())
        if layers:
            self._show(Scene(layers, dimmed=True))
            self.picture.set_hint(words)
        self.set_readout("")

    def _show(self, scene: Scene) -> None:
        self.picture.show_scene(scene)

    def image(self) -> QImage | None:
        """The picture of this very frame, None while it waits."""
        scene = self.picture.scene
        return scene.layers[0] if scene is not None and not scene.dimmed else None


class SaliencyPane(MapPane):
    """The saliency map, black to white, with the corrections over it."""

    def __init__(self, key: str, title: str, view: ViewState, theme: Theme) -> None:
        super().__init__(key, title, view, theme)
        self._layer: GrayImage | None = None
        self._peeking = False

    def show_layer(self, layer: GrayImage | None) -> None:
        """The corrections of the frame that is shown; None for no frame in hand.

        Args:
            layer: uint8 HxW of the values of core.masks, as large as the frame. May change in place:
                `picture.mask_changed`.
        """
        if layer is None and self._layer is None:
            return
        self._layer = layer
        self._show_again()

    def show_message(self, message: str) -> None:
        self._layer = None
        super().show_message(message)

    @Slot(bool)
    def set_peek(self, peeking: bool) -> None:
        """Hide the corrections for as long as the key is held."""
        self._peeking = peeking
        self._show_again()

    def value_at(self, position: tuple[float, float]) -> str:
        image = self.image()
        if image is None:
            return ""
        value = image.pixelColor(int(position[0] * image.width()), int(position[1] * image.height())).value()
        words = f"saliency {value / 255:.2f}".replace("0.", ".")
        return f"{words}{self._correction_at(position)}"

    def _correction_at(self, position: tuple[float, float]) -> str:
        if self._layer is None:
            return ""
        height, width = self._layer.shape
        value = self._layer[int(position[1] * height), int(position[0] * width)]
        return ("", ", corrected: foreground", ", corrected: background")[value]

    def _show_again(self) -> None:
        scene = self.picture.scene
        if scene is not None:
            self._show(scene)

    def _show(self, scene: Scene) -> None:
        shown = self._layer is not None and not self._peeking
        corrections = CorrectionView(self._layer) if shown and self._layer is not None else None
        self.picture.show_scene(replace(scene, mask=corrections))
