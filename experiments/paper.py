"""Paper: Table 1 of Bengio et al. (2003) on its corpus, and a better network below it.

In: the networks in paper.yaml, and the Brown corpus, which `make brown` gets. Out:
paper.json, and its page. Where some networks are named, it keeps what it has of others.
"""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.pages import PAPER, TABLE_1, write_paper
from experiments.rungs import rung, spreads
from experiments.runs import (
    STOPPED,
    Series,
    add_scheduler_option,
    run_series,
)
from nplm.corpus.split import HELD_OUT, SPLITS
from nplm.errors import InputError, reported_on_one_line, shortened
from nplm.parameters import read_yaml
from nplm.report.leaderboard import Board, Rung, read_leaderboard, write_boards

WITHOUT = "perplexity_without_eos"
KNOWN = "perplexity_without_unk.test"
ALONE = {split: f"loss.{WITHOUT}.{split}" for split in SPLITS}
ALONE["known"] = f"loss.{KNOWN}"
MIXED, FITTED, SAID, SAID_ALONE = (
    {
        **{f"{how}_{split}": f"{file}.{WITHOUT}.{split}" for split in HELD_OUT},
        f"{how}_known": f"{file}.{KNOWN}",
    }
    for how, file in {
        "mixed": "mixture",
        "fitted": "mixture.without.cache",
        "said": "mixture",
        "said_alone": "mixture.without.network",
    }.items()
)
NGRAM = {split: f"ngram.{WITHOUT}.{split}" for split in HELD_OUT}
NGRAM["known"] = f"ngram.{KNOWN}"
"""Columns: the metric in each."""


NO_NETWORK = "Kneser-Ney"
"""These rows take seconds, and are always made."""


def read_networks(content: Mapping[str, Any]) -> list[Series]:
    """Return the networks, each with all changes to params.yaml."""
    return [
        Series(entry["name"], {**content["all"], **entry["adds"]}, entry["seeds"])
        for entry in content["networks"]
    ]


def choose(
    networks: Sequence[Series], names: Sequence[str], kept: Mapping[str, Rung]
) -> list[Series]:
    """Return the networks of these names, or all where there is no name.

    Raises InputError for a name that none has, and where another is not kept.
    """
    known = [network.name for network in networks]
    for name in names:
        if name not in (*known, NO_NETWORK):
            raise InputError(
                f"NETWORKS: {shortened(name)} is no network of {TABLE_1.name}; "
                f"take some of {' '.join(known)}, or {NO_NETWORK} for none"
            )
    for name in known:
        if names and name not in names and name not in kept:
            raise InputError(f"NETWORKS: {PAPER.name} has no {name}; name it too")
    return [network for network in networks if not names or network.name in names]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="of networks; without any, all")
    add_scheduler_option(parser)
    arguments = parser.parse_args()
    names: list[str] = arguments.names
    content = read_yaml(TABLE_1)
    corpus: str = content["all"]["corpus"]
    networks = read_networks(content)
    kept = {one.name: one for one in read_leaderboard(PAPER, corpus)} if names else {}
    chosen = choose(networks, names, kept)

    trigram, fitted = (
        run_series(
            f"paper-{name}",
            [one._replace(changes={**one.changes, **changes}) for one in chosen],
            arguments.scheduler,
            {"dev": ALONE["dev"], f"mixed, {name}: dev": MIXED["mixed_dev"]},
        )
        for name, changes in content["mixtures"].items()
    )
    ngrams = [
        Series(f"Kneser-Ney {order}", {**networks[0].changes, "ngram.order": order}, 1)
        for order in content["kneser_ney"]
    ]
    shown = {"dev": NGRAM["dev"]}
    counted = run_series(
        "paper-kneser-ney", ngrams, arguments.scheduler, shown, "ngram"
    )
    measured = kept | {
        one.name: rung(
            one,
            (trigram[one.name], ALONE | MIXED),
            (fitted[one.name], FITTED | SAID | SAID_ALONE),
        )
        for one in chosen
    }
    rungs = [measured[network.name] for network in networks]
    rungs += [
        Rung(name=one.name, losses=spreads(counted[one.name], NGRAM)) for one in ngrams
    ]
    write_boards({corpus: Board(measured=rungs, to_beat=[])}, PAPER)
    write_paper()


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
