"""N-gram: how likely each symbol is by what came after the same symbols in train.

In: the sequences of the splits. Out: the n-gram's score of each symbol with the longest
context that train has, and the losses on dev and test as metrics, with the discounts
where they are estimated.
"""

from nplm.corpus.ids import load_ids
from nplm.corpus.split import HELD_OUT
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import Metrics, save_metrics
from nplm.models.discounts import discount_metrics, discount_table
from nplm.models.kneser_ney import NgramParameters, fit_ngram
from nplm.parameters import Frozen
from nplm.scores import save_scores
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    ngram: NgramParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"ids": "the sequences of each split"},
        writes={
            "scores": "the log-probability of each symbol, a NumPy archive,",
            "metrics": "the losses, as JSON,",
        },
    )
    parameters = load_parameters(Parameters).ngram
    vocabulary, ids = load_ids(arguments.ids)
    ngram = fit_ngram(ids["train"], vocabulary, parameters.order, parameters.fixed)
    scores = {split: ngram.score(ids_N) for split, ids_N in ids.items()}
    values = {split: scores[split].values_N for split in HELD_OUT}
    losses = measure_losses(values, ids, vocabulary)
    print(loss_table(losses))
    metrics: Metrics = losses
    if parameters.discounts == "estimated":
        print(discount_table(ngram.discounts))
        metrics = {**losses, "discounts": discount_metrics(ngram.discounts)}
    save_scores(scores, arguments.scores)
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    run(main)
