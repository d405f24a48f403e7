"""The colours of the dark and the light theme, each named after its use. Nothing is applied here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme, as #rrggbb.

    window: behind everything. surface: pane headers, menus, cards. raised: buttons, fields. pressed: a button that
    is down. canvas: behind pictures. border: between surfaces (decoration). control: outlines that carry meaning.
    text, muted: the two text colours, on window, surface and canvas alike. accent, on_accent: selection, focus,
    playhead. danger, warning, good: states, always beside a word or a shape. series_rgb, series_flow: the two
    streams, told apart by colour-blind eyes and by pattern. unpredicted, predicted, propagated, corrected, accepted,
    needs_work: frame states on the timeline, which have a shape each as well. held_out: frames that a finetuning
    judges by. flicker: its curve.
    """

    name: str
    window: str
    surface: str
    raised: str
    pressed: str
    canvas: str
    border: str
    control: str
    text: str
    muted: str
    accent: str
    on_accent: str
    danger: str
    warning: str
    good: str
    series_rgb: str
    series_flow: str
    unpredicted: str
    predicted: str
    propagated: str
    corrected: str
    accepted: str
    needs_work: str
    held_out: str
    flicker: str


DARK = Tokens(
    name="dark",
    window="#191b1f",
    surface="#212429",
    raised="#2d3138",
    pressed="#3b414a",
    canvas="#121316",
    border="#353a42",
    control="#7c8592",
    text="#e8eaed",
    muted="#a9b1bc",
    accent="#62aefc",
    on_accent="#07182a",
    danger="#ff8a80",
    warning="#f3bd55",
    good="#5fd39a",
    series_rgb="#62aefc",
    series_flow="#f0a04b",
    unpredicted="#868e9a",
    predicted="#2f9e8f",
    propagated="#a78bfa",
    corrected="#f0a04b",
    accepted="#c9f7d4",
    needs_work="#ff6f61",
    held_out="#8fb6ff",
    flicker="#e48fc4",
)

LIGHT = Tokens(
    name="light",
    window="#eef0f3",
    surface="#fbfcfd",
    raised="#e3e6eb",
    pressed="#cdd3db",
    canvas="#dcdfe4",
    border="#c6ccd4",
    control="#6d7784",
    text="#1a1e24",
    muted="#4c5561",
    accent="#0a5fc0",
    on_accent="#ffffff",
    danger="#b3261e",
    warning="#7a4d00",
    good="#176b43",
    series_rgb="#0a5fc0",
    series_flow="#b0560a",
    unpredicted="#6d7784",
    predicted="#13806f",
    propagated="#6d3fc4",
    corrected="#a85b00",
    accepted="#0b3d2e",
    needs_work="#c4001d",
    held_out="#2450b5",
    flicker="#a3246f",
)

MASK_TINT = "#ff3b5c"
"""The mask over the picture in both themes, and in the overlay files that core writes."""
ONION_TINT = "#39d5ff"
"""The outline of the mask of the frame before, over the picture in both themes."""
FOREGROUND_TINT, BACKGROUND_TINT = "#ff9d2e", "#3d8bff"
"""Corrections over the saliency map in both themes: told apart by colour-blind eyes and by their hatching."""


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two #rrggbb colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
