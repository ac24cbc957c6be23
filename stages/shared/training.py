"""Training: a network and its gradient steps, with progress, as params.yaml has them.

Letters in names: S steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from tqdm import tqdm

from stages.shared.adamw import adamw
from stages.shared.fused_sgd import fused_sgd
from stages.shared.model import ACTIVATIONS, INITS, Model, Noise, init_model
from stages.shared.parameters import MAX_SEED, parameter
from stages.shared.sgd import sgd
from stages.shared.split import Split

PIECES = 200
LINES = 10
"""How many lines report progress where there is no terminal."""

Loop = Callable[[Model, Tensor, Tensor, Tensor, int, torch.Generator], Tensor]
ENGINES: dict[str, Loop] = {"fused": fused_sgd, "autograd": sgd}
FUSED = {
    "layers": 1,
    "activation": "tanh",
    "direct": False,
    "optimizer": "sgd",
    "weight_decay": 0,
    "dropout": 0,
    "context_dropout": 0,
}
"""What the fused engine can do."""


@dataclass(frozen=True)
class NetworkParameters:
    """What decides over a network and its gradient steps, but for their schedule."""

    seed: int = parameter("seed", 0, MAX_SEED)
    embedding_dim: int = parameter("embedding_dim", 1, 500)
    hidden: int = parameter("hidden", 1, 10_000)
    layers: int = parameter("layers", 1, 20)
    activation: str = parameter("activation", choices=ACTIVATIONS)
    direct: bool = parameter("direct")
    init: str = parameter("init", choices=INITS)
    dropout: float = parameter("dropout", 0, 0.95)
    context_dropout: float = parameter("context_dropout", 0, 1)
    engine: str = parameter("engine", choices=ENGINES)
    optimizer: str = parameter("optimizer", choices=("sgd", "adamw"))
    weight_decay: float = parameter("weight_decay", 0, 10)
    batch_size: int = parameter("batch_size", 1, 10_000)


def start_network(
    parameters: NetworkParameters, split: Split, generator: torch.Generator
) -> tuple[Model, Loop]:
    """Return a network for split, and the loop that trains it; print which these are.

    The fused engine does what it can, autograd the rest.
    """
    model = init_model(
        len(split.vocabulary),
        split.X_NxT.shape[1],
        parameters.embedding_dim,
        parameters.hidden,
        generator,
        layers=parameters.layers,
        activation=parameters.activation,
        direct=parameters.direct,
        init=parameters.init,
    )
    noise = Noise(parameters.dropout, parameters.context_dropout)
    beyond = [key for key, can in FUSED.items() if getattr(parameters, key) != can]
    engine = "autograd" if beyond else parameters.engine
    loop = ENGINES[engine]
    if parameters.optimizer == "adamw":
        loop = adamw(model, parameters.weight_decay, noise)
    elif engine == "autograd":
        loop = partial(sgd, weight_decay=parameters.weight_decay, noise=noise)
    print(
        f"{model.parameter_count} parameters, {len(split.Y_N)} examples, "
        f"{engine} engine"
    )
    if parameters.engine != engine:
        print(f"the fused engine cannot do this: {', '.join(beyond)}")
    return model, loop


def train_in_pieces(
    loop: Loop,
    model: Model,
    split: Split,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
) -> list[Tensor]:
    """Run the loop over lr_S in min(PIECES, S) equal pieces; return their losses.

    A loss that is not finite ends the run; it is the last one returned.
    """
    pieces = lr_S.tensor_split(min(PIECES, len(lr_S)))
    losses: list[Tensor] = []
    step = 0
    with tqdm(total=len(lr_S), unit=" steps", disable=None, ncols=80) as bar:
        for piece, lr in enumerate(pieces, start=1):
            losses.append(
                loop(model, split.X_NxT, split.Y_N, lr, batch_size, generator)
            )
            step += len(losses[-1])
            loss = losses[-1].double().mean().item()
            bar.update(len(losses[-1]))
            bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
            if bar.disable and piece * LINES % len(pieces) < LINES:
                print(f"step {step} of {len(lr_S)}: loss {loss:.4f}", flush=True)
            if not losses[-1][-1].isfinite():
                break
    return losses
