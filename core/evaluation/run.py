"""Runs an evaluation clip by clip: maps, measures, flicker, confidence, pictures. Reports are made elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.datasets.benchmark import BenchmarkClip
from core.evaluation.compare import differences
from core.evaluation.confidence import ConfidenceRecord
from core.evaluation.methods import ClipOutput, Method
from core.evaluation.outcome import Curves, DataFacts, Evaluation, FlickerRow, ProtocolResult, published
from core.evaluation.plan import OnProgress, Plan, Progress
from core.evaluation.sheet import SheetRow, sheet_rows, shown_clips
from core.evaluation.stability import Stability, measure_stability
from core.metrics.clips import ClipMaps, ClipMeasures, f_curve_of, measure_clip, overall, report
from core.metrics.protocols import Protocol
from core.types import GrayImage


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """The result and the sheet of frames: pictures do not belong into JSON."""

    evaluation: Evaluation
    sheet: tuple[SheetRow, ...]


def evaluate_methods(
    plan: Plan, methods: Sequence[Method], on_progress: OnProgress = lambda progress: None
) -> Evaluated:
    """Evaluate all methods on all clips.

    Args:
        methods: at least one; the first is what the others are compared with.
        on_progress: called after every step; may raise to end it.

    Raises:
        StudioError: a clip, a mask or a map cannot be used; a protocol that does not fit the clips.
    """
    run = _Run(plan, methods, on_progress)
    clips = [run.clip(clip) for clip in plan.data.clips]
    sheet = tuple(row for clip in clips for row in clip.sheet)
    return Evaluated(run.conclude(clips), sheet)


@dataclass(frozen=True, slots=True, eq=False)
class _ClipResult:
    """measures: by protocol, then by method."""

    name: str
    measures: list[list[ClipMeasures]]
    stability: Stability | None
    sheet: list[SheetRow]


class _Run:
    def __init__(self, plan: Plan, methods: Sequence[Method], on_progress: OnProgress) -> None:
        self._plan, self._methods, self._on_progress = plan, methods, on_progress
        self._with_flow = plan.has_frames and not plan.quick
        self._records = [ConfidenceRecord() for _ in methods]
        self._shown = shown_clips(plan.data)
        self._done, self._total, self._doing = 0, self._steps(), ""

    def clip(self, clip: BenchmarkClip) -> _ClipResult:
        """Run all methods on a clip and measure them."""
        truths = {index: truth for index in clip.annotated if (truth := clip.read_truth(index)) is not None}
        outputs = [self._output(clip, method) for method in self._methods]
        maps = [output.maps for output in outputs]
        self._doing = f"{clip.name}, measures"
        measures = [
            [self._measure(clip, truths, output, protocol) for output in outputs]
            for protocol in self._plan.protocols
        ]
        self._doing = f"{clip.name}, flicker"
        stability = measure_stability(clip, truths, maps, self._step) if self._with_flow else None
        frame_j = [dict(zip(clip.annotated, one.frame_j, strict=True)) for one in measures[0]]
        self._record(outputs, truths, frame_j, stability)
        shown = clip.name in self._shown
        sheet = sheet_rows(clip, self._plan.has_frames, truths, maps, frame_j) if shown else []
        return _ClipResult(clip.name, measures, stability, sheet)

    def _output(self, clip: BenchmarkClip, method: Method) -> ClipOutput:
        self._doing = f"{clip.name}, {method.facts.name}"
        return method.run(clip, self._wanted(clip), self._step)

    def _record(
        self,
        outputs: Sequence[ClipOutput],
        truths: dict[int, GrayImage],
        frame_j: Sequence[dict[int, float]],
        stability: Stability | None,
    ) -> None:
        """Keep what models say of their maps."""
        for number, (record, output) in enumerate(zip(self._records, outputs, strict=True)):
            if output.scores:
                repeated = {} if stability is None else stability.repeated[number]
                record.add(output, truths, frame_j[number], repeated)

    def conclude(self, clips: Sequence[_ClipResult]) -> Evaluation:
        """Put the clips together."""
        facts = tuple(method.facts for method in self._methods)
        names = [fact.name for fact in facts]
        protocols: list[ProtocolResult] = []
        for number, protocol in enumerate(self._plan.protocols):
            by_method = [[clip.measures[number][m] for clip in clips] for m in range(len(names))]
            protocols.append(_protocol_result(names, by_method, protocol))
        confidence = [
            row
            for name, record in zip(names, self._records, strict=True)
            if record.frames
            for row in record.rows(name)
        ]
        notes = [*self._plan.notes, *(note for method in self._methods for note in method.notices)]
        return Evaluation(
            self._data(),
            facts,
            tuple(protocols),
            _flicker(clips, len(names)) if self._with_flow else (),
            tuple(confidence),
            published(self._plan.data.name),
            tuple(dict.fromkeys(notes)),
        )

    def _measure(
        self, clip: BenchmarkClip, truths: dict[int, GrayImage], output: ClipOutput, protocol: Protocol
    ) -> ClipMeasures:
        def pairs() -> Iterator[tuple[GrayImage, GrayImage]]:
            for index in clip.annotated:
                yield output.maps[index], truths[index]
                self._step()

        maps = ClipMaps(clip.name, pairs(), clip.annotated)
        return measure_clip(maps, protocol, thorough=not self._plan.quick)

    def _wanted(self, clip: BenchmarkClip) -> list[int]:
        """The annotated frames, and those before them where neighbours are compared."""
        before = [index - 1 for index in clip.annotated if index and self._with_flow]
        return sorted({*clip.annotated, *before})

    def _steps(self) -> int:
        """A step is a map of a method, its measures under a protocol, or a pair of frames."""
        clips = self._plan.data.clips
        maps = sum(len(self._wanted(clip)) for clip in clips) * len(self._methods)
        annotated = sum(len(clip.annotated) for clip in clips)
        pairs = sum(1 for clip in clips for index in clip.annotated if index) if self._with_flow else 0
        return maps + annotated * len(self._methods) * len(self._plan.protocols) + pairs

    def _step(self) -> None:
        self._done += 1
        self._on_progress(Progress(self._done, self._total, self._doing))

    def _data(self) -> DataFacts:
        data = self._plan.data
        return DataFacts(
            data.name,
            data.title,
            data.split,
            len(data.clips),
            sum(len(clip.frames) for clip in data.clips),
            sum(len(clip.annotated) for clip in data.clips),
        )


def _protocol_result(
    names: Sequence[str], methods: Sequence[Sequence[ClipMeasures]], protocol: Protocol
) -> ProtocolResult:
    means = [overall(clips, protocol).saliency for clips in methods]
    curves = [
        Curves(
            tuple(mean.precision.tolist()),
            tuple(mean.recall.tolist()),
            tuple(f_curve_of(mean, protocol).tolist()),
        )
        for mean in means
    ]
    return ProtocolResult(
        protocol.name,
        tuple(report(clips, protocol) for clips in methods),
        tuple(curves),
        differences(names, methods, protocol),
    )


def _flicker(clips: Sequence[_ClipResult], methods: int) -> tuple[FlickerRow, ...]:
    """By clip, then overall. A clip's mean counts as much as any other's."""
    rows: list[FlickerRow] = []
    for clip in clips:
        found = clip.stability
        if found is not None:
            means = tuple(_mean(values) for values in found.flicker)
            rows.append(FlickerRow(clip.name, len(found.truth_flicker), _mean(found.truth_flicker), means))
    overall_means = tuple(_mean([row.methods[m] for row in rows]) for m in range(methods))
    total = FlickerRow(
        "all", sum(row.pairs for row in rows), _mean([row.ground_truth for row in rows]), overall_means
    )
    return (*rows, total) if total.pairs else ()


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
