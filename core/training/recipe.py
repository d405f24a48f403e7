"""Training recipes as frozen dataclasses, every value with its default here. Their files are read in recipe_file."""

from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

from core.datasets.prepare import DataRecipe
from core.datasets.transform import SecondStream, TransformSettings
from core.errors import RecipeError
from core.network.config import CONFIGS, Fusion, ModelConfig
from core.network.objective import ObjectiveSettings

FlowName = Literal["dis", "raft-large", "raft-small"]


@dataclass(frozen=True, slots=True)
class PhaseSettings:
    """A stretch of training at one size.

    iterations: optimiser steps, or, where samples are counted, epochs. side: input side in pixels.
    head_rate, encoder_rate: learning rates; an encoder rate of 0 freezes the encoder, and its stages get
    encoder_rate * encoder_decay**(stages from the last one). encoder_stages: how many of the encoder's last stages
    learn, None for all. Length, side and head_rate must be given.
    """

    iterations: int = 0
    side: int = 0
    head_rate: float = 0.0
    encoder_rate: float = 0.0
    encoder_decay: float = 0.7
    encoder_stages: int | None = None
    epochs: int = 0


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """How weights are moved.

    kind: "adamw" decays weights alone and apart from the gradient; "adam" adds the decay of all parameters to it, as
    the paper's authors had it. schedule: after the warm-up a cosine over the whole run, or each phase's own rate.
    batch: samples a step on all devices together; each runs its share in `accumulate` parts one after the other.
    clip_norm: gradient norm limit, 0 for none. warmup: iterations. final_rate: share of the rate left at the cosine's
    end. ema: decay of the averaged weights, which are what is kept; 0 keeps the weights themselves.
    mixed_precision: bfloat16 autocast for the convolutions; losses and weights stay float32.
    """

    kind: Literal["adamw", "adam"] = "adamw"
    schedule: Literal["cosine", "constant"] = "cosine"
    batch: int = 8
    accumulate: int = 1
    weight_decay: float = 0.01
    clip_norm: float = 5.0
    warmup: int = 100
    final_rate: float = 0.02
    ema: float = 0.998
    mixed_precision: bool = True


@dataclass(frozen=True, slots=True)
class SelectionSettings:
    """Clips, with masks and never trained on, that choose the checkpoint.

    clips: folders relative to the data root. share: of the clips of each data set, which are then not trained on.
    every: iterations between two looks, 0 for an epoch. stride: only every n-th frame is looked at. side: input side in
    pixels, None for the architecture's.
    """

    clips: tuple[str, ...] = ()
    share: float = 0.0
    every: int = 250
    stride: int = 5
    side: int | None = None


@dataclass(frozen=True, slots=True)
class MixSettings:
    """How often a batch element comes from each group of the cache (relative)."""

    motion: float = 0.58
    composite: float = 0.22
    crowded: float = 0.0
    clip: float = 0.08
    unlabelled: float = 0.12


@dataclass(frozen=True, slots=True)
class SetSource:
    """A data set, or a part of it, as it was unpacked.

    name: as core.datasets.benchmark calls it. split: empty where it has none. folder: relative to the data root.
    clips: only these; empty takes all.
    """

    name: str
    split: str = ""
    folder: str = ""
    clips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetsSettings:
    """Training on whole frames of data sets, as in the paper: every frame once an epoch, flipped or not, at one of a
    few sizes.

    sources: where frames and masks come from. second: what the flow stream sees; where there is but one frame, "flow"
    is white. flow: the method, computed once and kept in the cache. flip: half of the views are mirrored.
    scales: of the phase's side, one drawn for each batch.
    """

    sources: tuple[SetSource, ...]
    second: SecondStream = "flow"
    flow: FlowName = "dis"
    flip: bool = True
    scales: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True)
class ArchitectureChanges:
    """The ablation switches of the paper's Tables 2 and 3, over the model's own architecture."""

    cag: bool = True
    fusion: Fusion = "dde"


@dataclass(frozen=True, slots=True)
class AblationSettings:
    """What `cagdde ablate` measures its variants on.

    sources: never trained on; each is a column. protocol: of core.metrics. stride: only every n-th frame.
    """

    sources: tuple[SetSource, ...]
    protocol: str = "authors"
    stride: int = 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything a training run depends on.

    model: name of an architecture; architecture: what of it is changed. encoder_weights: torchvision-named encoder
    state dict to start from. start: a checkpoint of this program to start from instead; what it lacks of CAG and DDE
    begins at nothing. seed: of weights, sampling and augmentation. data_root: folder that the paths in data, sets and
    selection are relative to. data: samples that are made, of which mix and transform tell more; sets: data sets as
    they are. One of both. save_every: iterations between resumable states.
    """

    model: str
    phases: tuple[PhaseSettings, ...]
    data_root: str = "."
    data: DataRecipe | None = None
    sets: SetsSettings | None = None
    architecture: ArchitectureChanges | None = None
    encoder_weights: str | None = None
    start: str | None = None
    seed: int = 0
    save_every: int = 250
    mix: MixSettings = field(default_factory=MixSettings)
    transform: TransformSettings = field(default_factory=TransformSettings)
    objective: ObjectiveSettings = field(default_factory=ObjectiveSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    selection: SelectionSettings = field(default_factory=SelectionSettings)
    ablation: AblationSettings | None = None

    @property
    def config(self) -> ModelConfig:
        """The architecture, changes included."""
        changes, config = self.architecture, CONFIGS[self.model]
        return config if changes is None else replace(config, cag=changes.cag, fusion=changes.fusion)

    @property
    def iterations(self) -> int:
        return sum(phase.iterations for phase in self.phases)

    def phase_at(self, iteration: int) -> PhaseSettings:
        """The phase that contains an iteration (counted from 0)."""
        for phase in self.phases:
            if iteration < phase.iterations:
                return phase
            iteration -= phase.iterations
        return self.phases[-1]

    def counted(self, samples: int) -> "Recipe":
        """The recipe with its epochs as iterations.

        Args:
            samples: what an epoch goes through; what does not fill a batch waits for the next one's order.
        """
        epoch = samples // self.optimizer.batch
        phases = tuple(
            replace(phase, iterations=phase.epochs * epoch, epochs=0) if phase.epochs else phase
            for phase in self.phases
        )
        selection = replace(self.selection, every=self.selection.every or epoch)
        return replace(self, phases=phases, selection=selection)

    def with_flow(self, method: str) -> "Recipe":
        """The recipe with another optical flow. Raises: RecipeError."""
        if self.sets is None or method not in get_args(FlowName):
            known = ", ".join(get_args(FlowName)) if self.sets else "DIS, with which its samples are made"
            raise RecipeError(f"The flow of this recipe cannot be {method!r}; expected {known}.")
        return replace(self, sets=replace(self.sets, flow=cast(FlowName, method)))
