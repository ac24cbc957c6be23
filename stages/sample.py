"""Sample: new words from a model.

In: the model, and the sequences of the splits to tell what is new. Out: the words with
what is known of each as a table, and how many of them are new as metrics.
"""

import textwrap
from itertools import chain

from nplm.arithmetic.processor import deterministic
from nplm.corpus.ids import load_ids
from nplm.corpus.readable import readable
from nplm.corpus.vocabulary import Unit, decode, unit_of
from nplm.metrics import save_metrics
from nplm.models.device import DeviceParameters, find_device
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.parameters import Frozen, Seed
from nplm.sample_table import Sample, describe, measure_samples
from nplm.sampling import SampleParameters, draw_words
from nplm.tables import write_table
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    seed: Seed
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
        reads={"model": "the model", "ids": "the sequences of each split"},
        writes={
            "samples": "the words and what is known of each, as CSV,",
            "metrics": "how many are new, and their means, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    deterministic()

    device = find_device(parameters.training.device)
    model = load_ensemble(
        arguments.model, **parameters.ensemble.model_dump(), device=device
    )
    vocabulary, ids = load_ids(arguments.ids)
    splits = {split: decode(ids_N, vocabulary) for split, ids_N in ids.items()}
    known = chain(*splits.values())
    unit = unit_of(vocabulary)
    words = draw_words(model, parameters.sample, parameters.seed, known=known)
    samples = describe(words, splits, model)
    print_words(words[:20], unit)
    metrics = measure_samples(samples, splits, unit)
    for name, value in metrics.items():
        print(f"{name:<15}  {value:10.6g}")
    write_table(Sample._fields, samples, arguments.samples, ".6f")
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    run(main)
