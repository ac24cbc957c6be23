"""Cache: how likely each symbol is by what its sequence has said so far.

In: the sequences of the splits. Out: the cache's score of each symbol with its longest
match, and the losses on dev and test as metrics. A word of a list has said next to
nothing, so that only lines of a text have scores.
"""

from nplm.corpus.ids import load_ids
from nplm.corpus.split import HELD_OUT
from nplm.corpus.vocabulary import unit_of
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import Metrics, save_metrics
from nplm.models.cache import CacheParameters, fit_cache
from nplm.parameters import Frozen
from nplm.scores import Scores, save_scores
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    cache: CacheParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"ids": "the sequences of each split"},
        writes={
            "scores": "the log-probability of each symbol, a NumPy archive,",
            "metrics": "the losses, as JSON,",
        },
    )
    parameters = load_parameters(Parameters).cache
    vocabulary, ids = load_ids(arguments.ids)
    scores: dict[str, Scores] = {}
    losses: Metrics = {}
    if unit_of(vocabulary) == "word" and parameters.order:
        cache = fit_cache(ids["train"], vocabulary, parameters)
        scores = {split: cache.score(ids_N) for split, ids_N in ids.items()}
        values = {split: scores[split].values_N for split in HELD_OUT}
        losses = measure_losses(values, ids, vocabulary)
        print(loss_table(losses))
    else:
        print("no scores: unit is character, or cache.order is 0")
    save_scores(scores, arguments.scores)
    save_metrics(losses, arguments.metrics)


if __name__ == "__main__":
    run(main)
