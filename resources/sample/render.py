"""Render the sample clip and its ground truth: camera, path, film look, files. See README.md."""

import argparse
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from resources.sample.balloon import Pose, render_balloon
from resources.sample.landscape import Camera, render_landscape
from resources.sample.noise import Array
from resources.sample.terrain import World, build_world

SEED = 20240521
FRAMES = 90
FRAMES_PER_SECOND = 25
WIDTH, HEIGHT = 854, 480
SAMPLES = ((-0.25, -0.375), (0.25, -0.125), (-0.375, 0.125), (0.125, 0.375))
SHUTTER = 0.5
EXPOSURE = 0.92


@dataclass(frozen=True, slots=True, eq=False)
class RenderedFrame:
    """rgb: uint8 HxWx3. ground_truth: uint8 HxW, 255 where the balloon covers at least half the pixel."""

    rgb: NDArray[np.uint8]
    ground_truth: NDArray[np.uint8]


def camera_at(frame: float, width: int = WIDTH, height: int = HEIGHT) -> Camera:
    """The camera at a moment: it flies forward and to the right, pans after the balloon, and is held by hand.

    Args:
        frame: time in frames, fractions allowed.
        width, height: size of the picture in pixels.
    """
    scale = width / WIDTH
    t = frame / FRAMES
    shake = [0.6 * np.sin(0.21 * frame + a) + 0.3 * np.sin(0.53 * frame + 2 * a) for a in (0.4, 1.9, 3.1)]
    ease = t + 0.05 * np.sin(2 * np.pi * t)
    return Camera(
        x_m=-6 + 13 * t + 0.05 * shake[2],
        y_m=104 + 2.0 * t,
        z_m=16 * t,
        yaw=float(-0.045 + 0.125 * ease + 0.0011 * shake[0]),
        horizon_px=float((186 + 0.9 * shake[1] + 7 * t) * scale),
        focal_px=916 * scale,
        width=width,
        height=height,
    )


def balloon_at(frame: float) -> Pose:
    """The balloon at a moment: it drifts to the right on the wind, rises, turns and sways a little."""
    t = frame / FRAMES
    return Pose(
        x_m=-16.5 + 43 * t,
        y_m=103.0 + 4.5 * t + 0.3 * np.sin(4 * t),
        z_m=106.0 + 13 * t,
        spin=0.35 + 0.30 * t,
        sway=float(0.022 * np.sin(5.2 * t + 0.6)),
    )


def render_frame(world: World, index: int, width: int = WIDTH, height: int = HEIGHT) -> RenderedFrame:
    """Render one frame; the same arguments always give the same pixels.

    Args:
        world: from build_world.
        index: frame number from 0.
        width, height: size in pixels; the view stays the same where their ratio does.

    Returns:
        The picture and its ground truth.
    """
    scenery = np.zeros((height, width, 3), np.float32)
    balloon = np.zeros((height, width, 3), np.float32)
    coverage = np.zeros((height, width), np.float32)
    for order, shift in enumerate(SAMPLES):
        moment = index + SHUTTER * (order + 0.5) / len(SAMPLES)
        camera = replace(camera_at(moment, width, height), shift_px=shift)
        scenery += render_landscape(world, camera, moment / FRAMES_PER_SECOND) / len(SAMPLES)
        colour, covered = render_balloon(world, camera, balloon_at(moment), moment / FRAMES_PER_SECOND)
        balloon += colour / len(SAMPLES)
        coverage += covered / len(SAMPLES)
    scenery = cv2.GaussianBlur(scenery, (0, 0), 0.55 * width / WIDTH)
    light = scenery * (1 - coverage[..., None]) + balloon
    return RenderedFrame(_film(light, index), np.where(coverage >= 0.5, 255, 0).astype(np.uint8))


def _film(light: Array, index: int) -> NDArray[np.uint8]:
    """Turn linear light into a picture: glow of bright parts, vignette, film curve, grain."""
    height, width = light.shape[:2]
    light = light * np.float32(EXPOSURE)
    glow = cv2.GaussianBlur(np.maximum(light - np.float32(0.75), 0), (0, 0), 14 * width / WIDTH)
    light = light + np.float32(0.18) * glow
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    light *= (1 - 0.13 * (x**2 + y**2))[..., None]
    curve = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    picture = np.clip(curve, 0, 1) ** np.float32(1 / 2.2)
    rng = np.random.default_rng([SEED, index])
    grain = cv2.GaussianBlur(rng.standard_normal((height, width), dtype=np.float32), (0, 0), 0.6)
    picture += np.float32(0.009) * grain[..., None]
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def write_clip(folder: Path, world: World, frames: int = FRAMES) -> None:
    """Render all frames into `folder`/sample.mp4 and `folder`/ground_truth/.

    Args:
        folder: exists already; files of the same names are replaced.
        world: from build_world.
        frames: number of frames.
    """
    masks = folder / "ground_truth"
    masks.mkdir(exist_ok=True)
    with av.open(str(folder / "sample.mp4"), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        _describe(stream)
        for index in range(frames):
            frame = render_frame(world, index)
            container.mux(stream.encode(_video_frame(frame.rgb, index)))
            cv2.imwrite(str(masks / f"{index:05d}.png"), frame.ground_truth, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        container.mux(stream.encode(None))


def _describe(stream: av.VideoStream) -> None:
    """Size, quality and colour description; one thread, so that the bytes do not depend on the machine."""
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.time_base = Fraction(1, FRAMES_PER_SECOND)
    stream.options = {"crf": "21", "preset": "slow", "tune": "film", "threads": "1", "g": "25"}
    bt601, limited_range = 6, 1
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = bt601
    context.color_range = limited_range


def _video_frame(rgb: NDArray[np.uint8], index: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    frame = frame.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG")
    frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
    return frame


def main() -> None:
    """Command line: python -m resources.sample.render [--folder FOLDER]."""
    parser = argparse.ArgumentParser(description="Render the sample clip and its ground truth.")
    here = Path(__file__).resolve().parent
    parser.add_argument("--folder", type=Path, default=here, help="where the files go")
    folder: Path = parser.parse_args().folder
    cv2.setNumThreads(1)
    write_clip(folder, build_world(SEED))


if __name__ == "__main__":
    main()
