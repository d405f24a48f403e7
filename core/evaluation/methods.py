"""What is evaluated, one clip at a time: a model that is run, or a folder of maps that is read. Nothing is measured."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.datasets.benchmark import BenchmarkClip
from core.datasets.pictures import read_gray
from core.errors import InputError
from core.evaluation.outcome import MethodFacts
from core.inference.batch import predict_frames
from core.inference.frames import FrameSource
from core.inference.predictor import Predictor
from core.types import GrayImage, SizeHW
from core.video.folder import is_image
from core.words import counted

OnFrame = Callable[[], None]


@dataclass(frozen=True, slots=True, eq=False)
class FrameScores:
    """What a model says of a frame beside its map.

    scores: float32 (5, 2), confidence scores in [0, 1], columns rgb and flow. side_maps_u8: uint8 (5, 2, h, w).
    expected_iou: the calibrated confidence of the frame's mask; None where the model is not calibrated.
    """

    scores: NDArray[np.float32]
    side_maps_u8: NDArray[np.uint8]
    expected_iou: float | None


@dataclass(slots=True, eq=False)
class ClipOutput:
    """maps: uint8 hxw by frame, of any size. scores: of the same frames; empty where no model was run."""

    maps: dict[int, GrayImage] = field(default_factory=dict[int, GrayImage])
    scores: dict[int, FrameScores] = field(default_factory=dict[int, FrameScores])


class Method(Protocol):
    """Gives the maps of a clip."""

    @property
    def facts(self) -> MethodFacts:
        """After the first clip they are complete."""
        ...

    @property
    def notices(self) -> list[str]:
        """Sentences for people, added to while it works."""
        ...

    def run(self, clip: BenchmarkClip, wanted: Sequence[int], on_frame: OnFrame) -> ClipOutput:
        """The maps of the wanted frames (ascending), as far as there are any beside the annotated ones.

        Args:
            on_frame: called after each frame; may raise to end it.

        Raises:
            StudioError: the clip, the model or a map cannot be used.
        """
        ...


class ModelMethod:
    """A model, run on the clip's frames in order."""

    def __init__(self, name: str, weights: Path, predictor: Predictor) -> None:
        self._name, self._weights, self._predictor = name, weights, predictor
        self._settled: set[SizeHW] = set()

    @property
    def facts(self) -> MethodFacts:
        predictor, settings = self._predictor, self._predictor.settings
        return MethodFacts(
            self._name,
            "model",
            {
                "weights": self._weights.name,
                "sha256": predictor.weights_sha256,
                "flow": settings.flow,
                "flow settings": _flow_words(predictor.flow_description),
                "size": settings.size,
                "runtime": predictor.device_name,
                "precision": predictor.precision,
            },
        )

    @property
    def notices(self) -> list[str]:
        return self._predictor.notices

    def run(self, clip: BenchmarkClip, wanted: Sequence[int], on_frame: OnFrame) -> ClipOutput:
        with FrameSource(clip.source, "white") as source:
            info = source.info
        self._settle(info.size_hw)
        output = ClipOutput()
        with closing(predict_frames(self._predictor, clip.source, info, indices=wanted)) as frames:
            for item in frames:
                prediction = item.prediction
                output.maps[prediction.index] = prediction.saliency_u8
                output.scores[prediction.index] = FrameScores(
                    prediction.scores, prediction.side_maps_u8, prediction.expected_iou
                )
                on_frame()
        return output

    def _settle(self, frame_hw: SizeHW) -> None:
        """Choose the runtime before the first frame of a size, so that all of them run on the same one."""
        size_hw = self._predictor.network_size(frame_hw)
        if size_hw not in self._settled:
            self._predictor.warm_up(frame_hw)
            self._settled.add(size_hw)


def _flow_words(description: Mapping[str, Any]) -> str:
    words = (f"{name} {value}" for name, value in description.items() if name != "method")
    return ", ".join(words).replace("_", " ")


class MapsMethod:
    """Maps that lie in a folder: FOLDER/CLIP/NAME.png with the frames' names, or FOLDER/NAME.png.

    FOLDER/CLIP/maps/00000.png, numbered from 0, is what `cagdde predict` writes.
    """

    def __init__(self, name: str, folder: Path) -> None:
        """Raises: InputError: there is no such folder."""
        if not folder.is_dir():
            raise InputError(f"{folder}: there is no such folder of maps.")
        self._name, self._folder = name, folder
        self._flat = bool(_by_stem(folder))
        self.notices: list[str] = []

    @property
    def facts(self) -> MethodFacts:
        return MethodFacts(self._name, "maps", {"folder": self._folder.resolve().name})

    def run(self, clip: BenchmarkClip, wanted: Sequence[int], on_frame: OnFrame) -> ClipOutput:
        place, names = self._place(clip)
        files = _by_stem(place) if place.is_dir() else {}
        missing = [names[index] for index in clip.annotated if names[index] not in files]
        if missing:
            raise InputError(
                f"{place / missing[0]}.png: there is no such map; {len(missing)} of the {len(clip.annotated)} maps "
                f"of clip {clip.name} are missing."
            )
        if place != self._folder:
            self._tell_extra(clip, [files[stem] for stem in sorted(files.keys() - set(names))])
        output = ClipOutput()
        for index in wanted:
            if names[index] in files:
                output.maps[index] = read_gray(files[names[index]])
                on_frame()
        self._tell_size(clip, files[names[clip.annotated[0]]], output)
        return output

    def _place(self, clip: BenchmarkClip) -> tuple[Path, list[str]]:
        """Where the clip's maps lie, and what the map of each frame is called."""
        folder = self._folder / clip.name
        stems = [frame.stem for frame in clip.frames]
        if not (folder / "maps").is_dir():
            return (self._folder if self._flat and not folder.is_dir() else folder), stems
        numbered = {int(stem): stem for stem in _by_stem(folder / "maps") if stem.isdecimal()}
        return folder / "maps", [numbered.get(index, f"{index:05d}") for index in range(len(stems))]

    def _tell_extra(self, clip: BenchmarkClip, extra: Sequence[Path]) -> None:
        if extra:
            left_out = counted(len(extra), "such map")
            self.notices.append(
                f"{self._told(extra[0])}: clip {clip.name} has no such frame; {left_out} left out."
            )

    def _tell_size(self, clip: BenchmarkClip, path: Path, output: ClipOutput) -> None:
        first = clip.annotated[0]
        truth = clip.read_truth(first)
        found = output.maps[first].shape
        if truth is not None and found != truth.shape:
            self.notices.append(
                f"{self._told(path)}: is {found[1]}x{found[0]}, its ground truth {truth.shape[1]}x{truth.shape[0]}; "
                f"the maps of clip {clip.name} are brought to that size."
            )

    def _told(self, path: Path) -> str:
        """Without the way to the folder: reports are the same wherever it lies."""
        return f"{self._name}/{path.relative_to(self._folder).as_posix()}"


def _by_stem(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.iterdir()) if is_image(path)}
