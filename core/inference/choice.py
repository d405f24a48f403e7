"""Which runtime runs a model: what was measured before, or a probe on the first frames; fallbacks become notices."""

import logging
from collections import OrderedDict
from functools import partial
from pathlib import Path

from platformdirs import user_cache_dir

from core.errors import DeviceError
from core.inference.candidates import (
    OPENVINO,
    TORCH,
    candidate_names,
    expected_precision,
    library_versions,
    make_runtime,
)
from core.inference.conversion_process import ConversionProcess, conversion_process
from core.inference.probe import REFUSALS, Candidate, ProbeResult, ProbingRuntime
from core.inference.probe_store import ProbeKey, load_probe, machine_name, save_probe
from core.inference.runtime import Runtime, resolve_device
from core.inference.settings import InferenceSettings
from core.network import CagDde
from core.types import SizeHW

logger = logging.getLogger(__name__)

_KEPT_RUNTIMES = 2


class RuntimeChoice:
    """The runtimes of one loaded model, one for each network size. Used by one thread at a time.

    Args:
        checkpoint: the weights file, whose conversion is kept under this name; None keeps none.
        at_once: where the model is not converted yet, torch runs it in float32 while a child process converts,
            so that the first frame waits for nothing and no thread of this process is held up.

    Raises:
        DeviceError: the device or the runtime asked for is not there.
    """

    def __init__(
        self,
        model: CagDde,
        checkpoint: Path | None,
        weights_sha256: str,
        settings: InferenceSettings,
        at_once: bool = False,
    ) -> None:
        self.device = resolve_device(settings.device)
        self.notices: list[str] = []
        self._model, self._checkpoint, self._sha256 = model, checkpoint, weights_sha256
        self._threads = settings.threads
        self._names = candidate_names(settings, self.device)
        self._stands_in = at_once and checkpoint is not None and len(self._names) > 1
        self._conversion: ConversionProcess | None = None
        self._stand_in: Runtime | None = None
        self._runtimes: OrderedDict[SizeHW, Runtime] = OrderedDict()
        self._refused = False

    def runtime(self, size_hw: SizeHW) -> Runtime:
        """What to run the next frame of this size on.

        Raises:
            DeviceError: no runtime can run the model.
        """
        if self._is_converting():
            self._stand_in = self._stand_in or self._make(TORCH, size_hw)
            return self._stand_in
        self._stand_in = None
        if size_hw not in self._runtimes:
            self._runtimes[size_hw] = self._new(size_hw)
            while len(self._runtimes) > _KEPT_RUNTIMES:
                self._runtimes.popitem(last=False)
        self._runtimes.move_to_end(size_hw)
        return self._runtimes[size_hw]

    def is_settled(self, size_hw: SizeHW) -> bool:
        """Whether frames of this size will stay on the runtime they have now."""
        runtime = self._runtimes.get(size_hw)
        undecided = isinstance(runtime, ProbingRuntime) and runtime.result is None
        return runtime is not None and not undecided and self._stand_in is None

    @property
    def in_use(self) -> Runtime | None:
        """The runtime asked for last."""
        return self._stand_in or next(reversed(self._runtimes.values()), None)

    @property
    def aimed_precision(self) -> str:
        """What results count as: of the runtime in use, or while that is open, of the one expected to stay.

        Frames that torch computes in float32 meanwhile are the more exact ones.
        """
        runtime = self.in_use
        if runtime is None or runtime is self._stand_in or not runtime.precision:
            return expected_precision(self._names[0], self.device)
        return runtime.precision

    def _is_converting(self) -> bool:
        if not self._stands_in or OPENVINO not in self._names:
            return False
        try:
            if self._conversion is None:
                self._conversion = self._started_conversion()
        except (ImportError, OSError) as error:
            self._refuse(OPENVINO, error)
            return False
        if self._conversion is not None and self._conversion.running:
            return True
        self._stands_in = False
        if self._conversion is not None and self._conversion.failure is not None:
            self._refuse(OPENVINO, DeviceError(f"it cannot be converted: {self._conversion.failure}"))
        return False

    def _started_conversion(self) -> ConversionProcess | None:
        from core.inference.openvino_conversion import is_stored

        place = self._place()
        if place is None or self._checkpoint is None or is_stored(place):
            return None
        return conversion_process(self._checkpoint, self._sha256, place)

    def _new(self, size_hw: SizeHW) -> Runtime:
        if len(self._names) == 1:
            return self._only(self._names[0], size_hw)
        try:
            key = self._key(size_hw)
        except ImportError as error:  # OpenVINO is installed and cannot be loaded
            self._refuse(OPENVINO, error)
            return self._new(size_hw)
        known = load_probe(_folder() / "runtimes", key)
        if known is not None:
            try:
                return self._make(known.choice, size_hw)
            except REFUSALS as error:
                self._refuse(known.choice, error)
                return self._new(size_hw)
        candidates = [Candidate(name, partial(self._make, name, size_hw)) for name in self._names]
        return ProbingRuntime(candidates, partial(self._decided, key), self._refuse)

    def _only(self, name: str, size_hw: SizeHW) -> Runtime:
        try:
            return self._make(name, size_hw)
        except DeviceError:
            raise
        except REFUSALS as error:
            raise DeviceError(
                f"The runtime {name} cannot be used ({error}): choose another runtime or device."
            ) from error

    def _make(self, name: str, size_hw: SizeHW) -> Runtime:
        place = self._place() if name == OPENVINO else None
        return make_runtime(name, self._model, self.device, size_hw, self._threads, place)

    def _place(self) -> Path | None:
        if self._checkpoint is None:
            return None
        from core.inference.openvino_conversion import conversion_place

        return conversion_place(_folder() / "openvino", self._checkpoint, self._sha256)

    def _key(self, size_hw: SizeHW) -> ProbeKey:
        machine = machine_name()
        if self.device == "cuda":
            import torch

            machine = f"{machine}, {torch.cuda.get_device_name()}"
        versions = library_versions(self._names)
        return ProbeKey(self._sha256, size_hw, machine, self._threads, self._names, versions)

    def _decided(self, key: ProbeKey, result: ProbeResult) -> None:
        times = ", ".join(f"{name} {milliseconds:.1f} ms" for name, milliseconds in result.milliseconds)
        logger.info("%s runs the model at %dx%d: %s", result.choice, *key.size_hw, times)
        if not self._refused:  # what could not run today may tomorrow, and until then it is said each time
            save_probe(_folder() / "runtimes", key, result)

    def _refuse(self, name: str, error: Exception) -> None:
        self._refused = True
        self._names = tuple(other for other in self._names if other != name)
        self.notices.append(f"The runtime {name} is not used, {self._names[0]} takes its place: {error}")
        logger.warning(self.notices[-1])


def _folder() -> Path:
    return Path(user_cache_dir("cagdde-studio", appauthor=False))
