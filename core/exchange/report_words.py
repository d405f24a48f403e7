"""What an export or an import did, in sentences for a person. No files here."""

from core.exchange.mask_import import ImportReport
from core.exchange.project_export import ExportReport
from core.exchange.project_formats import ExportFormat
from core.project.batch_words import count_of, frames_words

FORM_WORDS: dict[ExportFormat, tuple[str, str]] = {
    "davis": ("DAVIS tree", "JPEGImages, Annotations and ImageSets, as DAVIS has them"),
    "pairs": (
        "Image and ground-truth pairs",
        "Imgs and ground-truth, as VSOD data sets have them",
    ),
    "coco": ("COCO", "annotations.json with run-length masks, and the images"),
    "video": ("Overlay video", "one MP4 a clip, its masks tinted and outlined, to look at"),
    "csv": ("Scores table", "frames.csv: state, threshold, mask share, confidence scores"),
}
"""Each form: its name, and what it writes."""


def export_sentence(report: ExportReport) -> str:
    """Counts, place, and the clips without a frame."""
    clips = [name for name, count in report.frames.items() if count]
    of_clips = f"{clips[0]}" if len(clips) == 1 else f"{len(clips)} clips"
    form = next(words for form, (words, _) in FORM_WORDS.items() if form == report.form)
    sentence = f"{count_of(sum(report.frames.values()))} of {of_clips} exported ({form}) to {report.target}."
    if report.empty:
        has = "has" if len(report.empty) == 1 else "have"
        sentence += (
            f" {_listed(report.empty)} {has} no accepted frame there and {_is(report.empty)} not in it."
        )
    return sentence


def export_forecast(frames: dict[str, int], everything: bool) -> str:
    """What an export would write. frames: by clip."""
    total = sum(frames.values())
    if not total:
        return "No frame is accepted there yet: accept some, or export all frames." if not everything else ""
    kind = "frame" if everything else "accepted frame"
    words = f"{total} {kind}{'' if total == 1 else 's'}"
    empty = tuple(name for name, count in frames.items() if not count)
    if len(frames) > 1:
        words += f" of {len(frames) - len(empty)} clips"
    if empty:
        words += f"; {_listed(empty)} {'has' if len(empty) == 1 else 'have'} none and {_is(empty)} left out"
    return f"{words}."


def import_sentence(report: ImportReport, done: bool = True) -> str:
    """What an import did, or, before it, what it would do."""
    masks = f"{len(report.imported)} mask{'' if len(report.imported) == 1 else 's'}"
    if report.imported:
        verb = "imported" if done else ("fits" if len(report.imported) == 1 else "fit")
        parts = [f"{masks} {verb}: {frames_words(report.imported)}"]
    else:
        parts = ["No mask was imported" if done else "No mask fits"]
    if report.unchanged:
        parts.append(f"{len(report.unchanged)} {'is' if len(report.unchanged) == 1 else 'are'} there already")
    if report.unmatched:
        left = len(report.unmatched)
        parts.append(f"{left} file{'' if left == 1 else 's'} {'does' if left == 1 else 'do'} not fit")
    if report.missing:
        parts.append(
            f"{count_of(len(report.missing))} of the clip get{'s' if len(report.missing) == 1 else ''} none"
        )
    return "; ".join(parts) + "."


def unmatched_lines(report: ImportReport) -> str:
    """The files that did not fit, one a line, each with the reason."""
    return "\n".join(f"{name}: {reason}" for name, reason in report.unmatched.items())


def _listed(names: tuple[str, ...], most: int = 4) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _is(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"
