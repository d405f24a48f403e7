"""Projects in the real window: opening, drafts, adding, moved and missing clips, damage, a second window."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from project_window_material import make_clip, make_project
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from app.starter import Starter
from core.project import Project, migrations

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]
WAIT = 20_000


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "clips"
    folder.mkdir()
    return [make_clip(folder / f"{name}.mp4", seed) for seed, name in enumerate(("walk", "bear", "swan"))]


@pytest.fixture
def project_path(tmp_path: Path, clips: list[Path]) -> Path:
    return make_project(tmp_path / "film.cagdde", clips)


def open_project(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.opening.open(path)
    qtbot.waitUntil(lambda: bool(window.project.frames), timeout=WAIT)


def wait_for_question(qtbot: QtBot, window: MainWindow) -> str:
    qtbot.waitUntil(lambda: window.parts.prompt.question is not None, timeout=WAIT)
    assert window.parts.prompt.question is not None
    assert window.parts.prompt.isVisible()
    return window.parts.prompt.question.sentence


class Heard(list[str]):
    """Everything that the banner of a window has said: another sentence may follow at once."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        say = window.banner.say

        def said(sentence: str, level: str = "error") -> None:
            self.append(sentence)
            say(sentence, level)

        window.banner.say = said

    def wait(self, qtbot: QtBot, words: str) -> None:
        qtbot.waitUntil(lambda: any(words in sentence for sentence in self), timeout=WAIT)


def answer(qtbot: QtBot, window: MainWindow, key: str) -> None:
    qtbot.mouseClick(window.parts.prompt.button(key), Qt.MouseButton.LeftButton)


def choose_in_dialog(qtbot: QtBot, path: Path) -> None:
    """Answer the file dialog that is open."""
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
    assert len(dialogs) == 1
    dialogs[0].fileSelected.emit(str(path))
    dialogs[0].close()
    qtbot.waitUntil(lambda: not dialogs[0].isVisible())
    parent = dialogs[0].parentWidget()
    assert parent is not None
    parent.activateWindow()


def test_a_project_is_opened_like_a_clip(qtbot: QtBot, make_window: Make, project_path: Path) -> None:
    settings = Settings(tour_seen=True)
    window = make_window(settings=settings)
    open_project(qtbot, window, project_path)
    assert window.project.is_named
    assert window.session.info is not None
    assert window.session.info.path.name == "walk.mp4"
    assert settings.recent == [str(project_path)]
    window.recent.fill()
    assert "film.cagdde" in window.recent.menu.actions()[0].text()
    assert "project" in window.recent.menu.actions()[0].text()
    assert window.parts.clips.isVisible()


def test_dropped_projects_and_several_clips(
    qtbot: QtBot, make_window: Make, project_path: Path, tmp_path: Path
) -> None:
    window = make_window()
    more = [make_clip(tmp_path / f"more {seed}.mp4", seed) for seed in (10, 11)]
    for paths in ([project_path], more):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        action = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(QPointF(200, 200).toPoint(), action, data, buttons, keys)
        QApplication.sendEvent(window, enter)
        QApplication.sendEvent(window, QDropEvent(QPointF(200, 200), action, data, buttons, keys))
        qtbot.waitUntil(
            lambda n=3 if paths is not more else 5: (
                len(window.project.clips) == n and window.project.clip_id is not None
            ),
            timeout=WAIT,
        )
    assert window.session.info is not None
    qtbot.waitUntil(lambda: window.project.clip_id == 4, timeout=WAIT)
    assert [record.name for record in window.project.clips][3:] == ["more 10", "more 11"]


