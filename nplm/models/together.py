"""Together: the models of a project, and their mixture as it suits dev."""

from collections.abc import Mapping

from nplm.corpus.ids import SplitIds
from nplm.held_out import MIXTURE
from nplm.models.cache import CacheParameters, fit_cache
from nplm.models.ensemble import Ensemble
from nplm.models.kneser_ney import NgramParameters, fit_ngram
from nplm.models.mixture import (
    Buckets,
    Mixture,
    MixtureParameters,
    fit_mixture,
    log_p_of,
)
from nplm.models.model import Model
from nplm.parameters import Frozen
from nplm.scores import Scores

NAMES = ("network", "ngram", "cache")
"""Of the models that stages score; the files of their scores are called so."""


class ModelParameters(Frozen):
    """The groups of parameters that models and their mixture read."""

    ngram: NgramParameters
    cache: CacheParameters
    mixture: MixtureParameters


def fit_models(
    network: Ensemble,
    splits: SplitIds,
    scores: Mapping[str, Mapping[str, Scores]],
    parameters: ModelParameters,
) -> dict[str, Model]:
    """Return the models that have scores, by their names, and `mixture`, of all.

    scores are those that stages wrote, of each split by the name of a model.
    """
    ngram = parameters.ngram
    vocabulary, ids = splits
    train_N, dev_N = ids["train"], ids["dev"]
    fitted: dict[str, Model] = {
        "network": network,
        "ngram": fit_ngram(train_N, vocabulary, ngram.order, ngram.fixed),
        "cache": fit_cache(train_N, vocabulary, parameters.cache),
    }
    models = {name: model for name, model in fitted.items() if scores.get(name)}
    dev = {name: scores[name]["dev"] for name in models}
    train = {name: scores[name]["train"].values_N for name in models}
    buckets = Buckets(parameters.mixture.classes(dev), train_N, train)
    bucket_N = buckets.of(dev_N, dev)
    weights_KxM = fit_mixture(
        log_p_of(dev), bucket_N, buckets.total, parameters.mixture
    )
    return {**models, MIXTURE: Mixture(models, weights_KxM, buckets)}
