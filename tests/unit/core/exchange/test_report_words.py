"""What exports and imports say of themselves, before and after."""

from core.exchange.mask_import import ImportReport
from core.exchange.project_export import ExportReport, folder_for
from core.exchange.project_formats import EXPORT_FORMATS
from core.exchange.report_words import (
    FORM_WORDS,
    export_forecast,
    export_sentence,
    import_sentence,
    unmatched_lines,
)


def test_every_form_has_words() -> None:
    assert tuple(FORM_WORDS) == EXPORT_FORMATS


def test_an_export_names_counts_place_and_the_clips_left_out() -> None:
    one = ExportReport("/out", "csv", {"walk": 1}, ())
    assert export_sentence(one) == "1 frame of walk exported (Scores table) to /out."
    many = ExportReport("/out", "coco", {"a": 3, "b": 4, "c": 0}, ("c",))
    assert export_sentence(many) == (
        "7 frames of 2 clips exported (COCO) to /out. c has no accepted frame there and is not in it."
    )
    empty = tuple("abcdef")
    words = export_sentence(ExportReport("/out", "coco", {"z": 2} | dict.fromkeys(empty, 0), empty))
    assert words.endswith("a, b, c, d and 2 more have no accepted frame there and are not in it.")


def test_a_forecast_says_what_would_be_written() -> None:
    assert export_forecast({"walk": 0}, everything=False).startswith("No frame is accepted there yet")
    assert export_forecast({"walk": 2}, everything=False) == "2 accepted frames."
    assert export_forecast({"a": 3, "b": 4, "c": 0}, everything=False) == (
        "7 accepted frames of 2 clips; c has none and is left out."
    )
    assert export_forecast({"a": 30, "b": 10}, everything=True) == "40 frames of 2 clips."


def test_an_import_says_what_fits_and_what_does_not() -> None:
    report = ImportReport((1, 2, 3, 7), (4,), {"a.png": "it has no number", "b.png": "it is damaged"}, (0, 5))
    assert import_sentence(report) == (
        "4 masks imported: frames 1 to 3 and 7; 1 is there already; 2 files do not fit; "
        "2 frames of the clip get none."
    )
    assert import_sentence(report, done=False).startswith("4 masks fit: frames 1 to 3 and 7;")
    assert unmatched_lines(report) == "a.png: it has no number\nb.png: it is damaged"
    nothing = ImportReport((), (), {"a.png": "x"}, (0,))
    assert (
        import_sentence(nothing)
        == "No mask was imported; 1 file does not fit; 1 frame of the clip gets none."
    )


def test_an_export_goes_below_a_folder_that_holds_other_things(tmp_path) -> None:
    assert folder_for(tmp_path / "new", "walk") == tmp_path / "new"
    assert folder_for(tmp_path, "walk") == tmp_path
    (tmp_path / "frames.csv").touch()
    assert folder_for(tmp_path, "walk") == tmp_path  # an earlier export
    (tmp_path / "frames.csv").rename(tmp_path / "letter.txt")
    assert folder_for(tmp_path, "walk") == tmp_path / "walk"
