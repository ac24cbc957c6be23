"""Splits: from sequences to the examples of train, dev and test.

In: the sequences and the vocabulary of prepare. Out: three files of examples, and one
of the sequences of each split as ids, which do not depend on context_size.

Letters in names: N examples.
"""

from typing import Annotated

import torch
from pydantic import Field

from nplm.corpus.examples import Examples, save_examples
from nplm.corpus.ids import save_ids
from nplm.corpus.split import SPLITS, SplitParameters, read_shares
from nplm.corpus.vocabulary import encode, load_vocabulary, unit_of
from nplm.corpus.windows import windows
from nplm.parameters import Frozen, Seed
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    split_seed: Seed
    context_size: Annotated[int, Field(ge=1, le=50)]
    split: SplitParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"sequences": "the sequences", "vocabulary": "the symbols"},
        writes={
            "train": "the examples of train",
            "dev": "those of dev",
            "test": "those of test",
            "ids": "the sequences of each split, a NumPy archive,",
        },
    )
    parameters = load_parameters(Parameters)
    vocabulary = load_vocabulary(arguments.vocabulary)
    shares = read_shares(
        arguments.sequences,
        parameters.split_seed,
        parameters.split,
        unit_of(vocabulary),
    )
    ids = {}
    for split, sequences in zip(SPLITS, shares, strict=True):
        ids_N = encode(sequences, vocabulary, file=arguments.sequences)
        X_NxT = torch.from_numpy(windows(ids_N, parameters.context_size))
        examples = Examples(vocabulary, X_NxT, torch.from_numpy(ids_N))
        save_examples(examples, getattr(arguments, split))
        ids[split] = ids_N
        print(f"{split}: {len(sequences)} sequences, {len(ids_N)} examples")
    save_ids(vocabulary, ids, arguments.ids)


if __name__ == "__main__":
    run(main)
