"""Motion from stills: move object and background of an image by different smooth motions and run the real flow.

The generated second frame is never shown to the network; only its flow is. Frame t is the still itself.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.datasets.layers import (
    Layer,
    blend,
    cover_frame,
    inpaint_object,
    log_uniform,
    place_layer,
    soft_alpha,
)
from core.datasets.motion import centre_of, move_layer, random_motion, similarity
from core.datasets.sample import Sample
from core.flow import FlowEstimator
from core.opencv import cv2
from core.types import FlowField, RgbImage, SizeHW


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """How stills are set in motion.

    long_side: working size of the pair, pixels.
    static, camera, object, both: relative frequencies of nothing moving (but jitter), the camera alone, the object
        alone, and both.
    camera_px, object_px: speeds are log-uniform between these, pixels a frame.
    zoom: the still is magnified by up to this factor, so that camera motion uncovers real image content.
    """

    long_side: int = 400
    static: float = 0.08
    camera: float = 0.14
    object: float = 0.20
    both: float = 0.58
    camera_px: tuple[float, float] = (0.4, 16.0)
    object_px: tuple[float, float] = (0.7, 18.0)
    zoom: float = 1.12


def animate_still(
    still: Sample,
    estimator: FlowEstimator,
    rng: np.random.Generator,
    settings: MotionSettings,
    distractor: Layer | None = None,
) -> Sample:
    """Give a still a believable flow field.

    Args:
        still: with ground truth.
        distractor: an object that is pasted into the background and moves with it; the still's own then always
            moves by itself, so that motion tells which of the two is meant.

    Returns:
        The sample at working size with its flow; the teacher's map is dropped where the picture was changed.
    """
    settings = settings if distractor is None else _object_moves(settings)
    view = _to_working_size(still, rng, settings)
    assert view.ground_truth is not None
    thing = Layer(view.rgb, soft_alpha(view.ground_truth))
    plate = inpaint_object(view.rgb, view.ground_truth)
    rgb, teacher = view.rgb, view.teacher
    if distractor is not None:
        placed = place_layer(distractor, thing.size_hw, rng)
        plate = blend(plate, placed)
        rgb = blend(blend(rgb, placed), thing)
        teacher = None
    flow = _flow_to_next(rgb, thing, plate, estimator, rng, settings)
    return Sample(rgb, view.ground_truth, teacher, flow, f"{still.origin}/motion")


def animate_composite(
    thing: Layer,
    scene: RgbImage,
    estimator: FlowEstimator,
    rng: np.random.Generator,
    settings: MotionSettings,
    distractor: Layer | None = None,
    crowded: bool = False,
) -> Sample:
    """Paste an object into another scene and set both in motion; for small objects and uncommon places.

    Args:
        scene: uint8 HxWx3. crowded: it holds a salient object of its own. With one, or with a distractor, the pasted
            object always moves by itself: only motion tells that it is meant.
    """
    if crowded or distractor is not None:
        settings = _object_moves(settings)
    plate = cover_frame(scene, _frame_size(rng, settings))
    size_hw = (plate.shape[0], plate.shape[1])
    if distractor is not None:
        plate = blend(plate, place_layer(distractor, size_hw, rng))
    placed = place_layer(thing, size_hw, rng)
    rgb = blend(plate, placed)
    ground_truth = np.where(placed.alpha >= 0.5, 255, 0).astype(np.uint8)
    flow = _flow_to_next(rgb, placed, plate, estimator, rng, settings)
    return Sample(rgb, ground_truth, None, flow, "crowded/motion" if crowded else "composite/motion")


def _object_moves(settings: MotionSettings) -> MotionSettings:
    return replace(settings, static=0.0, camera=0.0, object_px=(2.0, settings.object_px[1]))


def _flow_to_next(
    rgb: RgbImage,
    thing: Layer,
    plate: RgbImage,
    estimator: FlowEstimator,
    rng: np.random.Generator,
    settings: MotionSettings,
) -> FlowField:
    following = _following_frame(plate, thing, rng, settings)
    return estimator(_sensor(rgb, rng), _sensor(following, rng))


def _frame_size(rng: np.random.Generator, settings: MotionSettings) -> SizeHW:
    aspect = rng.choice([4 / 3, 16 / 9, 16 / 9, 1.0, 9 / 16])
    longer = settings.long_side
    return (round(longer / aspect), longer) if aspect >= 1 else (longer, round(longer * aspect))


def _to_working_size(sample: Sample, rng: np.random.Generator, settings: MotionSettings) -> Sample:
    height, width = sample.rgb.shape[:2]
    scale = settings.long_side / max(height, width)
    size_wh = (max(32, round(width * scale)), max(32, round(height * scale)))
    zoom = rng.uniform(1, settings.zoom)
    view = similarity(
        size_wh, zoom, rng.normal(0, 0.01), rng.uniform(-0.3, 0.3, 2) * (zoom - 1) * np.array(size_wh)
    )

    def fit(picture: NDArray[np.uint8], method: int) -> NDArray[np.uint8]:
        resized = cv2.resize(
            picture,
            size_wh,
            interpolation=cv2.INTER_AREA if scale < 1 and method != cv2.INTER_NEAREST else method,
        )
        return np.asarray(
            cv2.warpPerspective(resized, view, size_wh, flags=method, borderMode=cv2.BORDER_REFLECT_101),
            np.uint8,
        )

    ground_truth = None if sample.ground_truth is None else fit(sample.ground_truth, cv2.INTER_NEAREST)
    teacher = None if sample.teacher is None else fit(sample.teacher, cv2.INTER_LINEAR)
    return Sample(fit(sample.rgb, cv2.INTER_LINEAR), ground_truth, teacher, None, sample.origin)


def _following_frame(
    plate: RgbImage, thing: Layer, rng: np.random.Generator, settings: MotionSettings
) -> RgbImage:
    height, width = thing.size_hw
    weights = np.array([settings.static, settings.camera, settings.object, settings.both])
    kind = rng.choice(4, p=weights / weights.sum())
    camera_moves, object_moves = kind in (1, 3), kind in (2, 3)
    camera = random_motion(
        (width, height), log_uniform(rng, settings.camera_px) if camera_moves else rng.uniform(0, 0.3), rng
    )
    motion = camera
    if object_moves:
        center = centre_of(thing)
        motion = random_motion((width, height), log_uniform(rng, settings.object_px), rng, center) @ camera
    bend_px = rng.uniform(0, 3.0) if object_moves and rng.random() < 0.6 else 0.0
    moved_plate = cv2.warpPerspective(plate, camera, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return blend(np.asarray(moved_plate, np.uint8), move_layer(thing, motion, bend_px, rng))


def _sensor(rgb: RgbImage, rng: np.random.Generator) -> RgbImage:
    """What a camera and a codec do: a little blur, noise and brightness flicker."""
    if rng.random() < 0.4:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.4, 1.4)), np.uint8)
    noise = rng.normal(0, rng.uniform(0.5, 4.0), rgb.shape[:2])[..., None]
    return np.clip(rgb * rng.uniform(0.98, 1.02) + noise, 0, 255).astype(np.uint8)
