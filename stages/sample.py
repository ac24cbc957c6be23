"""Sample: new words from a model.

In: the model, and the three splits to tell what is new. Out: the words with what is
known of each as a table, and how many of them are new as metrics.
"""

import textwrap
from itertools import chain
from typing import Annotated

import torch
from pydantic import Field

from nplm.corpus.examples import load_examples_for
from nplm.corpus.readable import readable
from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import Unit, decode, unit_of
from nplm.metrics import save_metrics
from nplm.models.device import DeviceParameters, find_device
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.parameters import MAX_SEED, Frozen
from nplm.sample_table import look_up, measure_samples, write_samples
from nplm.sampling import SampleParameters, draw_words
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    sample: SampleParameters
    ensemble: EnsembleParameters
    training: DeviceParameters


def print_words(words: list[str], unit: Unit) -> None:
    """Print words side by side, or each line of a text as a paragraph."""
    if unit == "word":
        lines = (textwrap.fill(readable(line, unit), width=80) for line in words)
        print("\n\n".join(lines), end="\n\n")
    else:
        print(textwrap.fill(" ".join(words), width=80))


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={
            "model": "the model",
            "train": "the train split",
            "dev": "the dev split",
            "test": "the test split",
        },
        writes={
            "samples": "the words and what is known of each, as CSV,",
            "metrics": "how many are new, and their means, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    device = find_device(parameters.training.device)
    ensemble = load_ensemble(arguments.model, parameters.ensemble, device)
    splits: dict[str, list[str]] = {}
    for split in SPLITS:
        examples = load_examples_for(
            getattr(arguments, split), split, ensemble.vocabulary, ensemble.context_size
        )
        splits[split] = decode(examples.Y_N.numpy(), ensemble.vocabulary)
    known = chain(*splits.values())
    unit = unit_of(ensemble.vocabulary)
    words = draw_words(ensemble, parameters.sample, parameters.seed, known=known)
    samples = look_up(words, splits, ensemble)
    print_words(words[:20], unit)
    metrics = measure_samples(samples, splits, unit)
    for name, value in metrics.items():
        print(f"{name:<15}  {value:10.6g}")
    write_samples(samples, arguments.samples)
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    run(main)
