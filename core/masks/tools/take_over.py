"""Taking a whole mask over from elsewhere: the previous frame's, a propagated one, an imported one."""

from core.masks.edit import Edit, set_where, size_of, values_of_mask
from core.masks.layer import FOLLOW
from core.types import GrayImage


def copy_mask(layer: GrayImage, source_mask: GrayImage) -> Edit:
    """Make this frame's mask equal to another one, whatever the model says, now or later.

    Args:
        source_mask: HxW of the layer's size, nonzero = foreground: the previous frame's composed mask, say.

    Raises:
        ValueError: the sizes differ.
    """
    if size_of(source_mask) != size_of(layer):
        raise ValueError(f"the mask is {source_mask.shape}, the layer {layer.shape}: they must have one size")
    return set_where(layer, values_of_mask(source_mask), values_of_mask(source_mask) != FOLLOW)


def back_to_model(layer: GrayImage) -> Edit:
    """Drop every correction of the frame."""
    return set_where(layer, FOLLOW, layer != FOLLOW)
