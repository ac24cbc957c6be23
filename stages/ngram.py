"""N-gram: how likely each symbol is by what came after the same symbols in train.

In: the sequences, cut as the splits stage does, and the vocabulary. Out: the n-gram's
score of each symbol with the longest context that train has, and the losses on dev and
test as metrics, with the discounts where they are estimated.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from nplm.corpus.split import SPLITS, SplitParameters, read_shares
from nplm.corpus.vocabulary import encode, load_vocabulary, unit_of
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import Metrics, save_metrics
from nplm.models.discounts import discount_metrics, discount_table
from nplm.models.kneser_ney import NgramParameters, kneser_ney
from nplm.parameters import MAX_SEED, Frozen
from nplm.scores import save_scores, split_scores
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
    p_N, contexts, discounts = kneser_ney(
        ids_N,
        len(parts[0]),
        parameters.ngram.order,
        parameters.ngram.fixed,
        len(vocabulary),
    )
    scores = split_scores(dict(zip(SPLITS, parts, strict=True)), p_N, contexts)
    asked = {split: scores[split] for split in ("dev", "test")}
    losses = measure_losses(asked, vocabulary)
    print(loss_table(losses))
    metrics: Metrics = losses
    if parameters.ngram.discounts == "estimated":
        print(discount_table(discounts))
        metrics = {**losses, "discounts": discount_metrics(discounts)}
    save_scores("ngram", vocabulary, scores, arguments.scores)
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    run(main)