def test_a_draft_is_given_a_place(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    window = make_window()
    open_clip_in(window)
    qtbot.keyClick(window, Qt.Key.Key_F6)
    dock = window.parts.clips
    qtbot.waitUntil(lambda: bool(dock.list.model_.clips))
    assert [clip.name for clip in dock.list.model_.clips] == ["square"]
    assert "Draft: kept automatically" in dock.words.text()
    assert dock.save_button.isVisible()
    assert not dock.add_button.isVisible()
    qtbot.mouseClick(dock.save_button, Qt.MouseButton.LeftButton)
    choose_in_dialog(qtbot, tmp_path / "mine")
    qtbot.waitUntil(lambda: dock.title.text() == "mine", timeout=WAIT)
    assert window.project.path == tmp_path / "mine.cagdde"
    assert window.session.info is not None
    assert not dock.save_button.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert wait_for_question(qtbot, window).startswith("Everything is saved already, in ")
    answer(qtbot, window, "fine")
    assert not window.parts.prompt.isVisible()


def test_new_projects_are_empty_and_take_clips(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path, clips: list[Path]
) -> None:
    window = make_window()
    heard = Heard(window)
    open_clip_in(window)
    window.parts.commands.add(clips)
    assert "none is open" in wait_for_question(qtbot, window)
    answer(qtbot, window, "new")
    choose_in_dialog(qtbot, tmp_path / "new")
    qtbot.waitUntil(lambda: window.project.is_named and window.session.info is None, timeout=WAIT)
    dock = window.parts.clips
    assert dock.isVisible()
    qtbot.waitUntil(lambda: dock.pages.currentWidget() is dock.empty, timeout=WAIT)
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    window.parts.commands.add([tmp_path / "broken.mp4", *clips, clips[0]])
    qtbot.waitUntil(lambda: window.project.clip_id is not None, timeout=WAIT)
    assert [record.name for record in window.project.clips] == ["walk", "bear", "swan"]
    heard.wait(qtbot, "broken.mp4")
    assert window.project.path is not None
    again = window.project.path
    with qtbot.waitSignal(window.project.failed, timeout=WAIT) as failed:
        window.parts.commands._new_chosen(str(again))
    assert failed.args
    assert "is there already" in failed.args[0].sentence
    assert window.project.path == again
    assert len(window.project.clips) == 3


def test_a_clip_opened_beside_a_project_joins_it(
    qtbot: QtBot, make_window: Make, project_path: Path, clip_path: Path
) -> None:
    window = make_window()
    open_project(qtbot, window, project_path)
    window.opening.open(clip_path)
    qtbot.waitUntil(lambda: len(window.project.clips) == 4, timeout=WAIT)
    qtbot.waitUntil(lambda: window.project.clip_id == 4, timeout=WAIT)
    assert window.project.clips[3].path == clip_path
    with Project.open(project_path, read_only=True) as project:
        assert [clip.path for clip in project.clips()][3] == clip_path


def test_a_moved_clip_is_found_said_and_remembered(
    qtbot: QtBot, make_window: Make, project_path: Path, clips: list[Path], tmp_path: Path
) -> None:
    shutil.move(clips[0], tmp_path / "moved away.mp4")  # beside the project
    window = make_window()
    heard = Heard(window)
    open_project(qtbot, window, project_path)
    heard.wait(qtbot, "walk was found at")
    qtbot.waitUntil(lambda: window.project.clips[0].path == tmp_path / "moved away.mp4", timeout=WAIT)
    qtbot.waitUntil(lambda: not window.edits.tasks, timeout=WAIT)
    with Project.open(project_path, read_only=True) as project:
        assert project.find_clip(1).status == "found"
        assert project.frames(1)[2].state == "accepted"


def test_a_missing_clip_is_asked_for_without_blocking(
    qtbot: QtBot, make_window: Make, project_path: Path, clips: list[Path], tmp_path: Path
) -> None:
    far = tmp_path / "far" / "away"
    far.mkdir(parents=True)
    shutil.move(clips[0], far / "renamed.mp4")
    window = make_window()
    window.opening.open(project_path)
    sentence = wait_for_question(qtbot, window)
    assert sentence.startswith("walk.mp4 is not at ")
    assert window.session.info is None
    dock = window.parts.clips
    qtbot.waitUntil(lambda: any(clip.marker for clip in dock.list.model_.clips), timeout=WAIT)
    assert [clip.marker for clip in dock.list.model_.clips] == ["file missing", "", ""]
    dock.list.wanted.emit(2)  # nothing is blocked: another clip can be opened
    qtbot.waitUntil(lambda: window.project.clip_id == 2, timeout=WAIT)
    dock.list.wanted.emit(1)
    wait_for_question(qtbot, window)
    assert window.project.clip_id == 2  # what was open stays
    answer(qtbot, window, "folder")
    choose_in_dialog(qtbot, tmp_path / "clips")
    qtbot.waitUntil(lambda: window.parts.prompt.question is not None, timeout=WAIT)
    assert "is not in" in wait_for_question(qtbot, window)
    answer(qtbot, window, "folder")
    choose_in_dialog(qtbot, tmp_path / "far")
    qtbot.waitUntil(lambda: window.project.clip_id == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: window.project.clips[0].path == far / "renamed.mp4", timeout=WAIT)


def test_a_changed_clip_is_used_only_when_that_is_meant(
    qtbot: QtBot, make_window: Make, project_path: Path, clips: list[Path], tmp_path: Path
) -> None:
    make_clip(clips[0], 77)
    window = make_window()
    window.opening.open(project_path)
    assert "is not what was added as walk" in wait_for_question(qtbot, window)
    assert window.session.info is None
    answer(qtbot, window, "use")
    qtbot.waitUntil(lambda: window.project.clip_id == 1, timeout=WAIT)
    assert len(window.project.clips) == 3
    qtbot.waitUntil(lambda: bool(window.project.frames), timeout=WAIT)
    assert window.project.frames[0].state == "corrected"
    make_clip(clips[1], 78, frames=2)
    window.parts.clips.list.wanted.emit(2)
    wait_for_question(qtbot, window)
    answer(qtbot, window, "file")
    other = make_clip(tmp_path / "other.mp4", 79)
    choose_in_dialog(qtbot, other)
    assert "other.mp4 is not what was added as bear" in wait_for_question(qtbot, window)


def test_a_changed_clip_that_does_not_fit_is_refused(
    qtbot: QtBot, make_window: Make, project_path: Path, clips: list[Path]
) -> None:
    make_clip(clips[0], 77, frames=2)
    window = make_window()
    heard = Heard(window)
    window.opening.open(project_path)
    wait_for_question(qtbot, window)
    answer(qtbot, window, "use")
    heard.wait(qtbot, "does not fit the masks of walk")
    assert window.session.info is None


def test_removing_a_clip_asks_where_work_would_be_lost(
    qtbot: QtBot, make_window: Make, project_path: Path, clips: list[Path]
) -> None:
    window = make_window()
    heard = Heard(window)
    open_project(qtbot, window, project_path)
    removal = window.parts.clips.list.removal_wanted
    removal.emit(3)
    qtbot.waitUntil(lambda: len(window.project.clips) == 2, timeout=WAIT)
    heard.wait(qtbot, "swan was taken out")
    removal.emit(1)
    assert "would be lost for good" in wait_for_question(qtbot, window)
    answer(qtbot, window, "keep")
    qtbot.waitUntil(lambda: not window.edits.tasks, timeout=WAIT)
    assert len(window.project.clips) == 2
    removal.emit(1)
    wait_for_question(qtbot, window)
    answer(qtbot, window, "remove")
    qtbot.waitUntil(lambda: [record.id for record in window.project.clips] == [2], timeout=WAIT)
    assert window.session.info is None
    assert clips[0].exists()


def test_a_second_window_reads_only_and_says_so(
    qtbot: QtBot, make_window: Make, project_path: Path, tmp_path: Path
) -> None:
    first = make_window()
    open_project(qtbot, first, project_path)
    second = make_window()
    heard = Heard(second)
    open_project(qtbot, second, project_path)
    bar = second.parts.read_only.bar
    assert bar.isVisible()
    assert bar.question is not None
    assert "is open in another window" in bar.question.sentence
    assert "is open in another window" not in second.banner.sentence
    for name in ("brush", "undo", "accept", "grow", "add_clips"):
        assert not second.commands.by_name[name].isEnabled(), name
        assert "is open in another window" in second.commands.by_name[name].toolTip()
    assert second.commands.by_name["look"].isEnabled()
    assert first.commands.by_name["brush"].isEnabled()
    assert not first.parts.read_only.bar.isVisible()
    second.parts.removal.remove(3)
    heard.wait(qtbot, "open for reading alone")
    qtbot.mouseClick(bar.button("copy"), Qt.MouseButton.LeftButton)
    choose_in_dialog(qtbot, tmp_path / "copy.cagdde")
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=WAIT)
    assert second.project.path == tmp_path / "copy.cagdde"
    assert second.commands.by_name["brush"].isEnabled()
    assert "another window" not in second.commands.by_name["brush"].toolTip()


