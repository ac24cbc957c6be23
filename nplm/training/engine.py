"""Engine: a new network for a split, and the loop that trains it."""

from functools import partial

import torch

from nplm.corpus.examples import Examples
from nplm.errors import InputError
from nplm.models.device import CPU
from nplm.models.network import LARGE_VOCABULARY, Network
from nplm.models.noise import WHOLE, Noise, Part
from nplm.models.normal import initialize
from nplm.training import fused, loop
from nplm.training.optimizers import make_optimizer
from nplm.training.parameters import TrainingParameters, unlike
from nplm.training.processes import in_parts

FUSED = {
    "network.layers": 1,
    "network.activation": "tanh",
    "network.direct": False,
    "network.tied": False,
    "training.optimizer": "sgd",
    "training.weight_decay": 0,
    "training.dropout": 0,
    "training.context_dropout": 0,
    "training.embedding_dropout": 0,
    "training.precision": "float32",
    "training.device": "cpu",
}
"""What the fused engine can do."""


def start_training(
    parameters: TrainingParameters,
    examples: Examples,
    generator: torch.Generator,
    part: Part = WHOLE,
    device: torch.device = CPU,
) -> tuple[Network, loop.Descent]:
    """Return a network for the examples, and its loop; print which these are.

    part says which part of each batch this process has. The network is on the device.
    """
    engine = choose_engine(parameters, len(examples.vocabulary), part)
    network = first_network(parameters, examples, generator).to(device)
    print(
        f"{network.weight_count} parameters, {len(examples.Y_N)} examples, "
        f"{engine} engine" + (f" on {device}" if device != CPU else "")
    )
    if engine == "autograd":
        return network, by_autograd(network, parameters, examples, generator, part)
    return network, partial(
        fused.descend,
        network,
        examples.X_NxT,
        examples.Y_N,
        batch_size=parameters.batch_size,
        generator=generator,
    )


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
    initialize(network, parameters.network.init, generator)
    return network


def by_autograd(
    network: Network,
    parameters: TrainingParameters,
    examples: Examples,
    generator: torch.Generator,
    part: Part = WHOLE,
) -> loop.Descent:
    """Return the autograd engine for a network, with its optimizer and its noise."""
    training = parameters.training
    return partial(
        loop.descend,
        in_parts(network, part),
        examples.X_NxT,
        examples.Y_N,
        batch_size=parameters.batch_size,
        generator=generator,
        optimizer=make_optimizer(
            network,
            training.optimizer,
            weight_decay=training.weight_decay,
            beta2=training.beta2,
        ),
        noise=Noise(
            training.dropout,
            training.context_dropout,
            training.embedding_dropout,
            part,
        ),
        precision=training.precision,
    )


def choose_engine(
    parameters: TrainingParameters, vocabulary_size: int, part: Part = WHOLE
) -> str:
    """Return the engine: with `auto` the fused one where it can do what is asked.

    It is not for a large vocabulary: with 100 hidden units and batches of 32 and 128, a
    step of 4,000 symbols takes it 1.2 and 4.6 ms, and autograd 1.7 and 3.6; of 12,000
    symbols 5.2 and 25, and autograd 3.4 and 9.4.
    Raises InputError where `fused` is asked for what it cannot do.
    """
    unsupported = unlike(parameters, FUSED)
    if part != WHOLE:
        unsupported["training.processes"] = part.of
    engine = parameters.training.engine
    if engine == "fused" and unsupported:
        keys = ", ".join(f"{key}: {value}" for key, value in unsupported.items())
        raise InputError(
            f"params.yaml: training.engine: fused cannot do {keys}; take auto"
        )
    if engine == "auto":
        slower = vocabulary_size >= LARGE_VOCABULARY
        return "autograd" if unsupported or slower else "fused"
    return engine
