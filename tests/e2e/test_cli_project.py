"""`cagdde project`, `export` and `import` as a person uses them, on a real clip of variable rate with B-frames."""

import csv
import json
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from core.cli import app
from core.project import FrameState, Project
from core.video import open_clip
from core.video.png_writer import PngSequenceWriter, write_png

pytestmark = pytest.mark.e2e
FRAMES = 10
HW = (64, 128)


def cagdde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def picture(number: int) -> np.ndarray:
    """Eight columns, white where the number's bit is set."""
    bits = np.array([number >> bit & 1 for bit in range(8)], np.uint8) * 255
    return np.broadcast_to(bits.repeat(HW[1] // 8)[None, :, None], (*HW, 3)).copy()


def number_of(rgb: np.ndarray) -> int:
    levels = rgb[HW[0] // 4 : -HW[0] // 4].mean(axis=(0, 2)).reshape(8, -1)[:, 4:-4].mean(axis=1)
    return sum(1 << bit for bit, level in enumerate(levels) if level > 127)


def mask_of(number: int) -> np.ndarray:
    noise = np.random.default_rng(number).integers(0, 256, HW, np.uint8)
    return np.where(noise > 200, np.uint8(255), np.uint8(0))


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    import av

    path = tmp_path / "numbers.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=25, options={"x264-params": "keyint=6:bframes=3:scenecut=0"}
        )
        stream.height, stream.width = HW
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number * 40 + number % 3 * 7, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def project(tmp_path: Path, clip: Path) -> Path:
    """Frames 1, 4 and 7 accepted, 4 without an object; frame 2 painted."""
    path = tmp_path / "p.cagdde"
    with Project.create(path) as made, open_clip(clip) as reader:
        number = made.add_clip(reader.info).id
        for frame in (1, 7):
            made.accept(number, frame, mask_of(frame))
        made.accept(number, 4, np.zeros(HW, np.uint8))
        made.set_threshold(number, [2], 0.3)
    return path


def decoded(path: Path) -> np.ndarray:
    from core.opencv import cv2

    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found is not None, path
    return np.asarray(found)


@pytest.mark.parametrize(
    ("form", "masks"),
    [
        ("davis", "Annotations/Full-Resolution/numbers"),
        ("pairs", "numbers/ground-truth"),
        ("coco", "annotations.json"),
    ],
)
def test_what_goes_out_comes_in_exactly(
    project: Path, clip: Path, tmp_path: Path, form: str, masks: str
) -> None:
    result = cagdde("export", project, "--format", form, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["frames"] == {"numbers": 3}
    for path in (tmp_path / "out").rglob("*.jpg"):
        assert number_of(decoded(path)) == int(path.stem)  # the picture, its file and its mask agree
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.jpg")) == [
        "00001.jpg",
        "00004.jpg",
        "00007.jpg",
    ]
    result = cagdde("import", tmp_path / "new.cagdde", clip, tmp_path / "out" / masks, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["imported"], report["unmatched"]) == ([1, 4, 7], {})
    assert report["missing"] == [0, 2, 3, 5, 6, 8, 9]
    with Project.open(tmp_path / "new.cagdde") as new, Project.open(project) as old:
        for frame in (1, 4, 7):
            there, before = new.accepted_mask(1, frame), old.accepted_mask(1, frame)
            assert there is not None
            assert before is not None
            assert np.array_equal(there, before)
            assert new.frame(1, frame).pts_seconds == old.frame(1, frame).pts_seconds
    again = cagdde("import", tmp_path / "new.cagdde", clip, tmp_path / "out" / masks, "--json")
    assert json.loads(again.stdout)["unchanged"] == [1, 4, 7]


def test_the_davis_lists(project: Path, tmp_path: Path) -> None:
    assert cagdde("export", project, "--format", "davis", "--out", tmp_path / "out").exit_code == 0
    lines = (tmp_path / "out/ImageSets/Full-Resolution/all.txt").read_text().splitlines()
    assert lines[0] == (
        "/JPEGImages/Full-Resolution/numbers/00001.jpg /Annotations/Full-Resolution/numbers/00001.png"
    )
    assert (tmp_path / "out/ImageSets/2017/all.txt").read_text() == "numbers\n"
    refused = cagdde("export", project, "--format", "davis", "--out", tmp_path / "out")
    assert refused.exit_code == 1
    assert "--overwrite" in refused.stderr
    assert (
        cagdde("export", project, "--format", "pairs", "--out", tmp_path / "out", "--overwrite").exit_code
        == 0
    )
    assert not (tmp_path / "out/JPEGImages").exists()


def test_video_csv_and_ranges(project: Path, tmp_path: Path) -> None:
    assert cagdde("export", project, "--format", "video", "--out", tmp_path / "v", "--last", 5).exit_code == 0
    with open_clip(tmp_path / "v" / "numbers.mp4") as reader:
        assert len(reader) == 2
    assert cagdde("export", project, "--format", "csv", "--out", tmp_path / "c").exit_code == 0
    rows = list(csv.DictReader((tmp_path / "c" / "frames.csv").read_text().splitlines()))
    assert [(row["frame"], row["state"]) for row in rows] == [(str(frame), "accepted") for frame in (1, 4, 7)]
    assert float(rows[0]["mask_share"]) == pytest.approx(np.mean(mask_of(1) > 0), abs=1e-5)
    nothing = cagdde("export", project, "--format", "csv", "--out", tmp_path / "n", "--first", 8)
    assert nothing.exit_code == 1
    assert "no accepted frame" in nothing.stderr
    assert not (tmp_path / "n").exists()


def test_all_masks_are_the_models_under_the_corrections(project: Path, clip: Path, tmp_path: Path) -> None:
    from core.exchange.project_export import export_project
    from core.types import Prediction

    def predict(path: Path, frames: range | None):
        assert (path, frames) == (clip, None)
        for index in range(FRAMES):
            saliency = np.full((8, 16), 100, np.uint8)
            empty = np.zeros((5, 2, 2, 2), np.uint8)
            yield Prediction(
                index, 0.0, saliency, np.full((5, 2), 0.5, np.float32), empty, np.zeros((8, 16, 3), np.uint8)
            )

    with Project.open(project) as opened:
        report = export_project(opened, "pairs", tmp_path / "all", predict=predict)
    assert report.frames == {"numbers": FRAMES}
    truth = tmp_path / "all/numbers/ground-truth"
    assert not decoded(truth / "00000.png").any()  # 100 / 255 is below the usual threshold
    assert decoded(truth / "00002.png").all()  # and above this frame's
    assert np.array_equal(decoded(truth / "00007.png"), mask_of(7))


def test_a_cancelled_export_leaves_nothing(project: Path, tmp_path: Path) -> None:
    from core.errors import Cancelled
    from core.exchange.project_export import export_project

    with Project.open(project) as opened, pytest.raises(Cancelled):
        export_project(opened, "video", tmp_path / "v", cancelled=lambda: True)
    assert not any(path.name.startswith((".v", "v")) for path in tmp_path.iterdir())


def test_what_does_not_match_is_reported(clip: Path, tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    writer = PngSequenceWriter(folder)
    for number in (1, 2, 30):
        writer.write(mask_of(number), number)
    write_png(folder / "small_00003.png", np.zeros((5, 5), np.uint8))
    write_png(folder / "cover.png", mask_of(5))
    (folder / "00005.png").write_bytes(b"no picture")
    result = cagdde(
        "import", tmp_path / "p.cagdde", clip, folder, "--as", "corrected", "--first-number", 1, "--json"
    )
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["imported"] == [0, 1]
    reasons = report["unmatched"]
    assert set(reasons) == {"00030.png", "small_00003.png", "cover.png", "00005.png"}
    assert "frames 0 to 9, not 29" in reasons["00030.png"]
    assert "5x5 pixels" in reasons["small_00003.png"]
    assert "no number" in reasons["cover.png"]
    with Project.open(tmp_path / "p.cagdde") as project:
        assert project.frame(1, 0).state is FrameState.CORRECTED
        assert np.array_equal(project.layer(1, 0) == 1, mask_of(1) > 0)
        undone = project.undo(1, 0)
        assert undone is not None
        assert undone.changed == (0, 1)


def test_an_accepted_mask_is_kept_and_a_wrong_time_refused(project: Path, clip: Path, tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    PngSequenceWriter(folder).write(mask_of(99), 7)
    result = cagdde("import", project, clip, folder)
    assert result.exit_code == 1
    assert "accepted with another mask, which was kept" in result.stdout
    (folder / "frames.csv").write_text("mask,frame,pts_seconds\n00007.png,6,0.9\n")
    assert "it is of 0.900000 s, frame 6" in cagdde("import", project, clip, folder).stdout


def test_info_check_and_recover(project: Path, clip: Path, tmp_path: Path) -> None:
    facts = json.loads(cagdde("project", "info", project, "--json").stdout)
    assert facts["clips"][0]["states"] == {"accepted": 3, "predicted": 1}
    assert facts["clips"][0]["place"] == "found"
    assert "3 accepted" in cagdde("project", "info", project).stdout
    checked = cagdde("project", "check", project, "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.stdout) == {"project": str(project), "sound": True, "findings": []}
    clip.unlink()
    checked = cagdde("project", "check", project)
    assert checked.exit_code == 0
    assert "is not there any more" in checked.stdout
    exported = cagdde("export", project, "--format", "pairs", "--out", tmp_path / "out")
    assert exported.exit_code == 1
    assert "is not there any more" in exported.stderr
    content = project.read_bytes()
    project.write_bytes(content[: len(content) - 5000])
    checked = cagdde("project", "check", project, "--json")
    assert checked.exit_code == 1
    assert "cut short" in json.loads(checked.stdout)["findings"][0]["text"]
    recovered = cagdde("project", "recover", project, "--out", tmp_path / "new.cagdde", "--json")
    assert recovered.exit_code == 0, recovered.stderr
    assert json.loads(recovered.stdout)["lost"]
    assert cagdde("project", "check", tmp_path / "new.cagdde").exit_code == 0


def test_a_clip_that_moved_is_searched_for(project: Path, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "far" / "away").mkdir(parents=True)
    shutil.move(clip, tmp_path / "far" / "away" / "renamed.mp4")
    words = ("export", project, "--format", "pairs", "--out", tmp_path / "out")
    assert cagdde(*words).exit_code == 1
    assert cagdde(*words, "--search", tmp_path / "far").exit_code == 0


def test_wrong_usage_and_the_real_command(project: Path, tmp_path: Path) -> None:
    assert cagdde("export", project, "--format", "gif", "--out", tmp_path / "out").exit_code == 2
    assert (
        cagdde("export", project, "--format", "csv", "--masks", "x", "--out", tmp_path / "out").exit_code == 2
    )
    command = [sys.executable, "-m", "core.cli", "project", "info", str(tmp_path / "none.cagdde")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("cagdde: ")
    assert "does not exist" in done.stderr
