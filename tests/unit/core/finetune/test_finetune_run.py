"""Real runs of a few steps: results and files, resume, pause, stop, cancel, memory running out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from core.errors import CheckpointError, DeviceError
from core.finetune.choose import interpolated
from core.finetune.control import Command
from core.finetune.event_log import EVENTS_NAME, past_events
from core.finetune.groups import EncoderCut
from core.finetune.job import JOB_NAME, REFIT_STATE_NAME, SAMPLES_NAME, STATE_NAME, TUNED_NAME, read_job
from core.finetune.losses import BatchLoss
from core.finetune.outcome import read_report, read_result
from core.finetune.run import run_finetune
from core.finetune.view_store import VIEWS_NAME
from core.finetune.views import ViewFactory
from core.network import inspect_checkpoint, load_checkpoint, save_checkpoint
from core.network.cagdde import CagDde

MakeJob = Callable[..., Path]


class Script:
    """Answers "go" until so many questions were asked, then the given words, the last one for ever."""

    def __init__(self, after: int, *words: Command) -> None:
        self.left, self.words = after, list(words)

    def command(self) -> Command:
        if self.left > 0:
            self.left -= 1
            return "go"
        return self.words.pop(0) if len(self.words) > 1 else self.words[0]


class StopAt:
    """Says a word once a number of steps was done: `emit` hears the events, `command` answers."""

    def __init__(self, step: int, word: Command) -> None:
        self.step = step
        self.word: Command = word
        self.events: list[dict[str, Any]] = []

    def emit(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    def command(self) -> Command:
        steps = [event for event in self.events if event["event"] == "step"]
        return self.word if len(steps) >= self.step else "go"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def tensors(folder: Path) -> dict[str, Any]:
    return torch.load(folder / STATE_NAME, weights_only=True)


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def always_gains(monkeypatch: pytest.MonkeyPatch) -> None:
    """A random network learns nothing in four steps: let the gate pass the tuned weights."""
    from core.finetune import choose

    monkeypatch.setattr(choose, "decide", lambda candidates, settings: (0.5, "For the test."))


def test_a_run_ends_with_result_report_pictures_and_weights(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    always_gains(monkeypatch)
    folder = make_job(refit=False)
    events: list[dict[str, Any]] = []
    result = run_finetune(folder, events.append)

    assert (result.outcome, result.chosen_a, result.kept_old) == ("finished", 0.5, False)
    assert [c.a for c in result.candidates] == [0, 0.25, 0.5, 0.75, 1]
    assert result == read_result(folder)
    report = read_report(folder)
    assert report.result == result
    assert [point.iteration for point in report.steps] == [1, 2, 3, 4]
    assert [point.iteration for point in report.selections] == [0, 2, 4]
    assert set(report.steps[0].terms) == {"bce", "ssim", "iou", "side", "confidence", "replay", "total"}
    assert report.frames
    assert all(
        (folder / getattr(f, name)).is_file()
        for f in report.frames
        for name in ("rgb", "truth", "before", "after")
    )
    assert result.clips[0].before.flicker is not None
    assert result.interval is not None
    assert result.interval.words.startswith("not established")
    assert result.forgetting is not None
    assert result.forgetting.frames == 2
    metadata = inspect_checkpoint(folder / TUNED_NAME)
    assert metadata.parent == read_job(folder).base_sha256
    assert metadata.calibration == inspect_checkpoint(read_job(folder).base).calibration is not None
    assert result.calibration is not None
    assert (result.calibration.of, result.calibration.pairs) == ("expected IoU", len(report.frames))
    kinds = [event["event"] for event in events]
    assert kinds[0] == "started"
    assert kinds[-1] == "finished"
    assert {"probe", "step", "selection", "choosing", "reporting"} <= set(kinds)
    assert all("time" in event for event in events)


def test_the_old_model_kept_leaves_no_weights(make_job: MakeJob) -> None:
    folder = make_job(least_gain=2.0)
    result = run_finetune(folder)
    assert (result.kept_old, result.chosen_a, result.weights) == (True, 0.0, None)
    assert "The old model is kept" in result.reason
    assert not (folder / TUNED_NAME).exists()
    assert result.clips[0].before == result.clips[0].after


def test_too_much_forgotten_keeps_the_old_model(make_job: MakeJob) -> None:
    folder = make_job(least_gain=-1.0, allowed_points=-1000.0)
    result = run_finetune(folder)
    assert result.kept_old
    assert "forgets" in result.reason


def test_a_resumed_run_gives_the_weights_of_an_uninterrupted_one(make_job: MakeJob) -> None:
    whole, parted = make_job("whole"), make_job("parted")
    run_finetune(whole)
    script = StopAt(2, "cancel")
    assert run_finetune(parted, script.emit, script).outcome == "cancelled"
    assert names(parted) == sorted([JOB_NAME, SAMPLES_NAME, STATE_NAME, EVENTS_NAME, VIEWS_NAME])
    assert tensors(parted)["progress"]["iteration"] == 2

    result = run_finetune(parted)

    assert result.iterations == 4
    for name in ("model", "average", "best"):
        assert same(tensors(whole)[name], tensors(parted)[name])
    assert read_result(whole).candidates == result.candidates


def test_the_refit_trains_with_the_frames_that_chose_and_resumes_exactly(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    always_gains(monkeypatch)
    monkeypatch.setattr("core.finetune.run.check_refit", lambda base, refit, choice, *rest: choice)
    whole, parted = make_job("whole"), make_job("parted")
    events: list[dict[str, Any]] = []
    result = run_finetune(whole, events.append)
    steps = tensors(whole)["progress"]["best_iteration"]
    assert result.iterations == result.planned == 4 + steps
    (refit,) = (event for event in events if event["event"] == "refit")
    assert (refit["after"], refit["steps"], refit["iterations"]) == (4, steps, 4 + steps)
    told = [event for event in events if event["event"] == "step"]
    assert [event["iteration"] for event in told] == list(range(1, 4 + steps + 1))
    assert [event["iterations"] for event in told] == [8] * 4 + [4 + steps] * steps
    assert [event["training"] for event in told] == ["trial"] * 4 + ["refit"] * steps
    assert [event["event"] for event in past_events(whole)].count("step") == 4 + steps
    assert VIEWS_NAME not in names(whole)
    assert result.lineage.trained_frames == len(read_job(whole).accepted) - 2, "all but the report's"

    script = StopAt(4 + steps - 1, "cancel")
    assert run_finetune(parted, script.emit, script).outcome == "cancelled"
    assert names(parted) == sorted(
        [JOB_NAME, SAMPLES_NAME, STATE_NAME, REFIT_STATE_NAME, EVENTS_NAME, VIEWS_NAME]
    )
    run_finetune(parted)
    one, two = (load_checkpoint(folder / TUNED_NAME)[0].state_dict() for folder in (whole, parted))
    assert same(one, two)


def test_a_refit_that_fails_leaves_the_trials_weights(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    always_gains(monkeypatch)
    monkeypatch.setattr("core.finetune.run.check_refit", lambda *given: None)
    folder = make_job()
    result = run_finetune(folder)
    base, _ = load_checkpoint(read_job(folder).base)
    expected = interpolated(base, tensors(folder)["best"], 0.5).state_dict()
    assert same(load_checkpoint(folder / TUNED_NAME)[0].state_dict(), expected)
    assert result.lineage.trained_frames == len(read_job(folder).of_part("train"))


def test_cancelled_while_choosing_leaves_nothing_but_the_state(make_job: MakeJob) -> None:
    folder = make_job()
    script = StopAt(4, "cancel")
    assert run_finetune(folder, script.emit, script).kept_old
    assert names(folder) == sorted([JOB_NAME, SAMPLES_NAME, STATE_NAME, EVENTS_NAME, VIEWS_NAME])
    assert script.events[-1]["outcome"] == "cancelled"


def test_cancelled_before_the_first_step_leaves_no_state(make_job: MakeJob) -> None:
    folder = make_job()
    assert run_finetune(folder, control=Script(0, "cancel")).outcome == "cancelled"
    assert names(folder) == sorted([JOB_NAME, SAMPLES_NAME, EVENTS_NAME, VIEWS_NAME])


def test_views_that_were_made_are_not_made_again(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_job()
    assert run_finetune(folder, control=Script(5, "cancel")).outcome == "cancelled"
    kept = names(folder / VIEWS_NAME)
    assert len(kept) == 6
    made: list[int] = []
    usual = ViewFactory.view
    monkeypatch.setattr(
        ViewFactory, "view", lambda self, *given: (made.append(given[-1]), usual(self, *given))[1]
    )
    script = StopAt(1, "cancel")
    run_finetune(folder, script.emit, script)
    assert len(made) == len(names(folder / VIEWS_NAME)) - len(kept)


def test_stopped_early_chooses_and_reports(make_job: MakeJob) -> None:
    folder = make_job(iterations=50)
    script = StopAt(3, "stop")
    result = run_finetune(folder, script.emit, script)
    assert (result.outcome, result.iterations, result.planned) == ("stopped early", 3, 100)
    assert read_result(folder).outcome == "stopped early"


def test_a_pause_waits_and_goes_on(make_job: MakeJob) -> None:
    folder = make_job()
    events: list[dict[str, Any]] = []
    result = run_finetune(folder, events.append, Script(3, "pause", "pause", "go"))
    assert result.outcome == "finished"
    assert [e["event"] for e in events if e["event"] in ("paused", "resumed")] == ["paused", "resumed"]


def test_frozen_parameters_and_all_batchnorm_statistics_stay(make_job: MakeJob) -> None:
    folder = make_job()
    run_finetune(folder)
    base, _ = load_checkpoint(read_job(folder).base)
    tuned, before = tensors(folder)["model"], base.state_dict()
    changed = {name for name in tuned if not torch.equal(tuned[name], before[name])}
    assert not [name for name in changed if "running_" in name or "num_batches" in name]
    encoder = {int(name.split(".")[2]) for name in changed if name.startswith("encoder.")}
    assert encoder == {6, 7}, "the encoder's last two stages alone"
    assert any(name.startswith("head.") for name in changed)


def test_heads_only_leaves_the_whole_encoder(make_job: MakeJob) -> None:
    folder = make_job(heads_only=True)
    run_finetune(folder)
    base, _ = load_checkpoint(read_job(folder).base)
    tuned = tensors(folder)["model"]
    assert all(torch.equal(tuned[n], v) for n, v in base.state_dict().items() if n.startswith("encoder."))
    assert not torch.equal(tuned["head.weight"], base.state_dict()["head.weight"])


def test_out_of_memory_halves_the_batch_and_accumulates(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, short = make_job("usual", iterations=2), make_job("short", iterations=2)
    whole: list[dict[str, Any]] = []
    run_finetune(usual, whole.append)
    backward = BatchLoss.backward

    def fails_above_one(self: BatchLoss, views: Any, whole: Any) -> Any:
        if len(views) > 1:
            raise RuntimeError(
                "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate"
            )
        return backward(self, views, whole)

    monkeypatch.setattr(BatchLoss, "backward", fails_above_one)
    events: list[dict[str, Any]] = []
    run_finetune(short, events.append)
    assert [(e["batch"], e["accumulate"]) for e in events if e["event"] == "oom"] == [(2, 2), (1, 4)]
    one, two = ([e["terms"] for e in run if e["event"] == "step"] for run in (whole, events))
    for a, b in zip(one, two, strict=True):
        assert a == pytest.approx(b, rel=1e-3), "the same gradients, in parts"


def test_no_memory_for_a_single_sample_is_said(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: BatchLoss, views: Any, whole: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(BatchLoss, "backward", fails)
    with pytest.raises(DeviceError, match="Memory has run out"):
        run_finetune(make_job())


def test_another_error_is_not_taken_for_memory(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: BatchLoss, views: Any, whole: Any) -> Any:
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(BatchLoss, "backward", fails)
    with pytest.raises(RuntimeError, match="shapes"):
        run_finetune(make_job())


def test_a_replaced_base_and_a_foreign_state_are_refused(
    make_job: MakeJob, base_model: Path, tmp_path: Path
) -> None:
    first, second = make_job("first"), make_job("second")
    run_finetune(first)
    (second / STATE_NAME).write_bytes((first / STATE_NAME).read_bytes())
    with pytest.raises(CheckpointError, match="another job"):
        run_finetune(second)
    job = (first / JOB_NAME).read_text()
    other = tmp_path / "other.safetensors"
    model, metadata = load_checkpoint(base_model)
    with torch.no_grad():
        model.head.weight += 1
    save_checkpoint(other, model, metadata)
    (first / JOB_NAME).write_text(job.replace(str(base_model), str(other)))
    with pytest.raises(CheckpointError, match="is not the model"):
        run_finetune(first)


def encoders() -> list[CagDde]:
    from dataclasses import replace

    from core.network import CAGDDE_LITE, CAGDDE_R101, build_model

    resnet = replace(CAGDDE_R101, encoder="resnet18", widths=(8,) * 5, decoder_widths=(8,) * 5)
    return [build_model(CAGDDE_LITE).eval(), build_model(resnet).eval()]


@pytest.mark.parametrize("learning", [0, 1, 2, 3])
def test_the_cut_encoder_gives_the_taps_of_the_whole_one(learning: int) -> None:
    for model in encoders():
        pictures = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
        cut = EncoderCut(model, learning)
        with torch.no_grad():
            taps = cut.rest(cut.frozen(pictures))
            expected = model.encoder(pictures)
        assert len(taps) == len(expected)
        assert all(torch.equal(a, b) for a, b in zip(taps, expected, strict=True))
