"""What the bundled model says of the bundled clip, recorded small.

`python tests/golden/golden_clip.py` records it anew, after a change that is meant to alter results.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.flow import DisFlow, flow_for_frame
from core.inference import InferenceSettings, Predictor
from core.opencv import cv2
from core.resources import default_weights_path, sample_clip_path
from core.types import Prediction
from core.video import open_clip

RECORD = Path(__file__).with_name("golden_clip.npz")
FRAMES = (0, 45, 89)
SMALL_WH = (108, 60)


def predict_golden() -> list[Prediction]:
    """Predictions of the recorded frames: torch on the CPU in float32, one thread."""
    settings = InferenceSettings(device="cpu", runtime="torch", threads=1)
    predictor = Predictor.load(default_weights_path(), settings)
    with open_clip(sample_clip_path()) as clip:
        predictions: list[Prediction] = []
        for index in FRAMES:
            field = flow_for_frame(DisFlow(), lambda i: clip.read(i).rgb, index, len(clip))
            frame = clip.read(index)
            predictions.append(predictor.predict(index, frame.pts_seconds, frame.rgb, field))
    return predictions


def small(saliency_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(saliency_u8, SMALL_WH, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    made = predict_golden()
    np.savez_compressed(
        RECORD,
        saliency=np.stack([small(prediction.saliency_u8) for prediction in made]),
        scores=np.stack([prediction.scores for prediction in made]),
    )
    print(RECORD)
