"""GrabCut (Rother et al., SIGGRAPH 2004) from a box or from scribbles, at a bounded working size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.masks.edit import Edit, set_where, size_of, toward_mask, values_of_mask
from core.masks.layer import BACKGROUND, FOREGROUND
from core.masks.rectangle import EMPTY, Rectangle, bounding, whole
from core.opencv import cv2
from core.types import GrayImage, RgbImage, SizeHW


@dataclass(frozen=True, slots=True)
class GrabCutSettings:
    """How GrabCut runs.

    long_side: the part of the picture that is looked at is reduced to this, so that a click takes well under a second.
    iterations: rounds of fitting colours and cutting.
    margin: the part reaches this share of the box's longer side beyond it, to learn the background's colours.
    """

    long_side: int = 400
    iterations: int = 4
    margin: float = 0.4


def grabcut_box(
    layer: GrayImage, rgb: RgbImage, box: Rectangle, settings: GrabCutSettings | None = None
) -> Edit:
    """Find the object in a box and set the box to it. What was corrected before inside the box is kept and guides.

    Args:
        rgb: uint8 HxWx3, the frame. box: around the object; what lies beside the picture is cut off.

    Returns:
        An edit inside the box; an empty one where no object, or nothing else, is in the box.
    """
    settings = settings or GrabCutSettings()
    box = box.within(size_of(layer))
    if box.is_empty:
        return Edit(layer.copy(), EMPTY)
    hints = np.full(size_of(layer), cv2.GC_BGD, np.uint8)
    hints[box.slices] = cv2.GC_PR_FGD
    if box == whole(size_of(layer)):  # nothing lies outside: the rim has to stand for the background
        hints[0], hints[-1], hints[:, 0], hints[:, -1] = (cv2.GC_BGD,) * 4
    inside, part = hints[box.slices], layer[box.slices]
    inside[part == FOREGROUND] = cv2.GC_FGD
    inside[part == BACKGROUND] = cv2.GC_BGD
    found = _cut(rgb, hints, _padded(box, settings.margin, size_of(layer)), settings)
    if found is None:
        return Edit(layer.copy(), EMPTY)
    return set_where(layer, values_of_mask(found[box.slices]), part == 0, box)


def grabcut_scribbles(
    layer: GrayImage, mask: GrayImage, rgb: RgbImage, foreground: NDArray[np.bool_], background: NDArray[np.bool_],
    settings: GrabCutSettings | None = None,
) -> Edit:  # fmt: skip
    """Refine the present mask by a few lines that say what belongs to the object and what does not.

    Args:
        mask: uint8 HxW 0/255, the frame's mask as it is: the first guess everywhere else.
        foreground, background: bool HxW, the scribbles (stroke_area gives them); background wins where both are.

    Returns:
        An edit near the mask and the scribbles; an empty one where there are no scribbles.
    """
    settings = settings or GrabCutSettings()
    scribbled = bounding(foreground | background)
    if scribbled.is_empty:
        return Edit(layer.copy(), EMPTY)
    hints = np.where(mask != 0, np.uint8(cv2.GC_PR_FGD), np.uint8(cv2.GC_PR_BGD))
    hints[foreground] = cv2.GC_FGD
    hints[background] = cv2.GC_BGD
    part = _padded(scribbled.union(bounding(mask != 0)), settings.margin, size_of(layer))
    found = _cut(rgb, hints, part, settings)
    return toward_mask(layer, mask, mask if found is None else found)


def _padded(box: Rectangle, margin: float, size_hw: SizeHW) -> Rectangle:
    by = round(margin * max(box.height, box.width)) + 2
    return Rectangle(box.top - by, box.left - by, box.height + 2 * by, box.width + 2 * by).within(size_hw)


def _cut(
    rgb: RgbImage, hints: NDArray[np.uint8], part: Rectangle, settings: GrabCutSettings
) -> NDArray[np.bool_] | None:
    """The object in full size; None where the hints inside `part` leave one side without a single pixel."""
    scale = min(1.0, settings.long_side / max(part.height, part.width))
    size_wh = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    picture = np.ascontiguousarray(rgb[part.slices][..., ::-1])
    labels = np.asarray(cv2.resize(hints[part.slices], size_wh, interpolation=cv2.INTER_NEAREST), np.uint8)
    if not _both_sides(labels):
        return None
    picture = cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # the fit of colours starts at random: the same box shall give the same mask
    cv2.grabCut(picture, labels, None, *models, settings.iterations, cv2.GC_INIT_WITH_MASK)  # pyright: ignore
    soft = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    # Pixels outside the part keep what their hint says; sure pixels keep it everywhere.
    found = np.isin(hints, (cv2.GC_FGD, cv2.GC_PR_FGD))
    found[part.slices] = cv2.resize(soft, (part.width, part.height), interpolation=cv2.INTER_LINEAR) >= 0.5
    found[hints == cv2.GC_FGD] = True
    found[hints == cv2.GC_BGD] = False
    return found


def _both_sides(labels: NDArray[np.uint8]) -> bool:
    foreground = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    return bool(foreground.any()) and not bool(foreground.all())
