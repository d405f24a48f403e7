"""Training on folders of images. Needs torch, numpy, OpenCV and safetensors, neither Qt nor PyAV."""

from core.training.recipe import Recipe, read_recipe
from core.training.run import train_from_recipe

__all__ = ["Recipe", "read_recipe", "train_from_recipe"]
