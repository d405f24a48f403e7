"""Export and import through the dialogs of the real window: files to the byte, cancelled at once, nothing replaced."""

import csv
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.exchange.export_dialog import ExportDialog
from app.exchange.import_dialog import ImportDialog
from app.main_window import MainWindow
from app.session.records import InferenceState
from app.settings import Settings
from app.status_bar import StatusBar
from core.exchange.coco_masks import unpacked_mask
from core.project import FrameState, Project
from core.video import open_clip, write_mp4
from core.video.png_writer import PngSequenceWriter, write_png

HW = (96, 160)
ACCEPTED = (3, 4, 9)


def mask_of(number: int) -> np.ndarray:
    noise = np.random.default_rng(number).integers(0, 256, HW, np.uint8)
    return np.where(noise > 200, np.uint8(255), np.uint8(0))


@pytest.fixture(autouse=True)
def own_drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def window(make_window: Callable[..., MainWindow], open_clip_in: Callable[[MainWindow], None]) -> MainWindow:
    window = make_window()
    open_clip_in(window)
    return window


@pytest.fixture
def accepted(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """With three accepted frames."""
    items = [(frame, mask_of(frame)) for frame in ACCEPTED]
    window.project.change(lambda project, clip: project.accept_batch(clip, "Accept", items))
    qtbot.waitUntil(lambda: set(window.project.frames) == set(ACCEPTED))
    return window


def bar_of(window: MainWindow) -> StatusBar:
    bar = window.statusBar()
    assert isinstance(bar, StatusBar)
    return bar


def at_rest(window: MainWindow) -> bool:
    return not window.edits.tasks and not window.jobs.tasks


def open_export(qtbot: QtBot, window: MainWindow) -> ExportDialog:
    window.commands.by_name["export"].trigger()
    dialog = window.work.exporting.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "Counting" not in dialog.sentence.text())
    return dialog


def exported(qtbot: QtBot, window: MainWindow, dialog: ExportDialog) -> str:
    """Press the button and wait for the sentence of the report."""
    dialog.start.click()
    qtbot.waitUntil(lambda: window.work.exporting.report is not None, timeout=60_000)
    report = window.work.exporting.report
    assert report is not None
    words = report.sentence.text()
    report.close()
    qtbot.waitUntil(lambda: window.work.exporting.report is None)
    return words


def picture(path: Path) -> np.ndarray:
    from core.opencv import cv2

    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found is not None, path
    return np.asarray(found)


@pytest.mark.parametrize("form", ["davis", "pairs", "coco", "video", "csv"])
def test_every_form_leaves_the_window_exactly(
    qtbot: QtBot, accepted: MainWindow, tmp_path: Path, form: str
) -> None:
    dialog = open_export(qtbot, accepted)
    dialog.form.buttons[form].setChecked(True)
    target = tmp_path / "out"
    dialog.folder.line.setText(str(target))
    assert dialog.sentence.text() == "3 accepted frames."
    words = exported(qtbot, accepted, dialog)
    assert words.startswith("3 frames of square exported (")
    assert words.endswith(f"to {target}.")
    if form in ("davis", "pairs"):
        folder = "Annotations/Full-Resolution/square" if form == "davis" else "square/ground-truth"
        there = {int(path.stem): picture(path) for path in (target / folder).iterdir()}
        assert set(there) == set(ACCEPTED)
        assert all(np.array_equal(there[frame], mask_of(frame)) for frame in ACCEPTED)
    elif form == "coco":
        content = json.loads((target / "annotations.json").read_text())
        frames = {image["id"]: image["frame"] for image in content["images"]}
        for annotation in content["annotations"]:
            mask = unpacked_mask(annotation["segmentation"], HW)
            assert np.array_equal(mask, mask_of(frames[annotation["image_id"]]))
        assert sorted(frames.values()) == list(ACCEPTED)
    elif form == "video":
        with open_clip(target / "square.mp4") as reader:
            assert len(reader) == len(ACCEPTED)
    else:
        rows = list(csv.DictReader((target / "frames.csv").read_text().splitlines()))
        assert [int(row["frame"]) for row in rows] == list(ACCEPTED)
    assert accepted._settings.export_form == form
    assert accepted._settings.export_folder == str(tmp_path)


