"""Where the files that ship with the program are."""

from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


def default_weights_path() -> Path:
    """The bundled default model, `cagdde-lite` in float16."""
    return RESOURCES / "weights" / "cagdde-lite.safetensors"


def sample_clip_path() -> Path:
    """The bundled sample clip (H.264)."""
    return RESOURCES / "sample" / "sample.mp4"
