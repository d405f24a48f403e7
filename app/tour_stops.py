"""What the first-start tour says of each part of the window."""

from typing import TYPE_CHECKING

from app.theme import Theme
from app.widgets.tour import Stop, Tour

if TYPE_CHECKING:
    from app.main_window import MainWindow

_WORDS = {
    "rgb": "The frame with its mask. {next_mask_mode} changes how the mask is shown, the sliders how strongly and from "
    "where on. Hold {peek} to see the picture alone.",
    "flow": "The motion from this frame to the next: hue is direction, strength is speed, white is still.",
    "saliency": "What the network takes for the salient object: black is background, white is certain.",
    "confidence": "How far the network trusts appearance (RGB) and motion (flow) at five depths, with the map that "
    "each would give alone.",
}


def tour_of(window: "MainWindow", theme: Theme) -> Tour:
    """Start the tour of this window."""
    words = window.commands.with_keys
    stops = [Stop(pane, pane.title, words(_WORDS[key])) for key, pane in window.area.panes.items()]
    timeline = (
        "The solid curve is the confidence, the dashed one flicker; the bars under them show how far each frame is "
        "({legend} names them). Drag to scrub, drag the ruler to select a range, turn the wheel to magnify, press "
        "{play} to play. {keys} lists all keys."
    )
    stops.append(Stop(window.timeline, "Timeline", words(timeline)))
    return Tour(window, stops, theme)
