"""The hold-out: which accepted frames train, which choose and which report. Indices alone, no pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import ProjectError
from core.finetune.job import FEWEST_ACCEPTED, Part
from core.words import counted

GAP_FRAMES = 15
"""Frames that lie at least between two frames of different parts of one clip."""
CLIPS_TO_SPLIT = 3
"""From so many clips on whole clips are held out."""
_HELD_OUT = 0.2
"""Share of the frames of a clip, or of the clips, that each held-out part gets."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One accepted frame's part. reason: a sentence's end, for people."""

    clip: int
    index: int
    part: Part
    reason: str


Blocks = dict[int, Part]


def hold_out(accepted: Mapping[int, Sequence[int]]) -> list[Assignment]:
    """Assign every accepted frame.

    By clip where three or more clips have accepted frames; otherwise by contiguous blocks of each clip. Where too few
    frames lie far enough apart for three parts, none are kept for the report; frames between two blocks are a "gap".

    Args:
        accepted: for each clip the indices of its accepted frames.

    Returns:
        In order of clip and index.

    Raises:
        ProjectError: too few frames, or none of them far enough from the others to choose by.
    """
    frames = {clip: sorted(set(indices)) for clip, indices in accepted.items() if len(indices)}
    count = sum(len(indices) for indices in frames.values())
    if count < FEWEST_ACCEPTED:
        raise ProjectError(
            f"{counted(count, 'frame is', 'frames are')} accepted and a finetuning needs at least {FEWEST_ACCEPTED}: "
            f"accept {FEWEST_ACCEPTED - count} more."
        )
    if len(frames) >= CLIPS_TO_SPLIT:
        return _by_clip(frames)
    return _by_block(frames)


def describe(assignments: Sequence[Assignment], names: Mapping[int, str]) -> tuple[str, ...]:
    """The hold-out in sentences."""
    counts = {
        part: sum(a.part == part for a in assignments) for part in ("train", "selection", "report", "gap")
    }
    sentences = [
        f"{counts['train']} of {len(assignments)} accepted frames train, "
        f"{counts['selection']} {_verb(counts['selection'], 'choose')} the result, "
        f"{counts['report']} {'is' if counts['report'] == 1 else 'are'} kept for the report."
    ]
    if counts["gap"]:
        sentences.append(
            f"{counted(counts['gap'], 'frame is', 'frames are')} left out at first: "
            f"{'it lies' if counts['gap'] == 1 else 'they lie'} within {GAP_FRAMES} frames of another part."
        )
    for clip in sorted({a.clip for a in assignments}):
        own = [a for a in assignments if a.clip == clip]
        parts = [
            f"{_span(indices)} {_verb(len(indices), words)}"
            for part, words in (("train", "train"), ("selection", "choose"), ("report", "report"))
            if (indices := [a.index for a in own if a.part == part])
        ]
        sentences.append(f"{names.get(clip, str(clip))}: {'; '.join(parts)}.")
    sentences.append(_refit_words(counts["selection"], bool(counts["gap"])))
    if not counts["report"]:
        sentences.append(
            "No frames are kept for the report: accept frames further apart, or in three clips, to have it measured."
        )
    return tuple(sentences)


def _refit_words(chosen_by: int, gap: bool) -> str:
    who = "the frame that chose it" if chosen_by == 1 else "the frames that chose it"
    verb = "trains" if chosen_by == 1 and not gap else "train"
    left_out = " and what was left out" if gap else ""
    return f"Once a result is chosen, {who}{left_out} {verb} too; the report's never do."


def _verb(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb


def _span(indices: Sequence[int]) -> str:
    if len(indices) == 1:
        return f"frame {indices[0]}"
    return f"frames {indices[0]} to {indices[-1]} ({len(indices)})"


def _by_clip(frames: Mapping[int, list[int]]) -> list[Assignment]:
    """Most corrected clips train; of the others every second one chooses, every second one reports."""
    held = max(1, int(_HELD_OUT * len(frames)))
    order = sorted(frames, key=lambda clip: (len(frames[clip]), -clip))
    parts: Blocks = dict.fromkeys(frames, "train")
    for position, clip in enumerate(order[: 2 * held]):
        parts[clip] = "selection" if position % 2 == 0 else "report"
    reasons: dict[Part, str] = {
        "train": "the clips with most accepted frames train",
        "selection": "the whole clip is held out to choose by",
        "report": "the whole clip is held out for the report",
    }
    return [
        Assignment(clip, index, parts[clip], reasons[parts[clip]])
        for clip in sorted(frames)
        for index in frames[clip]
    ]


def _by_block(frames: Mapping[int, list[int]]) -> list[Assignment]:
    blocks = {clip: split_clip(indices) for clip, indices in frames.items()}
    if not any("selection" in parts.values() for parts in blocks.values()):
        if len(frames) < 2:
            raise ProjectError(
                f"The accepted frames lie within {GAP_FRAMES} frames of one another, so that no frame is left to "
                f"judge the result by: accept one that is at least {GAP_FRAMES + 1} frames away."
            )
        smaller = min(frames, key=lambda clip: (len(frames[clip]), clip))
        blocks[smaller] = dict.fromkeys(frames[smaller], "selection")
    reasons: dict[Part, str] = {
        "train": "a block of the clip trains",
        "selection": "a block apart from the others chooses",
        "report": "a block apart from the others is kept for the report",
        "gap": f"it lies within {GAP_FRAMES} frames of a block of another part",
    }
    return [
        Assignment(clip, index, blocks[clip][index], reasons[blocks[clip][index]])
        for clip in sorted(frames)
        for index in frames[clip]
    ]


def split_clip(indices: Sequence[int]) -> Blocks:
    """Contiguous blocks of one clip's frames, more than GAP_FRAMES apart.

    Three parts where training keeps half of the frames, else two, else everything trains.

    Args:
        indices: ascending.
    """
    count = len(indices)
    wanted = max(1, round(_HELD_OUT * count))
    half = max(2, (count + 1) // 2)
    sizes = range(wanted, 0, -1)
    attempts = [(held, 3, half) for held in sizes] + [(held, 2, half) for held in sizes] + [(1, 2, 2)]
    for held, parts, least in attempts:
        layouts = [_lay_out(indices, held, parts, mirrored) for mirrored in (False, True)]
        best = max(layouts, key=lambda blocks: list(blocks.values()).count("train"))
        if list(best.values()).count("train") >= least:
            return best
    return dict.fromkeys(indices, "train")


def _lay_out(indices: Sequence[int], held: int, parts: int, mirrored: bool) -> Blocks:
    """Training first, then selection, then report (mirrored: from the end); all frames, those between as "gap"."""
    places = [-index for index in reversed(indices)] if mirrored else list(indices)
    blocks: Blocks = dict.fromkeys(indices, "gap")
    end = len(places)
    held_parts: tuple[Part, ...] = ("report", "selection") if parts == 3 else ("selection",)
    for part in held_parts:
        chosen = places[max(0, end - held) : end]
        if not chosen:
            return blocks
        blocks.update((abs(place), part) for place in chosen)
        end = sum(place < chosen[0] - GAP_FRAMES for place in places)
    blocks.update((abs(place), "train") for place in places[:end])
    return blocks
