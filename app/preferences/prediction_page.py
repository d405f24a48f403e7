"""The page of the settings on what predicts: device, runtime, optical flow, and the memory for decoded frames."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox

from app.preferences.pages import Page, choice_box, number_box
from app.session.choice_probe import PredictionChoices
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.settings import Settings

DEVICES = {
    "auto": "The fastest there is",
    "cpu": "The processor",
    "cuda": "NVIDIA graphics card (CUDA)",
    "mps": "Apple graphics (MPS)",
}
RUNTIMES = {
    "auto": "The faster one, measured here",
    "openvino": "OpenVINO",
    "torch": "PyTorch",
}
FLOWS = {"dis": "DIS", "raft-small": "RAFT small", "raft-large": "RAFT large"}
_NOT_IMPORTED = " (weights not imported)"
_ABOUT_FLOW = (
    "RAFT follows motion more exactly and takes much longer, most of all on a processor. Its weights are imported in "
    "the dialog of models. A model predicts best with the flow it was trained with."
)


class PredictionPage(Page):
    """What predicts, and how much memory decoded frames may take."""

    def __init__(self, settings: Settings, inference: InferenceControl, session: ClipSession) -> None:
        super().__init__()
        self._settings, self._inference, self._session = settings, inference, session
        offered = {key: words for key, words in DEVICES.items() if key in ("auto", "cpu", settings.device)}
        self.device = choice_box(offered, settings.device, self._chosen)
        self.runtime = choice_box(RUNTIMES, settings.runtime, self._chosen)
        self.flow = choice_box(FLOWS, settings.flow, self._chosen)
        self.memory = number_box(32, 65536, settings.cache_mib, " MiB", self._memory_changed)
        self.memory.setSingleStep(64)
        self._add("Predict on", self.device, "Prediction starts again where it was, on this device")
        self._add("Runtime", self.runtime, "What runs the network; OpenVINO runs on a processor alone")
        self._add("Optical flow", self.flow, "The clip is predicted anew with another flow")
        self._note(_ABOUT_FLOW)
        self._add("Memory for decoded frames", self.memory, "More makes going back and forth smoother")
        self._note("Frames that are in memory are marked on the timeline.")
        self._offer_flows((settings.flow, "dis"))
        self._offer_runtimes()

    def offer(self, choices: PredictionChoices) -> None:
        """Offer what there is; what was chosen before stays to be seen."""
        for key in choices.devices:
            if self.device.findData(key) < 0:
                self.device.addItem(DEVICES[key], key)
        self._offer_flows(choices.flows)

    def _offer_flows(self, usable: tuple[str, ...]) -> None:
        for key, words in FLOWS.items():
            self.flow.setItemText(self.flow.findData(key), words + ("" if key in usable else _NOT_IMPORTED))
            _enable(self.flow, key, key in usable)

    def _offer_runtimes(self) -> None:
        """OpenVINO is for processors."""
        on_processor = self._settings.device in ("auto", "cpu")
        _enable(self.runtime, "openvino", on_processor)
        if not on_processor and self._settings.runtime == "openvino":
            self._settings.runtime = "auto"
            self.runtime.setCurrentIndex(self.runtime.findData("auto"))

    @Slot()
    def _chosen(self) -> None:
        self._settings.device = self.device.currentData()
        self._settings.runtime = self.runtime.currentData()
        self._settings.flow = self.flow.currentData()
        self._offer_runtimes()
        self._inference.set_settings(self._settings.inference())
        self.changed.emit()

    @Slot()
    def _memory_changed(self) -> None:
        self._settings.cache_mib = self.memory.value()
        self._session.set_cache_bytes(self._settings.cache_mib << 20)
        self.changed.emit()


def _enable(box: QComboBox, key: str, on: bool) -> None:
    """An entry that cannot be chosen stays to be seen."""
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    item = model.item(box.findData(key))
    item.setFlags(
        item.flags() | Qt.ItemFlag.ItemIsEnabled if on else item.flags() & ~Qt.ItemFlag.ItemIsEnabled
    )
