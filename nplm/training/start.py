"""Start: a new network for a split, and the loop that trains it.

Letters in names: S steps.
"""

from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from nplm.corpus.examples import Examples
from nplm.errors import InputError
from nplm.models.device import CPU
from nplm.models.network import (
    LARGE_VOCABULARY,
    WHOLE,
    Network,
    NetworkParameters,
    Noise,
    Part,
)
from nplm.models.normal import start
from nplm.parameters import MAX_SEED, Frozen
from nplm.training.fused import fused_loop
from nplm.training.loop import Loop, autograd_loop, make_optimizer
from nplm.training.schedules import ScheduleParameters, check_read, learning_rates

FUSED = {
    "network": {"layers": 1, "activation": "tanh", "direct": False, "tied": False},
    "training": {
        "optimizer": "sgd",
        "weight_decay": 0,
        "dropout": 0,
        "context_dropout": 0,
        "embedding_dropout": 0,
        "precision": "float32",
    },
}
"""What the fused engine can do, by group of the parameters."""
HIDDEN_ALONE = {
    "network.layers": 1,
    "network.activation": "tanh",
    "network.tied": False,
    "training.dropout": 0,
}
"""What nothing reads without hidden units, with neutral values."""


class LoopParameters(Frozen):
    """The steps but for their schedule, of the group `training` of the parameters."""

    engine: Literal["auto", "fused", "autograd"]
    optimizer: Literal["sgd", "adamw"]
    beta2: Annotated[float, Field(ge=0, lt=1)]
    weight_decay: Annotated[float, Field(ge=0, le=10)]
    dropout: Annotated[float, Field(ge=0, le=0.95)]
    context_dropout: Annotated[float, Field(ge=0, le=1)]
    embedding_dropout: Annotated[float, Field(ge=0, le=0.95)]
    precision: Literal["float32", "bfloat16"]

    @model_validator(mode="after")
    def check_beta2(self) -> "LoopParameters":
        """Refuse a beta2 that nothing reads, and adamw without one."""
        if self.optimizer == "sgd" and self.beta2 != 0:
            raise ValueError(
                f"beta2: {self.beta2} is read with training.optimizer: adamw alone; "
                "set it to 0 with sgd"
            )
        if self.optimizer == "adamw" and self.beta2 == 0:
            raise ValueError(
                f"beta2: {self.beta2} needs to be above 0 with adamw; "
                "0.95 suits characters, 0.999 rare words"
            )
        return self


class TrainingParameters(Frozen):
    """Parameters of the network and the optimizer, without the schedule."""

    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
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
        values = self.model_dump()
        for name, neutral in HIDDEN_ALONE.items():
            group, key = name.split(".")
            if values[group][key] != neutral:
                raise ValueError(
                    f"{name}: {values[group][key]} is read with hidden above 0 alone; "
                    f"set it to {neutral}"
                )
        return self


class LoopAndScheduleParameters(LoopParameters, ScheduleParameters):
    """The group `training`."""


class ScheduledParameters(TrainingParameters):
    """Parameters of a whole training."""

    steps: Annotated[int, Field(ge=1, le=100_000_000)]
    lr: Annotated[float, Field(ge=1e-12, le=1e38)]
    lr_decay: Annotated[float, Field(ge=1e-12, le=1)]
    training: LoopAndScheduleParameters

    @model_validator(mode="after")
    def check_schedule(self) -> "ScheduledParameters":
        """Refuse what the schedule does not read."""
        check_read(self.training, self.lr_decay)
        return self

    def learning_rates(self) -> Tensor:
        """Return lr_S, the learning rate of each step."""
        return learning_rates(self.training, self.steps, self.lr, self.lr_decay)


def start_training(
    parameters: TrainingParameters,
    examples: Examples,
    generator: torch.Generator,
    part: Part = WHOLE,
    device: torch.device = CPU,
) -> tuple[Network, Loop]:
    """Return a network for the examples, and its loop; print which these are.

    part says which part of each batch this process has. The network is on the device.
    """
    engine = choose_engine(parameters, len(examples.vocabulary), part, device)
    network = first_network(parameters, examples, generator).to(device)
    print(
        f"{network.weight_count} parameters, {len(examples.Y_N)} examples, "
        f"{engine} engine" + (f" on {device}" if device != CPU else "")
    )
    if engine == "fused":
        return network, fused_loop(network)
    return network, plain_loop(parameters.training, network, part)


def first_network(
    parameters: TrainingParameters, examples: Examples, generator: torch.Generator
) -> Network:
    """Return a network for the examples, with its first weights."""
    network = Network(
        len(examples.vocabulary),
        examples.X_NxT.shape[1],
        parameters.embedding_dim,
        parameters.hidden,
        **parameters.network.model_dump(exclude={"init"}),
    )
    start(network, parameters.network.init, generator)
    return network


def plain_loop(training: LoopParameters, network: Network, part: Part = WHOLE) -> Loop:
    """Return the autograd engine for a network, with its optimizer and its noise."""
    optimizer = make_optimizer(
        network,
        training.optimizer,
        weight_decay=training.weight_decay,
        beta2=training.beta2,
    )
    noise = noise_of(training)._replace(part=part)
    return autograd_loop(network, optimizer, noise, training.precision)


def noise_of(training: LoopParameters) -> Noise:
    """Return what training hides from the network."""
    return Noise(training.dropout, training.context_dropout, training.embedding_dropout)


def choose_engine(
    parameters: TrainingParameters,
    vocabulary_size: int,
    part: Part = WHOLE,
    device: torch.device = CPU,
) -> str:
    """Return the engine: with `auto` the fused one where it can do what is asked.

    It is not for a large vocabulary: with 100 hidden units and batches of 32 and 128, a
    step of 4,000 symbols takes it 1.2 and 4.6 ms, and autograd 1.7 and 3.6; of 12,000
    symbols 5.2 and 25, and autograd 3.4 and 9.4.
    Raises InputError where `fused` is asked for what it cannot do.
    """
    values = parameters.model_dump()
    unsupported = [
        f"{group}.{key}: {values[group][key]}"
        for group, abilities in FUSED.items()
        for key, ability in abilities.items()
        if values[group][key] != ability
    ]
    if part != WHOLE:
        unsupported.append(f"training.processes: {part.of}")
    if device != CPU:
        unsupported.append(f"training.device: {device.type}")
    engine = parameters.training.engine
    if engine == "fused" and unsupported:
        raise InputError(
            f"params.yaml: training.engine: fused cannot do {', '.join(unsupported)}; "
            "take auto"
        )
    if engine == "auto":
        slower = vocabulary_size >= LARGE_VOCABULARY
        return "autograd" if unsupported or slower else "fused"
    return engine
