"""The options of every command that runs a network over frames, and the settings that they make."""

from typing import Annotated, get_args

import typer

from core.inference.settings import (
    LARGEST_SIDE,
    SMALLEST_SIDE,
    Device,
    FlowMethod,
    InferenceSettings,
    RuntimeName,
)

FlowOption = Annotated[str, typer.Option(help=f"Optical flow: {', '.join(get_args(FlowMethod))}.")]
DeviceOption = Annotated[str, typer.Option(help=f"One of {', '.join(get_args(Device))}.")]
SizeOption = Annotated[
    int | None,
    typer.Option(
        min=SMALLEST_SIDE, max=LARGEST_SIDE, help="Side of the network's input. Default: the model's."
    ),
]
RuntimeOption = Annotated[str, typer.Option(help=f"One of {', '.join(get_args(RuntimeName))}.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, help="Processor threads of the network.")]


def chosen_settings(
    device: str, size: int | None, flow: str, threads: int | None, runtime: str
) -> InferenceSettings:
    """Raises: typer.BadParameter for a name that is none of those."""
    try:
        return InferenceSettings(device=device, size=size, flow=flow, threads=threads, runtime=runtime)  # pyright: ignore[reportArgumentType]  checked inside
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from error
