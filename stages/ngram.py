"""N-gram: how likely each symbol is by what came after the same symbols in train.

In: the sequences, cut as the splits stage does, and the vocabulary. Out: the n-gram's
score of each symbol, and the losses on dev and test as metrics.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from nplm.corpus.split import SPLITS, SplitParameters, read_shares
from nplm.corpus.vocabulary import encode, load_vocabulary, unit_of
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import save_metrics
from nplm.models.kneser_ney import NgramParameters, kneser_ney
from nplm.parameters import MAX_SEED, Frozen
from nplm.scores import Scores, save_scores
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    split_seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    split: SplitParameters
    ngram: NgramParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"sequences": "the sequences", "vocabulary": "the symbols"},
        writes={
            "scores": "the log-probability of each symbol, a NumPy archive,",
            "metrics": "the losses, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    order, discounts = parameters.ngram.order, parameters.ngram.discounts

    vocabulary = load_vocabulary(arguments.vocabulary)
    shares = read_shares(
        arguments.sequences,
        parameters.split_seed,
        parameters.split,
        unit_of(vocabulary),
    )
    parts = [encode(share, vocabulary, file=arguments.sequences) for share in shares]
    del shares  # text takes more memory than ids
    ids_N = np.concatenate(parts)
    p_N = kneser_ney(ids_N, len(parts[0]), order, discounts, len(vocabulary))
    ends = np.cumsum([len(part) for part in parts])[:-1]
    scores = {
        split: Scores(*part)
        for split, *part in zip(SPLITS, parts, np.split(np.log(p_N), ends), strict=True)
    }
    asked = {split: scores[split] for split in ("dev", "test")}
    losses = measure_losses(asked, vocabulary)
    print(loss_table(losses))
    save_scores("ngram", vocabulary, scores, arguments.scores)
    save_metrics(losses, arguments.metrics)


if __name__ == "__main__":
    run(main)
