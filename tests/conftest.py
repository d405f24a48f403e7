"""What every test stands on: Qt without a display, the paths of the checkout, no thread left behind."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before the first QApplication. An environment that names a platform, as an end-to-end run may, keeps it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Before torch. Small networks on a busy machine wait for their threads longer than they compute.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine must not fail a property: time limits are benchmarks.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

REPOSITORY = Path(__file__).resolve().parent.parent
THREAD_GRACE_SECONDS = 3.0


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test material beside the checkout; the test is skipped where there is none."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"the shared test material is not there: {folder}")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_models_of_this_person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For fixtures that outlive a test: the default model is the bundled one, whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has its own models and drafts."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg_data_home"))


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """Fails a test that leaves a Python thread running. Threads of wider fixtures, begun before, are theirs."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_GRACE_SECONDS
    while left := _threads_since(before):
        if time.monotonic() > deadline:
            pytest.fail(f"threads still running after the test: {', '.join(sorted(t.name for t in left))}")
        time.sleep(0.01)


def _threads_since(before: set[threading.Thread]) -> list[threading.Thread]:
    # Qt's own threads appear as dummies once they have run Python, and stay listed after they have ended.
    dummy = threading._DummyThread  # pyright: ignore[reportAttributeAccessIssue]
    return [t for t in threading.enumerate() if t not in before and t.is_alive() and not isinstance(t, dummy)]
