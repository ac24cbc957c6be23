"""Sample: new words from a model.

In: the model, and the three splits to tell what is new. Out: the words, and how many
of them are new as metrics.
"""

import textwrap
from typing import Annotated

import torch
from pydantic import Field

from nplm.corpus.examples import load_examples_for
from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import decode
from nplm.metrics import save_metrics
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.parameters import MAX_SEED, Frozen
from nplm.sampling import SampleParameters, count_new, draw_words
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    sample: SampleParameters
    ensemble: EnsembleParameters


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
            "samples": "the words, as text,",
            "metrics": "how many are new, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    ensemble = load_ensemble(arguments.model, parameters.ensemble)
    samples = draw_words(ensemble, parameters.sample, parameters.seed)
    words: dict[str, set[str]] = {}
    for split in SPLITS:
        examples = load_examples_for(
            getattr(arguments, split), split, ensemble.vocabulary, ensemble.context_size
        )
        words[split] = set(decode(examples.Y_N.numpy(), ensemble.vocabulary))
    counts = count_new(samples, words)
    print(textwrap.fill(" ".join(samples[:20]), width=80))
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    text = "".join(f"{word}\n" for word in samples)
    arguments.samples.write_text(text, "utf-8", newline="\n")
    save_metrics(counts, arguments.metrics)


if __name__ == "__main__":
    run(main)
