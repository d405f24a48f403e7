"""The models of this user: imported, finetuned and bundled, which of them is the default. Light to import."""

from core.registry.choices import BUNDLED
from core.registry.default import DefaultModel, default_model, find_default, models_folder
from core.registry.entry import ModelFacts, ModelRecord
from core.registry.registry import ModelRegistry

__all__ = [
    "BUNDLED",
    "DefaultModel",
    "ModelFacts",
    "ModelRecord",
    "ModelRegistry",
    "default_model",
    "find_default",
    "models_folder",
]
