"""Finds out in a thread what can predict: devices need torch, which takes seconds to load, flows the list of models."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.session.preload import preload_runtimes
from core.errors import InputError

if TYPE_CHECKING:
    from core.inference.settings import Device, FlowMethod
    from core.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class PredictionChoices:
    """What can be chosen here and now."""

    devices: "tuple[Device, ...]"
    flows: "tuple[FlowMethod, ...]"


class ChoiceProbe(QObject):
    """Lives in its thread and ends with its one answer."""

    found = Signal(object)
    """PredictionChoices."""

    def stop(self) -> None:
        """It ends by itself."""

    @Slot()
    def start(self) -> None:
        """Look, tell, end the thread."""
        preload_runtimes()
        from core.inference.runtime import available_devices

        self.found.emit(PredictionChoices(available_devices(), usable_flows()))
        QThread.currentThread().quit()


def usable_flows() -> "tuple[FlowMethod, ...]":
    """DIS, and the networks whose weights were imported."""
    from core.registry import ModelRegistry

    registry = ModelRegistry()
    networks: tuple[FlowMethod, ...] = ("raft-small", "raft-large")
    return ("dis", *(method for method in networks if _is_there(registry, method)))


def _is_there(registry: "ModelRegistry", method: "FlowMethod") -> bool:
    try:
        registry.flow_weights(method)
    except InputError:
        return False
    return True
