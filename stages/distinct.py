"""Distinct: the losses of network, n-gram and mixture, given that a word is new.

The words of a list are distinct, so a word of dev or test cannot be one of train. The
network and the n-gram are first given that, then mixed.

In: the scores of the two. Out: the losses on test as metrics.
"""

from nplm.metrics import save_metrics
from nplm.models.mixture import MixtureParameters, buckets, mix_splits
from nplm.models.seen import given_new, p_seen
from nplm.parameters import Frozen
from nplm.scores import load_pair
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    mixture: MixtureParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"network": "the network's scores", "ngram": "the n-gram's scores"},
        writes={"metrics": "the losses on test, as JSON,"},
    )
    parameters = load_parameters(Parameters).mixture

    _, network, ngram = load_pair(arguments.network, arguments.ngram)
    models = {"network": network, "ngram": ngram}
    seen = {model: p_seen(scores) for model, scores in models.items()}
    for model, splits in seen.items():
        p_train = splits["dev"].before_M[0]
        print(f"{model}: probability of all words of train: {p_train:.4f}")
    new = {
        model: {
            split: given_new(scores[split].values_N, part)
            for split, part in seen[model].items()
        }
        for model, scores in models.items()
    }
    bucket = {
        split: buckets(ngram[split].ids_N, part.before_M, parameters)
        for split, part in seen["ngram"].items()
    }
    _, new["mixture"] = mix_splits(new["network"], new["ngram"], bucket, parameters)
    print("given new words      dev     test")
    losses = {}
    for model, values in new.items():
        dev, losses[model] = (-float(values[split].mean()) for split in ("dev", "test"))
        print(f"{model:<15}  {dev:7.4f}  {losses[model]:7.4f}")
    save_metrics(losses, arguments.metrics)


if __name__ == "__main__":
    run(main)