def test_a_damaged_project_is_recovered_into_a_new_one(
    qtbot: QtBot, make_window: Make, project_path: Path, tmp_path: Path
) -> None:
    content = project_path.read_bytes()
    project_path.write_bytes(content[: len(content) * 2 // 3])
    window = make_window()
    heard = Heard(window)
    window.opening.open(project_path)
    assert "film.cagdde is damaged" in wait_for_question(qtbot, window)
    assert not window.banner.isVisible()
    answer(qtbot, window, "recover")
    choose_in_dialog(qtbot, tmp_path / "saved.cagdde")
    qtbot.waitUntil(lambda: window.project.path == tmp_path / "saved.cagdde", timeout=WAIT)
    heard.wait(qtbot, "Recovered into")
    assert project_path.read_bytes() == content[: len(content) * 2 // 3]
    assert window.project.clips


def test_what_is_no_project_is_one_sentence(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    heard = Heard(window)
    open_clip_in(window)
    window.opening.open(Path("/nowhere/none.cagdde"))
    heard.wait(qtbot, "does not exist")
    assert window.session.info is not None
    assert window.parts.prompt.question is None


def test_a_clip_that_cannot_be_opened_leaves_the_one_before(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    window = make_window()
    heard = Heard(window)
    open_clip_in(window)
    title = window.windowTitle()
    window.opening.open(tmp_path / "gone.mp4")
    heard.wait(qtbot, "gone.mp4")
    assert window.session.info is not None
    assert window.windowTitle() == title
    assert window.pages.currentWidget() is window.area
    assert window.commands.by_name["play"].isEnabled()
    assert "square" in window.statusBar().clip.text()  # pyright: ignore[reportAttributeAccessIssue]


def test_closing_a_project_lets_the_next_clip_alone(
    qtbot: QtBot, make_window: Make, project_path: Path, clip_path: Path
) -> None:
    window = make_window()
    assert not window.commands.by_name["close_project"].isEnabled()
    open_project(qtbot, window, project_path)
    assert window.windowTitle() == "walk.mp4 – film – CAG-DDE Studio"
    window.commands.by_name["close_project"].trigger()
    assert window.session.info is None
    assert not window.project.is_named
    assert window.windowTitle() == "CAG-DDE Studio"
    assert not window.commands.by_name["close_project"].isEnabled()
    window.opening.open(clip_path)
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: not window.edits.tasks, timeout=WAIT)
    assert window.project.is_draft
    with Project.open(project_path) as project:
        assert len(project.clips()) == 3


def test_a_renamed_clip_keeps_its_draft(qtbot: QtBot, make_window: Make, clips: list[Path]) -> None:
    window = make_window()
    window.opening.open(clips[0])
    qtbot.waitUntil(lambda: window.editing.available, timeout=WAIT)
    window.commands.by_name["needs_work"].trigger()
    qtbot.waitUntil(lambda: bool(window.project.frames), timeout=WAIT)
    window.commands.by_name["close_clip"].trigger()
    renamed = clips[0].rename(clips[0].with_name("another name.mp4"))
    window.opening.open(renamed)
    qtbot.waitUntil(lambda: bool(window.project.frames), timeout=WAIT)
    assert window.project.frames[0].state == "needs_work"
    qtbot.waitUntil(lambda: [record.path for record in window.project.clips] == [renamed], timeout=WAIT)


def test_bringing_a_project_up_to_date_is_said(
    qtbot: QtBot, make_window: Make, project_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(project_path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 0")
    monkeypatch.setitem(migrations.MIGRATIONS, 0, lambda connection: None)
    window = make_window()
    heard = Heard(window)
    open_project(qtbot, window, project_path)
    heard.wait(qtbot, "was brought up to date; the file as it was is kept as film.version-0.cagdde")
    assert not window.project.read_only


def test_a_damaged_draft_is_offered_for_recovery(qtbot: QtBot, make_window: Make, clips: list[Path]) -> None:
    window = make_window()
    window.opening.open(clips[0])
    qtbot.waitUntil(lambda: window.editing.available, timeout=WAIT)
    window.commands.by_name["needs_work"].trigger()
    qtbot.waitUntil(lambda: bool(window.project.frames), timeout=WAIT)
    draft = window.project.path
    assert draft is not None
    window.commands.by_name["close_clip"].trigger()
    qtbot.waitUntil(lambda: not window.edits.tasks, timeout=WAIT)
    draft.write_bytes(draft.read_bytes()[:-5000])
    window.opening.open(clips[0])
    assert "is damaged" in wait_for_question(qtbot, window)
    assert window.session.info is not None


def test_the_command_line_takes_a_project(qtbot: QtBot, make_window: Make, project_path: Path) -> None:
    window = make_window()
    Starter(window, project_path, None, False)._begin()
    qtbot.waitUntil(lambda: bool(window.project.frames), timeout=WAIT)
    assert window.project.path == project_path
    heard = Heard(window)
    window.opening.open(project_path)  # again, as from the recent files
    heard.wait(qtbot, "is open already")
    assert not window.project.read_only
