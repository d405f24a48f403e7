"""Settings survive, and nothing that happens to their file stops the program."""

from pathlib import Path

import pytest

from app.settings import MOST_RECENT, Settings, load_settings, save_settings


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    settings = Settings(theme="light", layout="strip", splits={"grid": (0.3, 0.6)}, recent=["/a b/ü.mp4"])
    assert save_settings(settings, path) is None
    assert load_settings(path) == (settings, None)
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_no_file_is_the_first_start(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == (Settings(), None)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"theme": "pink"}', b'{"mask_opacity": "much"}'])
def test_a_damaged_file_is_kept_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings, sentence = load_settings(path)
    assert settings == Settings()
    assert sentence is not None
    assert str(path) in sentence
    assert (tmp_path / "settings.damaged.json").read_bytes() == content


def test_fields_of_a_newer_version_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "light", "holograms": true}')
    assert load_settings(path) == (Settings(theme="light"), None)


def test_settings_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    sentence = save_settings(Settings(), tmp_path / "file" / "settings.json")
    assert sentence is not None
    assert str(tmp_path / "file") in sentence


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    save_settings(Settings(theme="light"), path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert save_settings(Settings(theme="dark"), path) is not None
    assert load_settings(path)[0].theme == "light"
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]


def test_recent_files_are_the_latest_without_doubles() -> None:
    settings = Settings()
    for number in range(MOST_RECENT + 3):
        settings.remember(Path(f"/clips/{number}"))
    settings.remember(Path("/clips/5"))
    assert settings.recent[:2] == ["/clips/5", f"/clips/{MOST_RECENT + 2}"]
    assert len(settings.recent) == len(set(settings.recent)) == MOST_RECENT
