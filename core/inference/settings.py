"""What a person may choose about a model run. No code that runs anything."""

from dataclasses import dataclass
from typing import Literal, get_args

Device = Literal["auto", "cpu", "cuda", "mps"]
FlowMethod = Literal["dis", "raft-small", "raft-large", "white"]
RuntimeName = Literal["auto", "torch", "openvino"]

SMALLEST_SIDE, LARGEST_SIDE = 64, 2048


@dataclass(frozen=True, slots=True)
class InferenceSettings:
    """How the network is run.

    device: "auto" takes cuda, then mps, then cpu.
    size: side of the network's input in pixels (its area for models that keep the aspect ratio); None is the
        size the checkpoint was trained for.
    flow: "dis", a RAFT network whose weights were imported, or "white" for a picture of no motion.
    threads: processor threads of the network; None leaves it to the runtime.
    runtime: "auto" takes what was measured to be the quickest; "torch" is float32 on a processor.

    Raises:
        ValueError: a value outside its range; the message is fit to show.
    """

    device: Device = "auto"
    size: int | None = None
    flow: FlowMethod = "dis"
    threads: int | None = None
    runtime: RuntimeName = "auto"

    def __post_init__(self) -> None:
        _one_of("device", self.device, get_args(Device))
        _one_of("flow", self.flow, get_args(FlowMethod))
        _one_of("runtime", self.runtime, get_args(RuntimeName))
        if self.size is not None and not SMALLEST_SIDE <= self.size <= LARGEST_SIDE:
            raise ValueError(f"size is {self.size} pixels, expected {SMALLEST_SIDE} to {LARGEST_SIDE}")
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"threads is {self.threads}, expected at least 1")
        if self.runtime == "openvino" and self.device not in ("auto", "cpu"):
            raise ValueError(
                f"the openvino runtime runs on the processor, not on {self.device}: choose device cpu"
            )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}, expected one of {', '.join(allowed)}")
