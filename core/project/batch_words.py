"""What a propagation or an interpolation is called, and the sentence about how it went. No project here."""

from collections.abc import Sequence

from core.masks.propagation import PropagationEnd, StopReason

_WHY: dict[StopReason, str] = {
    "range done": "",
    "accepted frame": "it is accepted",
    "flow disagrees": "forward and backward flow disagree",
    "mask jumps": "the mask would jump",
    "mask vanished": "the object has vanished",
    "unreadable frame": "it cannot be read",
}

_MOST_RUNS = 6


def step_name(kind: str, source: int, frames: Sequence[int]) -> str:
    """What the history calls it, for example "Propagate forward, 12 frames"."""
    if kind == "interpolate":
        return f"Interpolate, {count_of(len(frames))}"
    way = "both ways"
    if not any(index < source for index in frames):
        way = "forward"
    elif not any(index > source for index in frames):
        way = "back"
    return f"Propagate {way}, {count_of(len(frames))}"


def finish_sentence(
    kind: str,
    source: int,
    changed: Sequence[int],
    unchanged: Sequence[int],
    kept: Sequence[int],
    replaced: Sequence[int],
    ends: Sequence[PropagationEnd],
) -> str:
    """How it went, for a person. The arguments are those of BatchResult."""
    done = "Carried to" if kind == "propagate" else "Interpolated"
    parts = [f"{done} {frames_words(changed)}"] if changed else []
    if unchanged:
        those = frames_words(unchanged)
        parts.append(
            f"{those} had this mask already" if parts else f"{_capital(those)} had this mask already"
        )
    if not parts:
        nothing = "carried from" if kind == "propagate" else "interpolated at"
        parts.append(f"Nothing was {nothing} frame {source}")
    stops = [f"at {end.index}: {_WHY[end.reason]}" for end in ends if _WHY[end.reason]]
    if stops:
        parts.append(f"stopped {', and '.join(stops)}")
    sentences = ["; ".join(parts) + "."]
    if kept:
        was = "was changed meanwhile and was" if len(kept) == 1 else "were changed meanwhile and were"
        sentences.append(f"{_capital(frames_words(kept))} {was} left alone.")
    if replaced:
        sentences.append(
            f"Earlier corrections of {frames_words(replaced)} were replaced; undo brings them back."
        )
    return " ".join(sentences)


def frames_words(frames: Sequence[int]) -> str:
    """Frames as people say them: "frame 7", "frames 3 to 9 and 12"."""
    runs: list[tuple[int, int]] = []
    for index in sorted(frames):
        if runs and index == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], index
        else:
            runs.append((index, index))
    if len(runs) > _MOST_RUNS:
        return f"{count_of(len(frames))} from {runs[0][0]} to {runs[-1][1]}"
    words = [word for first, last in runs for word in _run_words(first, last)]
    said = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{'frame' if len(frames) == 1 else 'frames'} {said}"


def count_of(frames: int) -> str:
    """ "1 frame", "12 frames"."""
    return f"{frames} frame{'' if frames == 1 else 's'}"


def _run_words(first: int, last: int) -> list[str]:
    if last <= first + 1:
        return [str(index) for index in range(first, last + 1)]
    return [f"{first} to {last}"]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
