"""`cagdde finetune` and what it leaves: the job, the page, the project's list of runs, the promoted model."""

import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_job import SETTINGS, make_job, make_project, make_weights
from typer.testing import CliRunner, Result

from core.cli import app
from core.errors import InputError
from core.finetune import job as job_module
from core.finetune.history import discard, new_run_folder, past_runs, promote, runs_folder
from core.finetune.outcome import (
    RESULT_NAME,
    FinetuneResult,
    Lineage,
    read_report,
    read_result,
    write_document,
)
from core.network import file_hash, load_checkpoint, save_checkpoint
from core.project import Project
from core.registry import BUNDLED, ModelRegistry

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_from_the_project_to_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(job_module._PRESETS, "quick", replace(SETTINGS, iterations=2, select_every=2))
    project, weights = make_project(tmp_path), make_weights(tmp_path)
    result = run("finetune", project, "--model", weights, "--promote", "--json", "--threads", 1)
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["outcome"] == "finished"
    assert document["result"]["iterations"] == 2
    assert "training  2/2" in result.stderr
    folder = Path(document["folder"])
    assert folder.parent == runs_folder()
    assert Path(document["report"]).parent == folder
    assert Path(document["report"]).read_text().startswith("<!doctype html>")
    (past,) = past_runs(project)
    assert past.result is not None
    assert past.result == read_result(folder)
    with Project.open(project) as opened:
        (noted,) = opened.runs()
    assert noted.kind == "finetune"
    assert noted.facts["folder"] == str(folder)
    assert (noted.facts["preset"], noted.facts["base"]) == ("quick", str(weights))
    assert document["model"] == (None if past.result.kept_old else ModelRegistry().default().id)
    refused = run("finetune", project, "--resume")
    assert refused.exit_code == 1
    assert "no unfinished finetuning" in refused.stderr
    discard(folder)
    assert past_runs(project) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")
def test_interrupted_it_can_go_on(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    project = tmp_path / "work.cagdde"
    command = [sys.executable, "-m", "core.cli", "finetune", str(project), "--resume", "--out", str(job)]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stderr is not None
    assert running.stdout is not None
    with running.stderr, running.stdout:
        while "step 4" not in (line := running.stderr.readline()):
            assert line, "it ended before"
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
        assert running.stdout.read() == ""
    assert running.wait(60) == 130
    assert re.search(r"cancelled.*Go on with: cagdde finetune .* --resume --out ", rest)
    assert not (job / RESULT_NAME).exists()
    done = run("finetune", project, "--resume", "--out", job)
    assert done.exit_code == 0, done.stderr
    assert "Report: " in done.stdout
    kept_old = read_result(job).kept_old
    assert ("unchanged" if kept_old else "95 % interval") in done.stdout
    assert read_report(job).result.iterations == SETTINGS.iterations


def test_refusals_are_one_sentence(tmp_path: Path) -> None:
    assert run("finetune", tmp_path / "x.cagdde", "--preset", "soon").exit_code == 2
    gone = run("finetune", tmp_path / "gone.cagdde")
    assert gone.exit_code == 1
    assert "gone.cagdde" in gone.stderr
    project = tmp_path / "empty.cagdde"
    Project.create(project).close()
    few = run("finetune", project, "--json")
    assert few.exit_code == 1
    assert "accept 4 more" in few.stderr
    assert few.stdout == ""
    assert not runs_folder().exists()


def finished_job(tmp_path: Path, *, kept_old: bool) -> Path:
    """A job folder with a result, as if it had run."""
    job = make_job(tmp_path)
    made = job_module.read_job(job)
    lineage = Lineage(made.base, made.base_sha256, file_hash(job / "job.json"), made.project, 12, 7)
    weights = None if kept_old else "tuned.safetensors"
    write_document(
        job / RESULT_NAME,
        FinetuneResult("finished", kept_old, 0.0 if kept_old else 0.5, "Because.", lineage, weights=weights),
    )
    if weights:
        changed_copy(Path(made.base), job / weights)
    return job


def changed_copy(weights: Path, target: Path) -> None:
    """The same network in a file of another content."""
    model, metadata = load_checkpoint(weights)
    save_checkpoint(target, model, replace(metadata, licence="of another file"))


def test_promotion_makes_a_default_with_its_lineage_and_rolls_back(tmp_path: Path) -> None:
    job = finished_job(tmp_path, kept_old=False)
    record = promote(job)
    assert record.is_default
    assert record.facts.origin == "finetuned"
    assert record.name.startswith("square 20")
    assert record.facts.lineage["chosen_a"] == 0.5
    assert record.facts.lineage["base_sha256"] == read_result(job).lineage.base_sha256
    assert past_runs(parent=tmp_path)[0].model == record.id
    base = Path(job_module.read_job(job).base)
    assert ModelRegistry().base_of() == base, "where it was, since it is not in the registry"
    base.write_bytes(b"another file")
    assert ModelRegistry().base_of() == ModelRegistry().get(BUNDLED).path
    assert ModelRegistry().roll_back().id == BUNDLED
    discard(job)
    assert ModelRegistry().get(record.id).trouble is None


def test_a_finetuned_default_is_not_finetuned_again_but_its_base(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    base = ModelRegistry().add(Path(job_module.read_job(job).base))
    other = tmp_path / "tuned.safetensors"
    changed_copy(base.path, other)
    lineage = {"base_sha256": base.facts.sha256}
    tuned = ModelRegistry().add_finetuned(other, "tuned", lineage)
    ModelRegistry().set_default(tuned.id)
    assert ModelRegistry().base_of() == ModelRegistry().base_of(tuned.path) == base.path
    assert ModelRegistry().base_of(other) == other, "a file outside of the registry is taken as it is"


def test_the_jobs_of_a_draft_are_those_of_the_project_that_it_becomes(tmp_path: Path) -> None:
    make_job(tmp_path)
    draft, project, other = (tmp_path / name for name in ("work.cagdde", "street.cagdde", "other.cagdde"))
    with Project.open(draft) as opened:
        opened.save_copy(project)
    Project.create(other).close()
    assert past_runs(project, tmp_path) == [], "a copy is another project"
    draft.unlink()
    assert [run.folder.name for run in past_runs(project, tmp_path)] == ["job"]
    assert past_runs(other, tmp_path) == []


def test_where_the_old_model_was_kept_nothing_is_promoted(tmp_path: Path) -> None:
    job = finished_job(tmp_path, kept_old=True)
    with pytest.raises(InputError, match="the old one was kept"):
        promote(job)
    assert ModelRegistry().default().id == BUNDLED


def test_run_folders_never_meet(tmp_path: Path) -> None:
    first = new_run_folder(Path("Straße & Weg.cagdde"), tmp_path)
    first.mkdir()
    assert new_run_folder(Path("Straße & Weg.cagdde"), tmp_path) != first
    assert first.name.startswith("Straße-Weg-")
    with pytest.raises(InputError, match="not the folder of a finetuning"):
        discard(first)
