"""Motion from stills: move object and background of an image by different smooth motions and run the real flow.

The generated second frame is never shown to the network; only its flow is. Frame t is the still itself.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.datasets.sample import IGNORE, Sample
from core.flow import FlowEstimator
from core.opencv import cv2
from core.types import FlowField, GrayImage, RgbImage, SizeHW

Matrix = NDArray[np.float64]
Float = NDArray[np.float32]


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


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Something that moves as one: colour uint8 HxWx3 and opacity float32 HxW in [0, 1]."""

    rgb: RgbImage
    alpha: Float

    @property
    def size_hw(self) -> SizeHW:
        return self.rgb.shape[0], self.rgb.shape[1]


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
    thing = Layer(view.rgb, _soft_alpha(view.ground_truth))
    plate = inpaint_object(view.rgb, view.ground_truth)
    rgb, teacher = view.rgb, view.teacher
    if distractor is not None:
        placed = place_layer(distractor, thing.size_hw, rng)
        plate = _blend(plate, placed)
        rgb = _blend(_blend(rgb, placed), thing)
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
    plate = _cover(scene, _frame_size(rng, settings))
    size_hw = (plate.shape[0], plate.shape[1])
    if distractor is not None:
        plate = _blend(plate, place_layer(distractor, size_hw, rng))
    placed = place_layer(thing, size_hw, rng)
    rgb = _blend(plate, placed)
    ground_truth = np.where(placed.alpha >= 0.5, 255, 0).astype(np.uint8)
    flow = _flow_to_next(rgb, placed, plate, estimator, rng, settings)
    return Sample(rgb, ground_truth, None, flow, "crowded/motion" if crowded else "composite/motion")


def _object_moves(settings: MotionSettings) -> MotionSettings:
    return replace(settings, static=0.0, camera=0.0, object_px=(2.0, settings.object_px[1]))


