"""What made a clip's folder of results: a small file in it, by which a run that goes on knows what is done."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.errors import OutputError
from core.exchange.clip_exporter import ExportOptions
from core.inference.predictor import Predictor
from core.video import ClipInfo
from core.video.atomic import output_error

RECORD_NAME = "prediction.json"
_MADE_WITH, _SCORES = "made_with", "mean_scores"


def made_with(predictor: Predictor, info: ClipInfo, options: ExportOptions) -> dict[str, Any]:
    """All that the results depend on: the clip's content, the weights, what was asked for."""
    asked = asdict(predictor.settings)
    del asked["threads"]
    return {
        "clip": info.fingerprint,
        "frames": info.frame_count,
        "weights_sha256": predictor.weights_sha256,
        "settings": asked,
        "flow": predictor.flow_description,
        "threshold": options.threshold,
        "products": sorted(options.products),
    }


def write_record(folder: Path, made: dict[str, Any], mean_scores: dict[str, float]) -> None:
    """Into a folder that only appears when it is complete. Raises: OutputError."""
    path = folder / RECORD_NAME
    try:
        path.write_text(
            json.dumps({_MADE_WITH: made, _SCORES: mean_scores}, indent=2) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise output_error(path, error) from error


def kept_scores(folder: Path, made: dict[str, Any]) -> dict[str, float] | None:
    """The mean scores of results that are complete and made in just this way; None where there are none.

    Raises:
        OutputError: the folder holds results that were made otherwise.
    """
    path = folder / RECORD_NAME
    before: dict[str, Any] = {}
    scores: dict[str, float] = {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        before, scores = dict(record[_MADE_WITH]), dict(record[_SCORES])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        pass  # damaged: then nothing in it is as it should be
    different = [name for name, value in made.items() if before.get(name) != value]
    if different:
        raise OutputError(
            f"{folder} holds results that were made otherwise ({', '.join(different)}): add --overwrite to make them "
            "again, or choose another output folder."
        )
    return scores
