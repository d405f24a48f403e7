"""Folders of images are clips; one image is a clip of one frame."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numbered_clips import make_clip, number_of, number_picture

from core.errors import VideoError
from core.opencv import cv2
from core.video.folder import list_clips, natural_key
from core.video.image_header import read_image_header
from core.video.open_clip import open_clip


def save(path: Path, image: np.ndarray[Any, Any]) -> Path:
    """Write RGB, gray or RGBA pixels by the suffix, at paths of any script."""
    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    pixels = image if image.ndim == 2 else cv2.cvtColor(image, order[image.shape[2]])
    options = [cv2.IMWRITE_WEBP_QUALITY, 101] if path.suffix == ".webp" else []
    done, data = cv2.imencode(path.suffix, pixels, options)
    assert done
    path.write_bytes(data.tobytes())
    return path


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp", ".PNG"])
def test_natural_order_and_names_of_any_script(suffix: str, tmp_path: Path) -> None:
    folder = tmp_path / "クリップ ü"
    folder.mkdir()
    for number in (1, 2, 3, 10, 11, 20):
        save(folder / f"кадр{number}.png", number_picture(number)).rename(folder / f"кадр{number}.png")
        save(folder / f"кадр{number}{suffix.lower()}", number_picture(number))
        if suffix != ".png":
            (folder / f"кадр{number}.png").unlink(missing_ok=True)
            save(folder / f"кадр{number}{suffix.lower()}", number_picture(number)).rename(
                folder / f"кадр{number}{suffix}"
            )
    (folder / ".hidden.png").write_bytes(b"not an image")
    (folder / "notes.txt").write_text("not an image either")
    with open_clip(folder) as clip:
        assert clip.info.kind == "images"
        assert clip.info.size_hw == (64, 128)
        assert [number_of(clip.read(index).rgb) for index in range(len(clip))] == [1, 2, 3, 10, 11, 20]
        assert clip.info.frames_per_second == 25
        assert clip.read(5).pts_seconds == pytest.approx(0.2)


def test_the_rate_can_be_given(tmp_path: Path) -> None:
    for number in range(3):
        save(tmp_path / f"{number}.png", number_picture(number))
    with open_clip(tmp_path, images_per_second=10) as clip:
        assert clip.info.pts_seconds.tolist() == pytest.approx([0, 0.1, 0.2])


def test_depths_and_channels(tmp_path: Path) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    gray = rgb[:, :, 0].copy()
    alpha = np.where(np.arange(30) < 15, 255, 0).astype(np.uint8) * np.ones((20, 1), np.uint8)
    rgba = np.dstack([rgb, alpha])
    masked = np.where(alpha[:, :, None] == 255, rgb, 0)
    as_gray = np.repeat(gray[:, :, None], 3, 2)
    cases = {
        "rgb.png": (rgb, rgb),
        "rgb16.png": (rgb.astype(np.uint16) * 257, rgb),
        "gray.png": (gray, as_gray),
        "gray16.png": (gray.astype(np.uint16) * 257, as_gray),
        "rgba.png": (rgba, masked),
        "rgba16.png": (rgba.astype(np.uint16) * 257, masked),
        "rgb16.tif": (rgb.astype(np.uint16) * 257, rgb),
        "float.tif": ((rgb / 255).astype(np.float32), rgb),
        "rgba.webp": (rgba, masked),
    }
    for name, (stored, expected) in cases.items():
        with open_clip(save(tmp_path / name, stored)) as clip:
            assert len(clip) == 1
            found = clip.read(0).rgb
            assert found.dtype == np.uint8
            assert np.abs(found.astype(int) - expected).max() <= 1, name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(orientation: int, tmp_path: Path) -> None:
    stored = np.zeros((40, 60, 3), np.uint8)
    stored[:20, :30] = (250, 0, 0)
    stored[20:, 30:] = (0, 250, 0)
    path = save(tmp_path / "phone.jpg", stored)
    tags = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + b"\0\0\0\0\0\0"
    segment = b"Exif\0\0" + tags
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + data[2:])
    upright = {
        1: stored,
        2: stored[:, ::-1],
        3: stored[::-1, ::-1],
        4: stored[::-1],
        5: stored.swapaxes(0, 1),
        6: np.rot90(stored, -1),
        7: stored[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(stored),
    }[orientation]
    header = read_image_header(path)
    assert header is not None
    assert header.size_hw == upright.shape[:2]
    with open_clip(path) as clip:
        assert np.abs(clip.read(0).rgb.astype(int) - upright).mean() < 5


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_headers_agree_with_decoding(suffix: str, tmp_path: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (37, 53, 3), np.uint8)
    header = read_image_header(save(tmp_path / f"h{suffix}", picture))
    assert header is not None
    assert header.size_hw == (37, 53)
    assert not header.has_alpha


def fails(path: Path) -> str:
    with pytest.raises(VideoError) as caught:
        open_clip(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_folders_that_are_no_clip(tmp_path: Path) -> None:
    assert "holds no images" in fails(tmp_path)
    (tmp_path / "film.mp4").touch()
    assert "1 video files" in fails(tmp_path)


def test_mixed_sizes(tmp_path: Path) -> None:
    save(tmp_path / "1.png", number_picture(1))
    save(tmp_path / "2.png", number_picture(2, (32, 128)))
    message = fails(tmp_path)
    assert "different sizes: 2.png is 128x32, 1.png 128x64" in message


def test_damaged_images(tmp_path: Path) -> None:
    good = save(tmp_path / "1.png", number_picture(1))
    (tmp_path / "2.png").touch()
    assert "2.png is empty" in fails(tmp_path)
    (tmp_path / "2.png").write_bytes(b"nothing like a picture")
    assert "2.png is damaged or not an image" in fails(tmp_path)
    (tmp_path / "2.png").write_bytes(good.read_bytes()[:60])
    with open_clip(tmp_path) as clip:
        assert number_of(clip.read(0).rgb) == 1
        with pytest.raises(VideoError, match=r"2\.png"):
            clip.read(1)
        good.unlink()
        with pytest.raises(VideoError, match="has been removed"):
            clip.read(0)


def test_fingerprint_follows_content_and_names(tmp_path: Path) -> None:
    seen: set[str] = set()

    def remember() -> None:
        with open_clip(tmp_path) as clip:
            seen.add(clip.info.fingerprint)

    save(tmp_path / "1.png", number_picture(1))
    save(tmp_path / "2.png", number_picture(2))
    remember()
    save(tmp_path / "2.png", number_picture(3))
    remember()
    (tmp_path / "2.png").rename(tmp_path / "3.png")
    remember()
    assert len(seen) == 3


def test_list_clips(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="neither videos nor images"):
        list_clips(tmp_path)
    for folder in ("a10/frames", "a2/frames", "a2/masks", "Annotations/a2", ".hidden"):
        (tmp_path / folder).mkdir(parents=True)
        save(tmp_path / folder / "0.png", number_picture(0))
    film = make_clip(tmp_path / "film.mp4", count=2)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    frames = [tmp_path / "a2" / "frames", tmp_path / "a10" / "frames"]
    assert list_clips(tmp_path) == [film, *frames]
    assert list_clips(str(film)) == [film]
    assert list_clips(frames[0]) == [frames[0]]
    assert list_clips(tmp_path / "a2" / "masks") == [tmp_path / "a2" / "masks"]
    with pytest.raises(VideoError, match="does not exist"):
        list_clips(tmp_path / "no")


def test_natural_key() -> None:
    names = ["b1", "a10", "a9b2", "a9b10", "10", "9", "a", "A09"]
    assert sorted(names, key=natural_key) == ["9", "10", "a", "A09", "a9b2", "a9b10", "a10", "b1"]


def test_images_need_no_pyav(tmp_path: Path, repository: Path) -> None:
    save(tmp_path / "0.png", number_picture(0))
    code = (
        "import sys; sys.modules['av'] = None\n"
        "import core.video as video\n"
        f"clip = video.open_clip({str(tmp_path)!r}); assert len(clip) == 1; clip.read(0)\n"
        "video.PngSequenceWriter; video.FrameCache\n"
        f"open({str(tmp_path / 'x.mp4')!r}, 'wb').write(b'x')\n"
        f"try: video.open_clip({str(tmp_path / 'x.mp4')!r})\n"
        "except video.open_clip.__globals__['VideoError'] as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "needs PyAV" in done.stdout
