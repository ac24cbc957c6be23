"""Distinct: the losses of network, n-gram and mixture, given that a word is new.

The words of a list are distinct, so a word of dev or test cannot be one of train. The
network and the n-gram are first given that, then mixed. To each of the three, the
endings, given the same, are added word by word. Lines of a text may repeat: those that
train has are left out. It changes next to nothing there, unless lines are short.

In: the scores of the two and those of the endings. Out: the losses on test as metrics.

Letters in names: W words.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nplm.corpus.vocabulary import Ids, decode
from nplm.errors import InputError
from nplm.metrics import save_metrics
from nplm.models.endings_file import SPLITS, load_endings
from nplm.models.mixture import MixtureParameters, buckets_of, mix_splits
from nplm.models.seen import given_new, is_new, p_seen
from nplm.models.word_mixing import mix_splits_by_word
from nplm.parameters import Frozen
from nplm.scores import Floats, Scores, load_pair, word_lengths, word_losses
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    mixture: MixtureParameters


def print_row(
    name: str, log_p: Mapping[str, Floats], ids_N: Mapping[str, Ids]
) -> float:
    """Print the losses per symbol of dev and test, and return that of test."""
    dev, test = (-float(log_p[split].sum()) / len(ids_N[split]) for split in SPLITS)
    print(f"{name:<18}  {dev:7.4f}  {test:7.4f}")
    return test


def check_new(new_W: Mapping[str, NDArray[np.bool_]], scores: Path) -> None:
    """Print how many words are left out, if any.

    Raises InputError where a split would be empty.
    """
    counts = {split: np.count_nonzero(~new_W[split]) for split in SPLITS}
    for split in SPLITS:
        if not new_W[split].any():
            raise InputError(
                f"{scores}: all that {split} has stands in train, so none is new; "
                "change split_seed in params.yaml, or take a longer corpus"
            )
    if any(counts.values()):
        left_out = ", ".join(
            f"{counts[split]} of {len(new_W[split])} of {split}" for split in SPLITS
        )
        print(f"left out, as train has them: {left_out}")


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={
            "network": "the network's scores",
            "ngram": "the n-gram's scores",
            "endings": "the scores of the endings",
        },
        writes={"metrics": "the losses on test, as JSON,"},
    )
    parameters = load_parameters(Parameters).mixture

    vocabulary, network, ngram = load_pair(arguments.network, arguments.ngram)
    ids_N = {split: ngram[split].ids_N for split in SPLITS}
    endings = load_endings(
        arguments.endings,
        {split: decode(ids_N[split], vocabulary) for split in SPLITS},
    )
    models = {"network": network, "ngram": ngram}
    seen = {model: p_seen(scores) for model, scores in models.items()}
    for model, splits in seen.items():
        p_train = splits["dev"].before_M[0]
        print(f"{model}: probability of all words of train: {p_train:.4f}")
    new_W = {split: is_new(ids_N[split], seen["ngram"][split]) for split in SPLITS}
    check_new(new_W, arguments.ngram)
    kept_N = {
        split: np.repeat(new_W[split], word_lengths(ids_N[split])) for split in SPLITS
    }
    new = {
        model: {
            split: given_new(scores[split].values_N, part)[kept_N[split]]
            for split, part in seen[model].items()
        }
        for model, scores in models.items()
    }
    before = {split: part.before_M for split, part in seen["ngram"].items()}
    bucket = {
        split: bucket_N[kept_N[split]]
        for split, bucket_N in buckets_of(ngram, before, parameters).items()
    }
    ids_N = {split: ids_N[split][kept_N[split]] for split in SPLITS}
    _, new["mixture"] = mix_splits(new["network"], new["ngram"], bucket, parameters)
    print("given new words         dev     test")
    losses, with_endings = {}, {}
    for model, values in new.items():
        losses[model] = print_row(model, values, ids_N)
    for model, values in new.items():
        log_p_W = {
            split: -word_losses(Scores(ids_N[split], values[split])) for split in SPLITS
        }
        new_SxW = {split: endings[split].new_SxW[:, new_W[split]] for split in SPLITS}
        _, mixed = mix_splits_by_word(log_p_W, new_SxW)
        with_endings[model] = print_row(f"{model}, endings", mixed, ids_N)
    save_metrics({**losses, "with_endings": with_endings}, arguments.metrics)


if __name__ == "__main__":
    run(main)
