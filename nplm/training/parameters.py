"""Parameters: what a training is told, in params.yaml.

The group `training` grows from class to class: the device, which whoever asks a network
reads, too; what takes steps; their learning rates.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from nplm.models.device import DeviceParameters
from nplm.models.network import NetworkParameters
from nplm.parameters import Frozen, ReadWith, Seed, one_of
from nplm.training.optimizers import OPTIMIZERS
from nplm.trees import flat

HIDDEN_ALONE = {
    "network.layers": 1,
    "network.activation": "tanh",
    "network.tied": False,
    "training.dropout": 0,
}
"""What nothing reads without hidden units, with neutral values."""


def unlike(parameters: Frozen, values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of parameters, by key, that are other than these."""
    found = flat(parameters.model_dump())
    return {key: found[key] for key, value in values.items() if found[key] != value}


class LoopParameters(DeviceParameters):
    """The group `training` without the learning rates."""

    engine: Literal["auto", "fused", "autograd"]
    optimizer: Annotated[str, one_of(OPTIMIZERS)]
    beta2: Annotated[float, Field(gt=0, lt=1), ReadWith({"optimizer": "adamw"}, 0.95)]
    weight_decay: Annotated[float, Field(ge=0, le=10)]
    dropout: Annotated[float, Field(ge=0, le=0.95)]
    context_dropout: Annotated[float, Field(ge=0, le=1)]
    embedding_dropout: Annotated[float, Field(ge=0, le=0.95)]
    precision: Literal["float32", "bfloat16"]


class ScheduleParameters(LoopParameters):
    """The group `training` without the processes, which the stage train alone reads."""

    schedule: Literal["step", "inverse", "cosine"]
    inverse_decay: Annotated[
        float, Field(ge=0, le=1), ReadWith({"schedule": "inverse"}, 1e-8)
    ]
    warmup: Annotated[float, Field(ge=0, le=1), ReadWith({"schedule": "cosine"}, 0.05)]


class TrainingParameters(Frozen):
    """Parameters of a network and of steps, whatever their learning rates."""

    seed: Seed
    embedding_dim: Annotated[int, Field(ge=1, le=500)]
    hidden: Annotated[int, Field(ge=0, le=10_000)]
    batch_size: Annotated[int, Field(ge=1, le=10_000)]
    network: NetworkParameters
    training: LoopParameters

    @model_validator(mode="after")
    def check_hidden(self) -> "TrainingParameters":
        """Refuse no hidden units without D, or with what nothing reads then."""
        if self.hidden:
            return self
        if not self.network.direct:
            raise ValueError(
                "hidden: 0 needs to be 1 or more without network.direct: true"
            )
        for key, value in unlike(self, HIDDEN_ALONE).items():
            raise ValueError(
                f"{key}: {value} is read with hidden above 0 alone; "
                f"set it to {HIDDEN_ALONE[key]}"
            )
        return self


class WholeTrainingParameters(TrainingParameters):
    """Parameters of a training with its learning rates."""

    steps: Annotated[int, Field(ge=1, le=100_000_000)]
    lr: Annotated[float, Field(ge=1e-12, le=1e38)]
    lr_decay: Annotated[float, Field(ge=1e-12, le=1)]
    training: ScheduleParameters
