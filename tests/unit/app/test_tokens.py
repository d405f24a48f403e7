"""Contrast of both themes, by WCAG's own figures."""

import pytest

from app.tokens import DARK, LIGHT, MASK_TINT, Tokens, contrast


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("behind", ["window", "surface", "raised", "canvas"])
def test_text_is_readable_everywhere(tokens: Tokens, behind: str) -> None:
    background = getattr(tokens, behind)
    assert contrast(tokens.text, background) >= 7
    assert contrast(tokens.muted, background) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
def test_words_on_accent_are_readable(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize(
    "mark",
    [
        *("control", "accent", "series_rgb", "series_flow", "danger", "warning", "flicker"),
        *("predicted", "unpredicted", "propagated", "corrected", "accepted", "needs_work", "held_out"),
    ],
)
def test_marks_stand_out(tokens: Tokens, mark: str) -> None:
    for behind in ("canvas", "surface", "window"):
        assert contrast(getattr(tokens, mark), getattr(tokens, behind)) >= 3


def test_the_mask_has_the_colour_of_the_exported_overlay() -> None:
    from core.exchange.overlay import TINT_RGB

    assert tuple(bytes.fromhex(MASK_TINT[1:])) == TINT_RGB
