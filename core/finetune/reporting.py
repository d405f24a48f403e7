"""The report part measured before and after, with its pictures. The page that shows it is made elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.pictures import encode
from core.errors import OutputError
from core.finetune.frames import EvaluationFrame
from core.finetune.measure import FrameMaps, FrameRunner, frame_j, measure_maps
from core.finetune.outcome import Calibration, ClipOutcome, FrameOutcome, Measures
from core.metrics.bootstrap import FEWEST_UNITS, Interval, blocks, bootstrap
from core.metrics.confidence import Values, measure_confidence
from core.metrics.expected_iou import ConfidenceCalibration
from core.network.cagdde import CagDde
from core.network.preprocess import resize_picture
from core.types import LEVELS, STREAMS, GrayImage, SizeHW

PICTURES_NAME = "report"


@dataclass(frozen=True, slots=True)
class ReportPart:
    """The measured report part; empty where no frames were held out for it."""

    clips: tuple[ClipOutcome, ...] = ()
    overall: ClipOutcome | None = None
    calibration: Calibration | None = None
    interval: Interval | None = None
    frames: tuple[FrameOutcome, ...] = ()


def measure_report(
    base: CagDde,
    chosen: CagDde,
    runner: FrameRunner,
    folder: Path,
    on_frame: Callable[[], None] = lambda: None,
    calibration: ConfidenceCalibration | None = None,
) -> ReportPart:
    """Measure both networks and write the pictures of every frame into the folder's report/.

    Args:
        on_frame: called after each frame of each network; may raise to end it. calibration: of the base, which the
            chosen weights keep.

    Raises:
        OutputError: a picture cannot be written.
    """
    if not runner.frames:
        return ReportPart()
    before, after = (_collect(runner, model, on_frame) for model in (base, chosen))
    names = sorted({frame.clip for frame in runner.frames})
    clips = [ClipOutcome(name, _measures(before, name), _measures(after, name)) for name in names]
    overall = ClipOutcome("all", measure_maps(before, True), measure_maps(after, True))
    frames = [_frame_outcome(old, new, folder) for old, new in zip(before, after, strict=True)]
    return ReportPart(
        tuple(sorted(clips, key=lambda clip: clip.j_gain)),
        overall,
        _calibration(before, after, calibration),
        bootstrap(*_gains(frames)),
        tuple(sorted(frames, key=lambda frame: frame.j_after - frame.j_before)),
    )


def _collect(runner: FrameRunner, model: CagDde, on_frame: Callable[[], None]) -> list[FrameMaps]:
    maps: list[FrameMaps] = []
    for item in runner.maps(model):
        maps.append(item)
        on_frame()
    return maps


def _measures(maps: Sequence[FrameMaps], clip: str) -> Measures:
    return measure_maps([item for item in maps if item.frame.clip == clip], True)


def _calibration(
    before: Sequence[FrameMaps], after: Sequence[FrameMaps], calibration: ConfidenceCalibration | None
) -> Calibration:
    old, new = (measure_confidence(*_said_and_reached(maps, calibration)) for maps in (before, after))
    of = "score" if calibration is None else "expected IoU"
    return Calibration(old.pairs, old.mae, new.mae, old.calibration_error, new.calibration_error, of)


def _said_and_reached(
    maps: Sequence[FrameMaps], calibration: ConfidenceCalibration | None
) -> tuple[Values, Values]:
    if calibration is None:
        return np.concatenate([item.scores for item in maps]), np.concatenate([item.reached for item in maps])
    expected = [
        calibration.expected_iou(item.saliency_u8, item.scores.reshape(LEVELS, len(STREAMS))) for item in maps
    ]
    return np.array(expected), np.array([frame_j(item) for item in maps])


def _gains(frames: Sequence[FrameOutcome]) -> tuple[list[float], bool]:
    """The gain of J of each clip; of each block, where there are fewer clips than an interval needs."""
    by_clip: dict[str, list[FrameOutcome]] = {}
    for frame in sorted(frames, key=lambda frame: (frame.clip, frame.index)):
        by_clip.setdefault(frame.clip, []).append(frame)
    if len(by_clip) >= FEWEST_UNITS:
        return [_gain(own) for own in by_clip.values()], True
    parted = ((own, blocks([frame.index for frame in own])) for own in by_clip.values())
    return [_gain([own[i] for i in block]) for own, cuts in parted for block in cuts], False


def _gain(frames: Sequence[FrameOutcome]) -> float:
    return float(np.mean([frame.j_after - frame.j_before for frame in frames]))


def _frame_outcome(old: FrameMaps, new: FrameMaps, folder: Path) -> FrameOutcome:
    frame = old.frame
    size_hw = (frame.rgb.shape[0], frame.rgb.shape[1])
    stem = f"{PICTURES_NAME}/{_file_name(frame)}"
    pictures = {
        "rgb": (encode(frame.rgb, ".jpg", 90), ".jpg"),
        "truth": (encode(_small(frame.truth, size_hw), ".png"), ".png"),
        "before": (encode(old.saliency_u8, ".png"), ".png"),
        "after": (encode(new.saliency_u8, ".png"), ".png"),
    }
    paths = {name: f"{stem}-{name}{suffix}" for name, (_, suffix) in pictures.items()}
    for name, (data, _) in pictures.items():
        _write(folder / paths[name], data)
    return FrameOutcome(frame.clip, frame.index, frame_j(old), frame_j(new), **paths)


def _file_name(frame: EvaluationFrame) -> str:
    """Safe on every system; the number of the frame keeps frames of one clip apart, a digest those of two."""
    from hashlib import sha256

    plain = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in frame.clip)[:40]
    return f"{plain}-{sha256(frame.clip.encode()).hexdigest()[:6]}-{frame.index:06d}"


def _small(truth: GrayImage, size_hw: SizeHW) -> GrayImage:
    return resize_picture(truth, size_hw)


def _write(path: Path, data: NDArray[np.uint8]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise OutputError(f"{path}: the report's picture cannot be written ({error.strerror}).") from error
