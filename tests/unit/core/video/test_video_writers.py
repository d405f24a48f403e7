"""Written files hold what was given, and appear whole or not at all."""

import errno
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numbered_clips import number_of, number_picture
from numpy.typing import NDArray

from core.errors import OutputError
from core.opencv import cv2
from core.video import Mp4Writer, PngSequenceWriter, write_mp4
from core.video.atomic import AtomicFile, output_error
from core.video.open_clip import open_clip


@pytest.mark.parametrize(
    ("size_hw", "written_hw"), [((64, 128), (64, 128)), ((65, 131), (66, 132)), ((1, 8), (2, 8))]
)
def test_sizes(size_hw: tuple[int, int], written_hw: tuple[int, int], tmp_path: Path) -> None:
    frames = [number_picture(number, size_hw) for number in range(6)]
    write_mp4(tmp_path / "w.mp4", frames, fps=12.5)
    with open_clip(tmp_path / "w.mp4", index_folder=tmp_path) as clip:
        assert len(clip) == 6
        assert clip.info.size_hw == written_hw
        assert clip.info.codec == "h264"
        assert clip.info.pixel_format == "yuv420p"
        assert clip.info.frames_per_second == 12.5
        height, width = size_hw
        for index, frame in enumerate(frames):
            error = clip.read(index).rgb[:height, :width].astype(int) - frame
            assert np.abs(error).mean() < 12


def test_colours_survive(tmp_path: Path) -> None:
    colours = np.array(
        [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 100, 50)], np.uint8
    )
    picture = np.repeat(np.repeat(colours[None], 64, 0), 64, 1)
    write_mp4(tmp_path / "c.mp4", [picture] * 3, fps=25, crf=4)
    with av.open(str(tmp_path / "c.mp4")) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (1, 1)
    with open_clip(tmp_path / "c.mp4", index_folder=tmp_path) as clip:
        found = clip.read(1).rgb[32, 32::64].astype(int)
    assert np.abs(found - colours).max() <= 4


def test_quality_follows_crf(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    write_mp4(tmp_path / "good.mp4", [noise] * 4, fps=25, crf=10)
    write_mp4(tmp_path / "bad.mp4", [noise] * 4, fps=25, crf=45)
    assert (tmp_path / "bad.mp4").stat().st_size * 3 < (tmp_path / "good.mp4").stat().st_size


def test_rates_like_ntsc(tmp_path: Path) -> None:
    write_mp4(tmp_path / "n.mp4", [number_picture(n) for n in range(30)], fps=30000 / 1001)
    with open_clip(tmp_path / "n.mp4", index_folder=tmp_path) as clip:
        assert clip.info.frames_per_second == pytest.approx(30000 / 1001, abs=1e-4)
        assert number_of(clip.read(29).rgb) == 29


def test_an_exception_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "w.mp4"
    path.write_bytes(b"old")

    def frames() -> Iterator[NDArray[np.uint8]]:
        yield number_picture(1)
        raise RuntimeError("stopped half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        write_mp4(path, frames(), fps=25)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_frames_and_wrong_sizes(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there are no frames"):
        write_mp4(tmp_path / "w.mp4", [], fps=25)
    with pytest.raises(OutputError, match="frames of"):
        write_mp4(tmp_path / "w.mp4", [number_picture(0), number_picture(0, (32, 32))], fps=25)
    assert list(tmp_path.iterdir()) == []


def test_png_sequence(tmp_path: Path) -> None:
    writer = PngSequenceWriter(tmp_path / "new" / "maps")
    gray = np.random.default_rng(0).integers(0, 256, (9, 7), np.uint8)
    assert writer.write(number_picture(0)).name == "00000.png"
    assert writer.write(gray).name == "00001.png"
    assert writer.write(gray, index=7).name == "00007.png"
    assert writer.write(gray).name == "00008.png"
    stored = cv2.imread(str(tmp_path / "new/maps/00001.png"), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    assert np.array_equal(stored, gray)
    with open_clip(tmp_path / "new" / "maps" / "00000.png") as clip:
        assert np.array_equal(clip.read(0).rgb, number_picture(0))
    assert len(list((tmp_path / "new" / "maps").iterdir())) == 4


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond 20 kB: a stand-in for a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_fills_up(count: int, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    path = tmp_path / "w.mp4"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match=r"w\.mp4 cannot be written: .*choose another folder\.$"):
        write_mp4(path, (np.roll(noise, n * 13, 1) for n in range(count)), fps=25, crf=1)
    with pytest.raises(OutputError, match=r"00000\.png cannot be written"):
        PngSequenceWriter(tmp_path).write(noise)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.mp4").mkdir()
    cases = {
        tmp_path / "file" / "w.mp4": "part of its path is a file",
        tmp_path / "folder.mp4": "a folder of that name is in the way",
        tmp_path / "missing" / "w.mp4": "its folder does not exist",
        tmp_path / ("x" * 300): "its name is too long",
    }
    for path, reason in cases.items():
        with pytest.raises(OutputError, match=reason):
            write_mp4(path, [number_picture(0)], fps=25)
    with pytest.raises(OutputError, match="cannot be written"):
        PngSequenceWriter(tmp_path / "file" / "maps")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "not permitted"),
        (errno.EROFS, "is read-only"),
        (5, "check the disk"),
    ],
)
def test_sentences(number: int, reason: str) -> None:
    message = str(output_error(Path("out/w.mp4"), OSError(number, "Input/output error")))
    assert message.startswith("out/w.mp4 cannot be written: ")
    assert reason in message
    assert message.endswith(".")


def test_atomic_file_replaces_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with AtomicFile(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_prints_nothing_beside_the_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def write_all() -> None:
        with Mp4Writer(tmp_path / "w.mp4", fps=25) as writer:
            for name in ("write", "seek", "tell"):
                setattr(writer._sink._file, name, refuse)  # pyright: ignore[reportPrivateUsage]
            for number in range(100):
                writer.write(number_picture(number))

    with pytest.raises(OutputError, match="disk is full"):
        write_all()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []
