"""The model registry: imports, the default and its history, deletion, damage, and two programs at once."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.errors import CheckpointError, InputError, OutputError
from core.file_lock import FileLock
from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, load_checkpoint, save_checkpoint
from core.registry import BUNDLED, ModelRegistry, default_model, find_default
from core.registry.entry import FACTS, WEIGHTS
from core.resources import default_weights_path

Maker = Callable[[str, int], Path]


@pytest.fixture(scope="module")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes a small untrained model of a name and seed."""
    folder = tmp_path_factory.mktemp("weights")

    def make(name: str, seed: int) -> Path:
        path = folder / f"{name}.safetensors"
        if not path.exists():
            torch.manual_seed(seed)
            metadata = CheckpointMetadata(CAGDDE_LITE, metrics={"flow/authors": {"all": {"j": seed / 10}}})
            save_checkpoint(path, build_model(CAGDDE_LITE), metadata, torch.float16)
        return path

    return make


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "models")


def names(registry: ModelRegistry) -> list[str]:
    return [record.id for record in registry.models()]


def leftovers(registry: ModelRegistry) -> list[str]:
    return [path.name for path in registry.folder.glob(".*")]


def test_an_empty_registry_has_the_bundled_model_as_its_default(registry: ModelRegistry) -> None:
    (bundled,) = registry.models()
    assert bundled.id == BUNDLED
    assert bundled.is_default
    assert bundled.facts.architecture == "cagdde-lite"
    assert find_default(registry.folder).path == default_weights_path()
    assert not registry.folder.exists()


def test_import_keeps_the_bytes_and_tells_what_they_are(registry: ModelRegistry, make_model: Maker) -> None:
    source = make_model("Night street", 1)
    record = registry.add(source)
    assert record.name == "Night street"
    assert record.id.startswith("night-street-")
    assert record.path.read_bytes() == source.read_bytes()
    assert (record.facts.kind, record.facts.origin, record.facts.architecture) == (
        "model",
        "imported",
        "cagdde-lite",
    )
    assert names(registry) == [BUNDLED, record.id]
    assert leftovers(registry) == []


def test_the_same_weights_are_kept_once(registry: ModelRegistry, make_model: Maker) -> None:
    first = registry.add(make_model("one", 1))
    again = registry.add(make_model("one", 1), name="another name")
    assert again.id == first.id
    assert len(registry.models()) == 2


def test_the_default_is_chosen_rolled_back_and_its_history_kept(
    registry: ModelRegistry, make_model: Maker
) -> None:
    one, two = registry.add(make_model("one", 1)), registry.add(make_model("two", 2))
    assert registry.set_default(one.id).is_default
    registry.set_default(two.id)
    assert find_default(registry.folder).path == two.path
    assert registry.roll_back().id == one.id
    registry.set_default(two.id)
    assert registry.roll_back().id == one.id
    assert registry.roll_back().id == BUNDLED
    with pytest.raises(InputError, match="no earlier default"):
        registry.roll_back()
    assert [(change.how, change.model) for change in registry.history()] == [
        ("set", one.id),
        ("set", two.id),
        ("rolled back", one.id),
        ("set", two.id),
        ("rolled back", one.id),
        ("rolled back", BUNDLED),
    ]


def test_rolling_back_passes_over_models_that_are_gone(registry: ModelRegistry, make_model: Maker) -> None:
    one, two = registry.add(make_model("one", 1)), registry.add(make_model("two", 2))
    registry.set_default(one.id)
    registry.set_default(two.id)
    registry.delete(one.id)
    assert registry.roll_back().id == BUNDLED


def test_default_and_bundled_model_are_not_deleted(registry: ModelRegistry, make_model: Maker) -> None:
    one = registry.add(make_model("one", 1))
    registry.set_default(one.id)
    with pytest.raises(InputError, match="is the default"):
        registry.delete(one.id)
    with pytest.raises(InputError, match="part of the program"):
        registry.delete(BUNDLED)
    assert names(registry) == [BUNDLED, one.id]
    registry.set_default(BUNDLED)
    registry.delete(one.id)
    assert names(registry) == [BUNDLED]
    assert leftovers(registry) == []


def test_names_and_beginnings_of_ids_find_a_model(registry: ModelRegistry, make_model: Maker) -> None:
    one = registry.add(make_model("one", 1), name="Traffic")
    registry.add(make_model("two", 2), name="Traffic")
    assert registry.get(one.id[:-3]).id == one.id
    with pytest.raises(InputError, match="whole id"):
        registry.get("Traffic")
    with pytest.raises(InputError, match=r"no model called sea; there are bundled, traffic-"):
        registry.get("sea")


