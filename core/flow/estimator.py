"""Which flow is to be estimated, with what weights and where; its estimator. torch is loaded for RAFT alone."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import CheckpointError, InputError
from core.flow.dis import DisFlow, DisSettings
from core.flow.field import FlowEstimator
from core.flow.raft.config import CONFIGS, RaftSettings, raft_description


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """A method of optical flow, ready to be made in any thread.

    method: "dis", "white" (no flow) or the name of a RAFT network. weights: of the network, where it is one.
    device: of the network: "cpu", "cuda" or "mps". threads: processor threads of the network; None leaves them.
    """

    method: str = "dis"
    weights: Path | None = None
    device: str = "cpu"
    threads: int | None = None

    def description(self) -> dict[str, Any]:
        """The description of the estimator, which need not be made for it. Raises CheckpointError."""
        if self.method not in CONFIGS:
            return {"method": self.method, **(asdict(DisSettings()) if self.method == "dis" else {})}
        from core.network import file_hash

        return raft_description(self.method, RaftSettings(), self.device == "cuda", file_hash(self._file()))

    def estimator(self) -> FlowEstimator | None:
        """An estimator for the thread that calls; None for "white". Raises CheckpointError, InputError."""
        if self.method == "white":
            return None
        if self.method == "dis":
            return DisFlow()
        from core.flow.raft.estimator import RaftFlow

        estimator = RaftFlow(self._file(), device=self.device, threads=self.threads)
        if estimator.method != self.method:
            raise CheckpointError(f"{self.weights}: holds {estimator.method}, {self.method} was expected.")
        return estimator

    def _file(self) -> Path:
        if self.method not in CONFIGS:
            raise InputError(f"There is no flow method {self.method}.")
        if self.weights is None:
            raise InputError(
                f"The flow {self.method} needs its weights: see docs/flow.md for where they are."
            )
        return self.weights


def make_estimator(
    method: str, weights: Path | None = None, device: str = "cpu", threads: int | None = None
) -> FlowEstimator | None:
    """An estimator for the thread that calls; None for "white". See FlowChoice."""
    return FlowChoice(method, weights, device, threads).estimator()
