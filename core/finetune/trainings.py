"""The two trainings of a run: the trial with the training part, the refit with all frames but the report's.

Which of them is done, and what follows, is decided in run.py; the loop is in trainer.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from core.errors import Cancelled
from core.finetune.control import Attention, Event
from core.finetune.job import JOB_NAME, REFIT_STATE_NAME, STATE_NAME, FinetuneJob, Part
from core.finetune.material import JobMaterial, OnView
from core.finetune.measure import FrameRunner
from core.finetune.progress import Stretch
from core.finetune.trainer import FinetuneTrainer
from core.finetune.views import View
from core.network import file_hash
from core.training.distributed import CANCEL, Ranks

_TRIAL_PARTS: tuple[Part, ...] = ("train",)
_REFIT_PARTS: tuple[Part, ...] = ("train", "gap", "selection")


class Trainings:
    """Makes the trainings of a job folder, of a size that fits into the memory; each goes on where it was.

    Args:
        on_view: called with views made and to make; may raise to end it.
    """

    def __init__(
        self,
        folder: Path,
        job: FinetuneJob,
        material: JobMaterial,
        ranks: Ranks,
        emit: Callable[[Event], None],
        on_view: OnView,
    ) -> None:
        self._folder, self._job, self._material, self._ranks = folder, job, material, ranks
        self._emit, self._on_view = emit, on_view
        self._key = file_hash(folder / JOB_NAME)
        self._replay: Sequence[View] | None = None
        probe = material.probe()
        self._probe = replace(probe, side=int(ranks.agree(str(probe.side))))  # of one size on all ranks
        if ranks.first:
            emit({"event": "probe", **asdict(self._probe)})

    def trial(self, selection: FrameRunner | None, attention: Attention) -> FinetuneTrainer:
        """Train on the training part alone, looking at the selection part."""
        steps = self._job.settings.iterations
        stretch = Stretch("trial", steps, after=steps if may_refit(self._job) else 0)
        return self._run(_TRIAL_PARTS, STATE_NAME, selection, stretch, attention)

    def refit(self, before: int, steps: int, attention: Attention) -> FinetuneTrainer:
        """Train on all frames but the report's. before: steps of the trial. steps: of this one."""
        return self._run(_REFIT_PARTS, REFIT_STATE_NAME, None, Stretch("refit", steps, before), attention)

    def _run(
        self,
        parts: Sequence[Part],
        state_name: str,
        selection: FrameRunner | None,
        stretch: Stretch,
        attention: Attention,
    ) -> FinetuneTrainer:
        state, material = self._folder / state_name, self._material

        def views() -> tuple[Sequence[View], Sequence[View]]:
            corrected = material.corrected_views(self._probe.side, parts, self._on_view)
            if self._replay is None:
                self._replay = material.replay_views(self._probe.side, self._on_view)
            return corrected, self._replay

        trainer = FinetuneTrainer(
            material.base,
            self._job.settings,
            views,
            selection,
            material.device,
            state,
            self._key,
            self._emit,
            stretch,
            self._ranks,
        )
        trainer.progress.accumulate = self._probe.accumulate
        if state.exists():
            trainer.resume()
        trainer.run(attention)
        return trainer


def tell_followers(ranks: Ranks, refit: tuple[int, int] | None) -> None:
    """What the other ranks do after the trial. refit: steps of the trial and of the refit; None for none."""
    ranks.agree("" if refit is None else f"{refit[0]} {refit[1]}")


def follow(trainings: Trainings, ranks: Ranks, attention: Attention) -> None:
    """The part of every rank but the first: its share of the steps. Raises: Cancelled."""
    trainings.trial(None, attention)
    word = ranks.agree("")
    if word == CANCEL:
        raise Cancelled("The finetuning was cancelled.")
    if word:
        before, steps = (int(number) for number in word.split())
        trainings.refit(before, steps, attention)


def may_refit(job: FinetuneJob) -> bool:
    """Whether there are frames that a refit would train on and the trial does not."""
    held = [frame for frame in job.accepted if frame.part != "train" and frame.training]
    return job.settings.refit and bool(held)
