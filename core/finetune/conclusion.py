"""Writes down what a run came to: the chosen weights, result.json and report.json. Nothing is decided here."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.finetune.choose import Choice
from core.finetune.job import TUNED_NAME, FinetuneJob
from core.finetune.outcome import (
    REPORT_NAME,
    RESULT_NAME,
    FinetuneReport,
    FinetuneResult,
    Lineage,
    write_document,
)
from core.finetune.progress import Progress
from core.finetune.reporting import ReportPart
from core.network import CagDde, CheckpointMetadata, save_checkpoint


@dataclass(frozen=True, slots=True, eq=False)
class Conclusion:
    """All that a run found out. progress: of the trial, with the refit's steps. planned: steps, likewise.
    chosen: the network that the choice names."""

    job: FinetuneJob
    lineage: Lineage
    metadata: CheckpointMetadata
    progress: Progress
    planned: int
    chosen: CagDde
    choice: Choice
    part: ReportPart
    seconds: float
    processor_seconds: float

    def write(self, folder: Path) -> FinetuneResult:
        """Weights first, the result last: where it is, all is. Raises: OutputError."""
        result = self._result()
        if result.weights is not None:
            save_checkpoint(folder / result.weights, self.chosen, self._metadata(result))
        report = FinetuneReport(
            result,
            self.job.split,
            tuple(self.progress.steps),
            tuple(self.progress.selections),
            self.part.frames,
            asdict(self.job.settings),
        )
        write_document(folder / REPORT_NAME, report)
        write_document(folder / RESULT_NAME, result)
        return result

    def _result(self) -> FinetuneResult:
        kept_old = self.choice.a == 0
        return FinetuneResult(
            outcome="stopped early" if self.progress.stopped else "finished",
            kept_old=kept_old,
            chosen_a=self.choice.a,
            reason=self.choice.reason,
            lineage=self.lineage,
            iterations=len(self.progress.steps),
            planned=self.planned,
            seconds=round(self.seconds, 2),
            processor_seconds=round(self.processor_seconds, 2),
            candidates=self.choice.candidates,
            clips=self.part.clips,
            overall=self.part.overall,
            forgetting=self.choice.forgetting,
            calibration=self.part.calibration,
            interval=self.part.interval,
            weights=None if kept_old else TUNED_NAME,
            report=REPORT_NAME,
        )

    def _metadata(self, result: FinetuneResult) -> CheckpointMetadata:
        training = {
            "finetuned": asdict(self.lineage),
            "settings": asdict(self.job.settings),
            "iterations": result.iterations,
            "a": result.chosen_a,
            "base_training": self.metadata.training,
        }
        metrics = {"finetune": {clip.clip: asdict(clip) for clip in result.clips}}
        flow = self.job.flow or self.metadata.flow
        return replace(
            self.metadata, flow=flow, training=training, metrics=metrics, parent=self.job.base_sha256
        )
