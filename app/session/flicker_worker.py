"""Drives core's computation of flicker in a thread of its own. When it may run: flicker_control.py."""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.session.background import step_back
from app.session.records import FlickerReady
from core.errors import StudioError

if TYPE_CHECKING:
    from core.inference.clip_flicker import ClipFlicker

_log = logging.getLogger(__name__)


class FlickerWorker(QObject):
    """Lives in its thread; `hold` and `stop` may be called from any thread."""

    delivered = Signal(object)
    """FlickerReady."""

    def __init__(self, clip: Path, cache_place: tuple[Path, str], generation: int) -> None:
        super().__init__()
        self._clip, self._cache_place, self._generation = clip, cache_place, generation
        self._lock = threading.Lock()
        self._job: ClipFlicker | None = None
        self._held = self._stopped = False

    def hold(self, held: bool) -> None:
        """Rest, or go on."""
        with self._lock:
            self._held = held
            if self._job is not None:
                self._job.hold(held)

    def stop(self) -> None:
        """End after the frame in work."""
        with self._lock:
            self._stopped = True
            if self._job is not None:
                self._job.stop()

    @Slot()
    def start(self) -> None:
        """Compute what is missing, then end the thread."""
        step_back()
        try:
            self._run()
        except StudioError as error:  # the clip's own trouble is told where it is shown
            _log.warning("no flicker of %s: %s", self._clip, error)
        except Exception:  # noqa: BLE001  the curve is missing then; the log says why
            _log.exception("flicker of %s", self._clip)
        QThread.currentThread().quit()

    def _run(self) -> None:
        from core.inference.clip_flicker import ClipFlicker  # loads OpenCV

        with self._lock:
            if self._stopped:
                return
            job = self._job = ClipFlicker(self._clip, *self._cache_place)
            job.hold(self._held)
        job.run(self._tell)

    def _tell(self, values: dict[int, float]) -> None:
        indices = np.fromiter(values.keys(), np.int64, len(values))
        amounts = np.fromiter(values.values(), np.float32, len(values))
        self.delivered.emit(FlickerReady(self._generation, indices, amounts))