def place_layer(thing: Layer, size_hw: SizeHW, rng: np.random.Generator) -> Layer:
    """The object somewhere in a frame, its longer side a sixth to two thirds of the frame's longer one."""
    height, width = size_hw
    scale = _log_uniform(rng, (0.16, 0.66)) * max(size_hw) / max(thing.size_hw)
    if scale * thing.size_hw[0] > height:
        scale = height / thing.size_hw[0]
    x = rng.uniform(0.1, 0.9) * width - scale * thing.size_hw[1] / 2
    y = rng.uniform(0.3, 0.8) * height - scale * thing.size_hw[0] / 2
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    rgba = _rgba(thing)
    if rng.random() < 0.5:
        rgba = np.ascontiguousarray(rgba[:, ::-1])
    if scale < 0.7:
        rgba = np.asarray(cv2.GaussianBlur(rgba, (0, 0), 0.35 / scale), np.uint8)
    return _layer(np.asarray(cv2.warpAffine(rgba, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8))


def still_layer(still: Sample) -> Layer:
    """The object of a still, cut out at its bounding box."""
    assert still.ground_truth is not None
    alpha = _soft_alpha(still.ground_truth)
    x, y, w, h = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    return Layer(still.rgb[y : y + h, x : x + w], alpha[y : y + h, x : x + w])


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
    view = _similarity(
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
    camera = _random_motion(
        (width, height), _log_uniform(rng, settings.camera_px) if camera_moves else rng.uniform(0, 0.3), rng
    )
    motion = camera
    if object_moves:
        center = _center(thing)
        motion = _random_motion((width, height), _log_uniform(rng, settings.object_px), rng, center) @ camera
    bend_px = rng.uniform(0, 3.0) if object_moves and rng.random() < 0.6 else 0.0
    moved_plate = cv2.warpPerspective(plate, camera, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return _blend(np.asarray(moved_plate, np.uint8), _move_layer(thing, motion, bend_px, rng))


def _log_uniform(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    return math.exp(rng.uniform(math.log(limits[0]), math.log(limits[1])))


def _random_motion(
    size_wh: tuple[int, int],
    speed_px: float,
    rng: np.random.Generator,
    center: tuple[float, float] | None = None,
) -> Matrix:
    """A homography that moves points by about `speed_px`: mostly shift, some turn, zoom and perspective."""
    angle = rng.uniform(0, 2 * np.pi)
    share = rng.uniform(0.5, 1.0)
    shift = speed_px * share * np.array([np.cos(angle), 0.6 * np.sin(angle)])
    radius = max(size_wh) / 3
    turn = rng.normal(0, 0.5) * speed_px * (1.2 - share) / radius
    zoom = 1 + rng.normal(0, 0.6) * speed_px * (1.2 - share) / radius
    matrix = _similarity(size_wh, zoom, turn, shift, center)
    if rng.random() < 0.3:
        matrix[2, :2] = rng.normal(0, 0.1, 2) * speed_px / max(size_wh) ** 2
    return matrix


def _similarity(
    size_wh: tuple[int, int],
    zoom: float,
    turn: float,
    shift: NDArray[np.float64],
    center: tuple[float, float] | None = None,
) -> Matrix:
    x, y = center or (size_wh[0] / 2, size_wh[1] / 2)
    cos, sin = zoom * np.cos(turn), zoom * np.sin(turn)
    return np.array(
        [
            [cos, -sin, x - cos * x + sin * y + shift[0]],
            [sin, cos, y - sin * x - cos * y + shift[1]],
            [0, 0, 1],
        ]
    )


def _center(thing: Layer) -> tuple[float, float]:
    height, width = thing.size_hw
    columns, rows = thing.alpha.sum(0), thing.alpha.sum(1)
    total = float(columns.sum()) + 1e-6
    return float(columns @ np.arange(width) / total), float(rows @ np.arange(height) / total)


def _move_layer(thing: Layer, forward: Matrix, bend_px: float, rng: np.random.Generator) -> Layer:
    """Move a layer by a homography and bend it by a smooth field of about `bend_px`."""
    height, width = thing.size_hw
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    source = cv2.perspectiveTransform(grid.reshape(1, -1, 2), np.linalg.inv(forward)).reshape(
        height, width, 2
    )
    coarse = rng.normal(0, bend_px, (4, 5, 2)).astype(np.float32)
    source = (source + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)).astype(np.float32)
    border = cv2.BORDER_REFLECT_101
    return _layer(
        np.asarray(
            cv2.remap(_rgba(thing), source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=border),
            np.uint8,
        )
    )


def _rgba(thing: Layer) -> NDArray[np.uint8]:
    return np.dstack((thing.rgb, np.rint(thing.alpha * 255).astype(np.uint8)))


def _layer(rgba: NDArray[np.uint8]) -> Layer:
    return Layer(np.ascontiguousarray(rgba[..., :3]), (rgba[..., 3] / 255).astype(np.float32))


def _soft_alpha(ground_truth: GrayImage) -> Float:
    hard = np.where(ground_truth == IGNORE, 0, ground_truth).astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(hard, (0, 0), 0.8), np.float32)


def inpaint_object(rgb: RgbImage, ground_truth: GrayImage) -> RgbImage:
    """Fill the object from its surroundings, at a third of the size: it is seen only where motion uncovers it."""
    height, width = ground_truth.shape
    small_wh = (max(8, width // 3), max(8, height // 3))
    hole = cv2.dilate((ground_truth > 0).astype(np.uint8), np.ones((7, 7), np.uint8))
    small_hole = (cv2.resize(hole, small_wh, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    small = cv2.resize(rgb, small_wh, interpolation=cv2.INTER_AREA)
    filled = cv2.inpaint(small, small_hole, 3, cv2.INPAINT_TELEA)
    grown = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    return _blend(rgb, Layer(np.asarray(grown, np.uint8), hole.astype(np.float32)))


def _cover(background: RgbImage, size_hw: SizeHW) -> RgbImage:
    """Scale and crop a scene to fill the frame."""
    height, width = size_hw
    scale = max(height / background.shape[0], width / background.shape[1])
    size_wh = (
        max(width, round(background.shape[1] * scale)),
        max(height, round(background.shape[0] * scale)),
    )
    resized = cv2.resize(background, size_wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    top, left = (size_wh[1] - height) // 2, (size_wh[0] - width) // 2
    return np.asarray(resized[top : top + height, left : left + width], np.uint8)


def _blend(below: RgbImage, above: Layer) -> RgbImage:
    weight = above.alpha[..., None]
    return np.rint(below * (1 - weight) + above.rgb * weight).astype(np.uint8)


def _sensor(rgb: RgbImage, rng: np.random.Generator) -> RgbImage:
    """What a camera and a codec do: a little blur, noise and brightness flicker."""
    if rng.random() < 0.4:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.4, 1.4)), np.uint8)
    noise = rng.normal(0, rng.uniform(0.5, 4.0), rgb.shape[:2])[..., None]
    return np.clip(rgb * rng.uniform(0.98, 1.02) + noise, 0, 255).astype(np.uint8)