def test_nothing_to_export_is_said_before_anything_is_done(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_export(qtbot, window)
    assert dialog.sentence.text().startswith("No frame is accepted there yet")
    assert not dialog.start.isEnabled()
    dialog.what.buttons["all"].setChecked(True)
    assert dialog.sentence.text().startswith("40 frames.")
    assert dialog.start.isEnabled()
    assert not dialog.clips.buttons["all"].isEnabled()
    assert not dialog.clips.buttons["marked"].isEnabled()
    dialog.folder.line.clear()
    assert not dialog.start.isEnabled()
    dialog.reject()
    assert window.work.exporting.dialog is None


def test_an_earlier_export_is_replaced_only_when_asked_and_other_things_never(
    qtbot: QtBot, accepted: MainWindow, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    (target / "square").mkdir(parents=True)
    (target / "frames.csv").write_text("old")
    dialog = open_export(qtbot, accepted)
    dialog.folder.line.setText(str(target))
    dialog.start.click()
    qtbot.waitUntil(lambda: "Replace all of it?" in dialog.sentence.text())
    assert (target / "frames.csv").read_text() == "old"
    assert dialog.start.text() == "&Replace it"
    dialog.form.buttons["csv"].setChecked(True)  # any change takes the question back
    assert dialog.start.text() == "E&xport"
    dialog.start.click()
    qtbot.waitUntil(lambda: "Replace all of it?" in dialog.sentence.text())
    exported(qtbot, accepted, dialog)
    assert (target / "frames.csv").read_text() != "old"
    (target / "thesis.txt").write_text("mine")
    dialog = open_export(qtbot, accepted)
    dialog.folder.line.setText(str(target))
    dialog.start.click()
    qtbot.waitUntil(lambda: "thesis.txt" in dialog.sentence.text())
    assert dialog.start.text() == "E&xport"
    dialog.reject()
    assert (target / "thesis.txt").read_text() == "mine"


def test_a_chosen_folder_with_other_things_in_it_gets_one_below(
    qtbot: QtBot, accepted: MainWindow, tmp_path: Path
) -> None:
    dialog = open_export(qtbot, accepted)
    (tmp_path / "empty").mkdir()
    dialog.folder.picked.emit(tmp_path / "empty")
    assert dialog.folder.path == tmp_path / "empty"
    dialog.folder.picked.emit(tmp_path)
    assert dialog.folder.path == tmp_path / "square-davis"
    dialog.form.buttons["pairs"].setChecked(True)  # a proposed name follows the form
    assert dialog.folder.path == tmp_path / "square-pairs"
    dialog.reject()


def test_all_frames_get_the_masks_that_were_on_screen(
    qtbot: QtBot, make_window: Callable[..., MainWindow], model_path: Path, tmp_path: Path
) -> None:
    from core.masks.layer import compose_mask, empty_layer

    frames = (np.full((*HW, 3), 40 * number, np.uint8) for number in range(3))
    write_mp4(tmp_path / "short.mp4", frames, 25)
    window = make_window(model=model_path)
    window.opening.open(tmp_path / "short.mp4")
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.DONE, timeout=60_000)
    truth = mask_of(1)
    window.project.change(lambda project, clip: project.accept(clip, 1, truth))
    dialog = open_export(qtbot, window)
    dialog.what.buttons["all"].setChecked(True)
    dialog.form.buttons["pairs"].setChecked(True)
    dialog.folder.line.setText(str(tmp_path / "out"))
    assert "3 frames of short exported" in exported(qtbot, window, dialog)
    masks = {int(path.stem): picture(path) for path in (tmp_path / "out/short/ground-truth").iterdir()}
    assert sorted(masks) == [0, 1, 2]
    assert np.array_equal(masks[1], truth)
    for index in (0, 2):
        prediction = window.inference.store.get(index)
        assert prediction is not None
        assert np.array_equal(masks[index], compose_mask(prediction.saliency_u8, empty_layer(HW), 0.5))
    dialog = open_export(qtbot, window)
    assert dialog.what.value == "all"  # the last choice is remembered
    dialog.reject()


@pytest.fixture
def held_writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Exports stop after the first mask until the event is set."""
    import core.exchange.project_formats as formats

    go_on = threading.Event()
    write = formats.write_png

    def write_and_wait(path: Path, image: np.ndarray) -> None:
        write(path, image)
        go_on.wait(20)

    monkeypatch.setattr(formats, "write_png", write_and_wait)
    yield go_on
    go_on.set()


def begin_export(qtbot: QtBot, window: MainWindow, target: Path) -> None:
    """Begin an export that is held after its first mask."""
    dialog = open_export(qtbot, window)
    dialog.folder.line.setText(str(target))
    dialog.start.click()
    qtbot.waitUntil(lambda: any(target.parent.glob(".out.partial-*/**/*.png")))


def test_a_cancelled_export_leaves_nothing(
    qtbot: QtBot, accepted: MainWindow, tmp_path: Path, held_writer: threading.Event
) -> None:
    begin_export(qtbot, accepted, tmp_path / "out")
    strip = bar_of(accepted).strip
    assert strip.name.text() == "Export to out"
    strip.cancel.click()
    held_writer.set()
    qtbot.waitUntil(lambda: not strip.isVisible())
    assert not any("out" in path.name for path in tmp_path.iterdir())
    assert accepted.work.exporting.report is None


def test_closing_the_window_during_an_export_leaves_nothing(
    qtbot: QtBot, accepted: MainWindow, tmp_path: Path, held_writer: threading.Event
) -> None:
    begin_export(qtbot, accepted, tmp_path / "out")
    accepted.close()
    assert not accepted.isVisible()
    held_writer.set()
    qtbot.waitUntil(lambda: not accepted.park.names, timeout=20_000)
    assert not any("out" in path.name for path in tmp_path.iterdir())


def test_an_export_goes_on_when_its_clip_is_closed(
    qtbot: QtBot, accepted: MainWindow, tmp_path: Path, held_writer: threading.Event
) -> None:
    begin_export(qtbot, accepted, tmp_path / "out")
    accepted.session.close()
    held_writer.set()
    qtbot.waitUntil(lambda: accepted.work.exporting.report is not None)
    assert len(list((tmp_path / "out").rglob("*.png"))) == 3


# Import


def open_import(qtbot: QtBot, window: MainWindow, source: Path) -> ImportDialog:
    window.commands.by_name["import_masks"].trigger()
    dialog = window.work.importing.dialog
    assert dialog is not None
    dialog.source.line.setText(str(source))
    qtbot.waitUntil(lambda: "Reading" not in dialog.sentence.text())
    return dialog


def masks_in(folder: Path, numbers: tuple[int, ...]) -> Path:
    writer = PngSequenceWriter(folder)
    for number in numbers:
        writer.write(mask_of(number), number)
    return folder


def imported(qtbot: QtBot, window: MainWindow, dialog: ImportDialog) -> tuple[str, str]:
    dialog.start.click()
    qtbot.waitUntil(lambda: window.work.importing.report is not None)
    report = window.work.importing.report
    assert report is not None
    words = report.sentence.text(), report.list.toPlainText()
    report.close()
    return words


def test_an_import_tells_before_and_after_what_does_not_fit(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    folder = masks_in(tmp_path / "masks", (1, 2, 50))
    write_png(folder / "small_00003.png", np.zeros((5, 5), np.uint8))
    dialog = open_import(qtbot, window, folder)
    assert dialog.sentence.text() == (
        "2 masks fit: frames 1 and 2; 2 files do not fit; 38 frames of the clip get none."
    )
    assert "00050.png: the clip has frames 0 to 39, not 50" in dialog.list.toPlainText()
    dialog.first.setValue(1)
    qtbot.waitUntil(lambda: "frames 0 and 1" in dialog.sentence.text())
    assert window.project.frames == {}  # nothing has changed so far
    sentence, lines = imported(qtbot, window, dialog)
    assert sentence.startswith("2 masks imported: frames 0 and 1; 2 files do not fit")
    assert "small_00003.png: it has 5x5 pixels, the clip 160x96" in lines
    project, clip = window.project.project, window.project.clip_id
    assert project is not None
    assert clip is not None
    for frame in (0, 1):
        there = project.accepted_mask(clip, frame)
        assert there is not None
        assert np.array_equal(there, mask_of(frame + 1))
    assert project.history(clip, 0)[-1].name == "Import masks, 2 frames"
    undone = project.undo(clip, 0)
    assert undone is not None
    assert undone.changed == (0, 1)
    assert project.accepted_mask(clip, 1) is None


def test_what_went_out_comes_in_again_exactly(qtbot: QtBot, accepted: MainWindow, tmp_path: Path) -> None:
    dialog = open_export(qtbot, accepted)
    dialog.form.buttons["coco"].setChecked(True)
    dialog.folder.line.setText(str(tmp_path / "out"))
    exported(qtbot, accepted, dialog)
    there = open_import(qtbot, accepted, tmp_path / "out/annotations.json")
    assert there.sentence.text().startswith("No mask fits; 3 are there already")
    assert not there.start.isEnabled()
    there.kind.buttons["corrected"].setChecked(True)
    qtbot.waitUntil(lambda: "Reading" not in there.sentence.text())
    assert "accepted with another mask, which was kept" in there.list.toPlainText()
    there.reject()
    accepted.project.change(lambda project, clip: project.undo(clip, ACCEPTED[0]))
    qtbot.waitUntil(lambda: at_rest(accepted))
    there = open_import(qtbot, accepted, tmp_path / "out/annotations.json")
    there.kind.buttons["corrected"].setChecked(True)
    qtbot.waitUntil(lambda: there.start.isEnabled())
    sentence, _ = imported(qtbot, accepted, there)
    assert sentence.startswith("3 masks imported: frames 3, 4 and 9")
    assert accepted.project.frames[4].state is FrameState.CORRECTED
    project, clip = accepted.project.project, accepted.project.clip_id
    assert project is not None
    assert clip is not None
    assert all(np.array_equal(project.layer(clip, f) == 1, mask_of(f) != 0) for f in ACCEPTED)


def test_a_folder_without_masks_is_told_and_no_import_offered(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    dialog = open_import(qtbot, window, tmp_path / "nothing")
    assert str(tmp_path / "nothing") in dialog.sentence.text()
    assert not dialog.start.isEnabled()
    dialog.source.line.clear()
    assert dialog.sentence.text() == "Choose a folder of masks or a COCO file."
    dialog.reject()
    qtbot.waitUntil(lambda: window.work.importing.dialog is None)


def test_a_read_only_project_refuses_the_import_and_allows_the_export(
    qtbot: QtBot, make_window: Callable[..., MainWindow], clip_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / "p.cagdde"
    with Project.create(path) as made, open_clip(clip_path) as reader:
        number = made.add_clip(reader.info).id
        made.accept(number, 5, mask_of(5))
        window = make_window()
        window.project.open(path)
        qtbot.waitUntil(lambda: window.project.read_only)
        window.opening.open(clip_path)
        qtbot.waitUntil(lambda: 5 in window.project.frames, timeout=20_000)
        window.work.importing.ask()
        assert window.work.importing.dialog is None
        assert "open for reading alone" in window.banner.sentence
        assert str(path) in window.banner.sentence
        dialog = open_export(qtbot, window)
        dialog.folder.line.setText(str(tmp_path / "out"))
        assert exported(qtbot, window, dialog).startswith("1 frame of square exported")


def test_the_dialogs_remember_their_choices(
    qtbot: QtBot,
    make_window: Callable[..., MainWindow],
    open_clip_in: Callable[[MainWindow], None],
    tmp_path: Path,
) -> None:
    settings = Settings(
        tour_seen=True,
        export_form="csv",
        export_what="all",
        export_folder=str(tmp_path),
        import_as="corrected",
        import_first=1,
    )
    window = make_window(settings=settings)
    open_clip_in(window)
    dialog = open_export(qtbot, window)
    assert (dialog.form.value, dialog.what.value) == ("csv", "all")
    assert dialog.folder.path == tmp_path / "square-csv"
    dialog.reject()
    there = open_import(qtbot, window, tmp_path / "none")
    assert (there.kind.value, there.first.value()) == ("corrected", 1)
    there.reject()


@pytest.mark.parametrize("which", ["export", "import_masks"])
def test_the_dialogs_fit_a_small_window(qtbot: QtBot, window: MainWindow, which: str) -> None:
    window.resize(900, 600)
    window.commands.by_name[which].trigger()
    work = window.work
    dialog = work.exporting.dialog or work.importing.dialog
    assert dialog is not None
    assert dialog.width() <= 860
    assert dialog.height() <= 560
    dialog.reject()
