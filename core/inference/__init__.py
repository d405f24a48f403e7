"""From clips to predictions: settings, runtimes, the pipelines and the cache on disk. Importing this loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from core.inference.progress import InferenceProgress
from core.inference.settings import InferenceSettings

if TYPE_CHECKING:
    from core.inference.batch import PredictedFrame, predict_clip, predict_frames
    from core.inference.cache import PredictionCache, default_cache_folder
    from core.inference.live import LiveInference
    from core.inference.predictor import Predictor

__all__ = [
    "InferenceProgress",
    "InferenceSettings",
    "LiveInference",
    "PredictedFrame",
    "PredictionCache",
    "Predictor",
    "default_cache_folder",
    "predict_clip",
    "predict_frames",
]

_HOMES = {
    "LiveInference": "live",
    "PredictedFrame": "batch",
    "PredictionCache": "cache",
    "Predictor": "predictor",
    "default_cache_folder": "cache",
    "predict_clip": "batch",
    "predict_frames": "batch",
}


def __getattr__(name: str) -> Any:
    """Load a part, and torch with it, when it is first asked for."""
    if name in _HOMES:
        return getattr(import_module(f"core.inference.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
