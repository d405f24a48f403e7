"""Weights of a flow network in the registry: listed, found by their method, and never the model that predicts."""

import json
from pathlib import Path

import pytest
import torch
from seeded_weights import seeded_state
from typer.testing import CliRunner, Result

from core.cli import app
from core.errors import InputError
from core.flow.raft.weights import load_raft
from core.registry import BUNDLED, ModelRegistry, find_default
from core.registry.entry import FACTS
from core.resources import sample_clip_path


@pytest.fixture(scope="module")
def published(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    keys = json.loads((repository / "tests/fixtures/reference/raft_keys.json").read_text())
    path = tmp_path_factory.mktemp("weights") / "raft-things.pth"
    state = seeded_state(keys["princeton_small"])
    torch.save({f"module.{name}": value for name, value in state.items()}, path)
    return path


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "models")


def test_published_weights_are_converted_and_found_by_their_method(
    registry: ModelRegistry, published: Path
) -> None:
    with pytest.raises(InputError, match=r"raft-small are not there: .* `cagdde model import FILE`"):
        registry.flow_weights("raft-small")
    record = registry.add(published)
    assert (record.facts.kind, record.facts.architecture, record.facts.converted) == (
        "flow",
        "raft-small",
        True,
    )
    assert registry.flow_weights("raft-small") == record.path
    assert load_raft(record.path)[1].source == "raft-things.pth"
    with pytest.raises(InputError, match="raft-large are not there"):
        registry.flow_weights("raft-large")
    assert registry.add(record.path).id == record.id  # ours is recognised too


def test_a_flow_network_is_never_the_default(registry: ModelRegistry, published: Path) -> None:
    record = registry.add(published)
    with pytest.raises(InputError, match=r"optical flow.*predicts nothing by itself"):
        registry.set_default(record.id)
    choice = {"format": "cagdde-default/1", "changes": [{"at": 1.0, "model": record.id, "how": "set"}]}
    (registry.folder / "default.json").write_text(json.dumps(choice))
    found = find_default(registry.folder)
    assert found.id == BUNDLED
    assert "optical flow" in (found.notice or "")


def test_damage_and_lost_facts_are_seen(registry: ModelRegistry, published: Path) -> None:
    record = registry.add(published)
    (record.path.parent / FACTS).unlink()
    found = registry.get(record.id)
    assert (found.facts.kind, found.facts.architecture, found.facts.origin) == ("flow", "raft-small", "found")
    registry.delete(record.id)
    again = registry.add(published)
    again.path.write_bytes(again.path.read_bytes()[:-10])
    with pytest.raises(InputError, match="damaged"):
        registry.flow_weights("raft-small")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_commands_know_it(published: Path, tmp_path: Path) -> None:
    words = ("predict", sample_clip_path(), "-o", tmp_path / "out", "--flow", "raft-small", "--json")
    missing = run(*words)
    assert missing.exit_code == 1
    assert "raft-small are not there" in json.loads(missing.stdout)["error"]
    assert not (tmp_path / "out").exists()
    imported = json.loads(run("model", "import", published, "--json").stdout)
    assert imported["kind"] == "flow"
    assert "raft-small optical flow, for --flow" in run("model", "list").stdout
    assert "princeton" in run("model", "inspect", imported["id"]).stdout
    refused = run("model", "default", imported["id"])
    assert refused.exit_code == 1
    assert "cannot be the default" in refused.stderr
    assert run("model", "delete", imported["id"]).exit_code == 0
