"""Python's cyclic garbage is collected in the window's thread alone.

Left to itself the collector runs in whichever thread happens to allocate. A QObject that dies in a worker's thread
takes its timers along only in Qt's books of that thread: the window's event loop then calls into freed memory.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from app.session.records import InferenceState

INTERVAL_MS = 1000


class GarbageCollector(QObject):
    """Switches automatic collection off while it lives and collects on a timer, by Python's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settled = False
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot(object)
    def settle(self, state: InferenceState) -> None:
        """With the first prediction the large libraries are loaded: what they hold is never garbage.

        Looking through it would take some 70 ms each time, which a person sees as a jerk of the playback.
        """
        if not self._settled and state in (InferenceState.RUNNING, InferenceState.DONE):
            self._settled = True
            gc.collect(1)
            gc.freeze()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is due, if any is."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
