"""A folder of results is there whole or not at all, and what was there before survives a failure."""

import errno
from pathlib import Path

import pytest

from core.errors import OutputError
from core.exchange.output_folder import new_folder


def fill(target: Path, text: str, overwrite: bool = False, error: Exception | None = None) -> None:
    with new_folder(target, overwrite, replaceable={"file.txt"}) as folder:
        assert folder.parent == target.parent
        (folder / "file.txt").write_text(text)
        if error is not None:
            raise error


def test_appears_when_complete(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    fill(target, "new")
    assert (target / "file.txt").read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [ValueError("a mistake"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_new_and_everything_old(tmp_path: Path, error: Exception) -> None:
    target = tmp_path / "out"
    fill(target, "old")
    with pytest.raises(type(error)):
        fill(target, "new", overwrite=True, error=error)
    assert (target / "file.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_replaces_only_when_told(tmp_path: Path) -> None:
    target = tmp_path / "out"
    fill(target, "old")
    with pytest.raises(OutputError, match="--overwrite"):
        fill(target, "new")
    assert (target / "file.txt").read_text() == "old"
    fill(target, "new", overwrite=True)
    assert (target / "file.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_no_result_is_never_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    fill(target, "old")
    (target / ".DS_Store").write_text("what a file manager leaves does not count")
    fill(target, "new", overwrite=True)
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="thesis"):
        fill(target, "newer", overwrite=True)
    assert (target / "thesis.txt").read_text() == "years of work"


def test_a_quicker_run_keeps_its_results(tmp_path: Path) -> None:
    target = tmp_path / "out"
    slow = new_folder(target, overwrite=False, replaceable={"file.txt"})
    (slow.__enter__() / "file.txt").write_text("slow")
    fill(target, "quick")
    with pytest.raises(OutputError, match="--overwrite"):
        slow.__exit__(None, None, None)
    assert (target / "file.txt").read_text() == "quick"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_no_obstacle_and_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    fill(tmp_path / "empty", "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="not a folder"):
        fill(tmp_path / "file", "new", overwrite=True)


def test_disk_errors_are_sentences_that_name_the_final_place(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(OutputError, match="disk is full") as caught:
        fill(target, "new", error=OSError(errno.ENOSPC, "No space left on device"))
    assert str(target) in str(caught.value)
    with pytest.raises(OutputError) as caught, new_folder(target, overwrite=False, replaceable=()) as folder:
        raise OutputError(f"{folder / 'maps' / '00000.png'} cannot be written.")
    assert str(caught.value) == f"{target / 'maps' / '00000.png'} cannot be written."
