"""Activations: look at the hidden units of a network, before and after training.

In: the train split and the model; the start is made again from the seed. Out: losses,
saturated and dead units as metrics, a histogram of the units and sizes of gradients and
updates as tables, and a picture. Of several members it is the first.

Letters in names: N examples, T context positions, S steps.
"""

import math

import torch
from torch import Tensor

from nplm.arithmetic.processor import deterministic
from nplm.corpus.examples import Examples, load_examples
from nplm.errors import InputError
from nplm.metrics import Metrics, save_metrics
from nplm.models.activations import hidden_units, measure_activations
from nplm.models.model_file import load_members
from nplm.models.network import Network
from nplm.models.scoring import mean_loss
from nplm.plots.activations import Look, plot_activations, write_histogram, write_sizes
from nplm.training.engine import by_autograd, first_network
from nplm.training.parameters import WholeTrainingParameters as Parameters
from nplm.training.schedules import learning_rates
from nplm.training.updates import measure_updates
from stages.command import load_parameters, read_files, run

ROWS = 100
"""Examples of the map of saturated units."""
STEPS = 200
"""Steps whose gradients and updates are measured."""
LOGITS = 2**30
"""Logits of the examples whose loss is taken, at most: seconds.

Where train is shuffled, its first examples are a fair part of it. Only a large
vocabulary or list needs it: 2**30 are 25 million examples of 42 symbols, and 89,000 of
12,000.
"""


def look(
    network: Network,
    examples: Examples,
    parameters: Parameters,
    lr_S: Tensor,
    generator: torch.Generator,
) -> Look:
    """Return what the network shows, which takes the steps of lr_S in the end."""
    _, saturated_LxRxH = hidden_units(network, examples.X_NxT[:ROWS])
    part = slice(max(1, LOGITS // len(examples.vocabulary)))
    return Look(
        mean_loss(network, examples.X_NxT[part], examples.Y_N[part]),
        measure_activations(network, examples.X_NxT),
        saturated_LxRxH,
        *measure_updates(
            network.double(),
            by_autograd(network, parameters, examples, generator),
            lr_S,
        ),
    )


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"train": "the train split", "model": "the model"},
        writes={
            "metrics": "losses, saturated and dead units, as JSON,",
            "histogram": "values of the hidden units, as CSV,",
            "sizes": "sizes of gradients and updates, as CSV,",
            "plot": "the picture, as PNG,",
        },
    )
    parameters = load_parameters(Parameters)
    deterministic()

    (network, *_), vocabulary = load_members(arguments.model)
    examples = load_examples(arguments.train)
    generator = torch.Generator().manual_seed(parameters.seed)
    first = first_network(parameters, examples, generator).double()
    if first.sizes != network.sizes:
        raise InputError(
            f"{arguments.model}: its networks are not of the sizes in params.yaml; "
            "make it again: dvc repro train"
        )
    lr_S = learning_rates(parameters)
    looks = {
        "start": look(first, examples, parameters, lr_S[:STEPS], generator),
        "trained": look(network, examples, parameters, lr_S[-STEPS:], generator),
    }
    chance = math.log(len(vocabulary))
    metrics: dict[str, Metrics | float] = {"log_vocabulary": chance}
    print(f"log {len(vocabulary)} = {chance:.4f} nats per symbol\n")
    print("            loss  saturated  dead units")
    for when, seen in looks.items():
        saturated, dead = seen.activations.saturated, seen.activations.dead
        print(f"{when:7}  {seen.loss:7.4f}  {saturated:9.1%}  {dead:10}")
        metrics[when] = {"loss": seen.loss, "saturated": saturated, "dead": dead}
    save_metrics(metrics, arguments.metrics)
    write_histogram(looks, arguments.histogram)
    write_sizes(looks, arguments.sizes)
    plot_activations(looks, parameters.network.activation, chance, arguments.plot)


if __name__ == "__main__":
    run(main)