def test_a_published_checkpoint_is_converted(
    registry: ModelRegistry, repository: Path, tmp_path: Path
) -> None:
    shapes = json.loads((repository / "tests/fixtures/reference/cagdde_official_keys.json").read_text())
    state = {
        name: torch.zeros(shape, dtype=torch.long if name.endswith("tracked") else torch.float32)
        for name, shape in shapes.items()
    }
    file = tmp_path / "published.pth"
    torch.save({"state_dict": {f"module.{name}": value for name, value in state.items()}}, file)
    del state
    record = registry.add(file)
    assert record.facts.converted
    assert record.facts.architecture == "cagdde-r101"
    assert load_checkpoint(record.path)[1].flow["method"] == "raft"


def encoder_state(repository: Path, name: str) -> dict[str, torch.Tensor]:
    text = (repository / "tests/fixtures/reference/torchvision_backbone_keys.json").read_text()
    return {key: torch.zeros(shape) for key, shape in json.loads(text)[name].items()}


def test_a_torchvision_encoder_is_listed_but_cannot_be_the_default(
    registry: ModelRegistry, repository: Path, tmp_path: Path
) -> None:
    state = encoder_state(repository, "efficientnet_b0")
    torch.save(state, tmp_path / "efficientnet.pth")
    record = registry.add(tmp_path / "efficientnet.pth")
    assert (record.facts.kind, record.facts.architecture) == ("encoder", "efficientnet_b0")
    with pytest.raises(InputError, match="predicts nothing by itself"):
        registry.set_default(record.id)
    assert registry.default().id == BUNDLED


def test_an_encoder_starts_training(repository: Path, registry: ModelRegistry, tmp_path: Path) -> None:
    from core.training.start import load_encoder

    state = encoder_state(repository, "efficientnet_b0")
    state["features.0.0.weight"] += 0.5
    torch.save(state, tmp_path / "efficientnet.pth")
    model = build_model(CAGDDE_LITE)
    load_encoder(model, str(registry.add(tmp_path / "efficientnet.pth").path))
    assert float(model.encoder.state_dict()["features.0.0.weight"].mean()) == pytest.approx(0.5)


def test_foreign_and_damaged_files_are_explained(
    registry: ModelRegistry, make_model: Maker, repository: Path, tmp_path: Path
) -> None:
    def refusal(path: Path) -> str:
        with pytest.raises(CheckpointError) as caught:
            registry.add(path)
        return str(caught.value)

    text = tmp_path / "notes.pth"
    text.write_text("no weights at all")
    assert "notes.pth" in refusal(text)
    empty = tmp_path / "empty.safetensors"
    empty.touch()
    assert "is empty" in refusal(empty)
    assert "there is no such" in refusal(tmp_path / "gone.safetensors")
    foreign = tmp_path / "foreign.safetensors"
    save_file({"vgg.conv.weight": torch.zeros(3)}, foreign)
    assert "another architecture (its entries begin with vgg.conv.weight)" in refusal(foreign)
    mobile = tmp_path / "mobilenet.pth"
    torch.save(encoder_state(repository, "mobilenet_v3_large"), mobile)
    assert "another architecture" in refusal(mobile)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(make_model("one", 1).read_bytes()[:-1000])
    assert "cut.safetensors" in refusal(cut)
    lacking = encoder_state(repository, "resnet18")
    del lacking["layer4.1.bn2.weight"]
    torch.save(lacking, tmp_path / "lacking.pth")
    assert "looks like a resnet18 encoder, but layer4.1.bn2.weight" in refusal(tmp_path / "lacking.pth")
    assert names(registry) == [BUNDLED]
    assert leftovers(registry) == []


def test_a_damaged_model_is_listed_with_its_trouble_and_never_chosen(
    registry: ModelRegistry, make_model: Maker
) -> None:
    one = registry.add(make_model("one", 1))
    registry.set_default(one.id)
    one.path.write_bytes(one.path.read_bytes()[:-10])
    (_, damaged) = registry.models()
    assert damaged.trouble is not None
    assert "damaged" in damaged.trouble
    found = find_default(registry.folder)
    assert found.path == default_weights_path()
    assert found.notice is not None
    assert one.id in found.notice
    with pytest.raises(InputError, match="damaged"):
        registry.set_default(one.id)
    assert registry.add(make_model("one", 1)).trouble is None  # the same file again mends it
    assert find_default(registry.folder).path == one.path


def test_changed_weights_of_the_same_length_are_noticed_when_they_are_chosen(
    registry: ModelRegistry, make_model: Maker
) -> None:
    one = registry.add(make_model("one", 1))
    content = bytearray(one.path.read_bytes())
    content[-200:] = b"\xff" * 200  # no finite numbers
    one.path.write_bytes(content)
    with pytest.raises(InputError, match="finite"):
        registry.set_default(one.id)


