"""The CAG-DDE network, its objective and its weights files. Video, flow and training live elsewhere."""

from core.network.cagdde import CagDde, ModelOutput, build_model
from core.network.checkpoint import (
    CheckpointMetadata,
    file_hash,
    inspect_checkpoint,
    load_checkpoint,
    read_state_dict,
    save_checkpoint,
)
from core.network.config import CAGDDE_LITE, CAGDDE_R101, CONFIGS, ModelConfig, network_input_size
from core.network.preprocess import normalise, resize_picture

__all__ = [
    "CAGDDE_LITE",
    "CAGDDE_R101",
    "CONFIGS",
    "CagDde",
    "CheckpointMetadata",
    "ModelConfig",
    "ModelOutput",
    "build_model",
    "file_hash",
    "inspect_checkpoint",
    "load_checkpoint",
    "network_input_size",
    "normalise",
    "read_state_dict",
    "resize_picture",
    "save_checkpoint",
]