def test_lost_facts_are_read_off_the_weights(registry: ModelRegistry, make_model: Maker) -> None:
    one = registry.add(make_model("one", 1))
    (one.path.parent / FACTS).unlink()
    found = registry.get(one.id)
    assert (found.facts.origin, found.facts.architecture, found.name) == ("found", "cagdde-lite", "one")
    assert registry.set_default(one.id).is_default
    (one.path.parent / FACTS).write_bytes(b"{")
    assert registry.get(one.id).facts.origin == "found"


def test_a_lost_record_of_the_default_costs_the_choice_alone(
    registry: ModelRegistry, make_model: Maker
) -> None:
    one = registry.add(make_model("one", 1))
    registry.set_default(one.id)
    (registry.folder / "default.json").write_bytes(b"\x00\x01")
    found = find_default(registry.folder)
    assert found.id == BUNDLED
    assert "cannot be read" in (found.notice or "")
    assert names(registry) == [BUNDLED, one.id]
    registry.set_default(one.id)
    assert find_default(registry.folder).notice is None
    assert (registry.folder / "damaged-default.json").is_file()


def test_a_finetuned_model_keeps_its_lineage_and_report(
    registry: ModelRegistry, make_model: Maker, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html>")
    record = registry.add_finetuned(
        make_model("one", 1), "tuned", lineage={"base": "abc"}, documents={"report.html": page}
    )
    assert record.facts.origin == "finetuned"
    assert registry.get(record.id).facts.lineage == {"base": "abc"}
    assert record.report is not None
    assert record.report.read_text() == "<!doctype html>"


def test_an_import_that_is_ended_leaves_nothing_that_is_seen(
    registry: ModelRegistry, make_model: Maker
) -> None:
    source = make_model("one", 1)
    program = (
        "import os, sys; from pathlib import Path; from core.registry import ModelRegistry, adding\n"
        "adding._move_in = lambda *a: os._exit(9)\n"
        "ModelRegistry(Path(sys.argv[1])).add(Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", program, str(registry.folder), str(source)]
    assert subprocess.run(command, check=False).returncode == 9
    assert names(registry) == [BUNDLED]
    assert registry.add(source).trouble is None


def test_two_programs_at_once(registry: ModelRegistry, make_model: Maker) -> None:
    sources = [make_model("one", 1), make_model("two", 2), make_model("three", 3)]
    program = (
        "import sys; from pathlib import Path; from core.registry import ModelRegistry\n"
        "registry = ModelRegistry(Path(sys.argv[1]))\n"
        "for file in sys.argv[2:]:\n"
        "    record = registry.add(Path(file)); registry.set_default(record.id)"
    )
    orders = (sources, sources[::-1])
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(registry.folder), *map(str, order)])
        for order in orders
    ]
    assert [process.wait(90) for process in started] == [0, 0]
    models = registry.models()
    assert sorted(record.name for record in models) == ["cagdde-lite", "one", "three", "two"]
    assert all(record.trouble is None for record in models)
    changes = registry.history()
    assert 3 <= len(changes) <= 6
    assert find_default(registry.folder).id == changes[-1].model
    assert leftovers(registry) == []


def test_a_registry_that_stays_in_use_is_said_in_words(
    registry: ModelRegistry, make_model: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.registry.folder._SECONDS_TO_WAIT", 0.1)
    registry.folder.mkdir(parents=True)
    lock = FileLock(registry.folder / ".lock")
    assert lock.acquire()
    try:
        with pytest.raises(OutputError, match="is being changed by process"):
            registry.add(make_model("one", 1))
    finally:
        lock.release()
    assert leftovers(registry) == []


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path, make_model: Maker) -> None:
    (tmp_path / "file").touch()
    registry = ModelRegistry(tmp_path / "file" / "models")
    assert names(registry) == [BUNDLED]
    with pytest.raises(OutputError, match="models cannot be written"):
        registry.add(make_model("one", 1))


def test_the_default_of_this_user(tmp_path: Path, make_model: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_model() == default_weights_path()
    record = ModelRegistry().add(make_model("one", 1))
    ModelRegistry().set_default(record.id)
    assert default_model() == record.path
    assert record.path.parent.parent.parent.parent == tmp_path
    shutil.rmtree(record.path.parent)
    assert default_model() == default_weights_path()
    assert record.path.name == WEIGHTS


def test_asking_for_the_default_loads_nothing_heavy() -> None:
    script = (
        "import sys; from core.registry import default_model; default_model();"
        "print(sorted({'torch', 'av', 'cv2', 'numpy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
