"""Paper: Table 1 of Bengio et al. (2003) on its corpus, and a better network below it.

In: the networks in paper.yaml, and the Brown corpus, which `make brown` gets. Out:
docs/paper.md. Where some networks are named, the page keeps its rows of the others.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from ruamel.yaml import YAML

from experiments.paper_page import (
    HEAD,
    PAGE,
    Network,
    Runs,
    check_kept,
    fitted_table,
    perplexities,
    read_rows,
    table,
)
from experiments.runs import STOPPED, Changes, add_scheduler_option, run_and_measure
from nplm.errors import InputError, reported_on_one_line, shortened

CONTENT = Path(__file__).with_name("paper.yaml")


def read_networks(content: Mapping[str, Any]) -> list[Network]:
    """Return the networks, each with all changes to params.yaml."""
    return [
        Network(
            entry["name"],
            entry["mixed"],
            [str(fact) for fact in entry["facts"]],
            [[str(number) for number in row] for row in entry["paper"]],
            {**content["all"], **entry["adds"]},
            entry["seeds"],
        )
        for entry in content["networks"]
    ]


def run_networks(
    networks: list[Network], mixture: str, changes: Changes, scheduler: str
) -> Runs:
    """Run all networks over their seeds, mixed as changes say; print each result."""
    runs = {
        f"paper-{mixture}-{number}-{seed}": (network, seed)
        for number, network in enumerate(networks)
        for seed in range(1, network.seeds + 1)
    }
    all_changes = {
        name: {**network.changes, **changes, "seed": seed}
        for name, (network, seed) in runs.items()
    }
    found: Runs = {}
    for name, metrics in run_and_measure(all_changes, scheduler):
        network, seed = runs[name]
        found.setdefault(network.name, []).append(metrics)
        alone, mixed = (
            perplexities([metrics], "loss"),
            perplexities([metrics], "mixture"),
        )
        print(
            f"{network.name:<28} seed {seed}  dev {alone[1]}  mixed, {mixture}: "
            f"dev {mixed[1]}",
            flush=True,
        )
    return found


def run_ngrams(
    first: Network, orders: Sequence[int], scheduler: str
) -> list[Mapping[str, Any]]:
    """Return what the n-gram of each order has measured; the network is the first."""
    changes = {
        f"paper-kneser-ney-{order}": {**first.changes, "ngram.order": order, "seed": 1}
        for order in orders
    }
    return [metrics for _, metrics in run_and_measure(changes, scheduler)]


def chosen_networks(networks: list[Network], names: Sequence[str]) -> list[Network]:
    """Return those of these names, or all where there is no name."""
    known = [network.name for network in networks]
    for name in names:
        if name not in known:
            raise InputError(
                f"NETWORKS: {shortened(name)} is no network of {CONTENT.name}; "
                f"take some of {' '.join(known)}"
            )
    return [network for network in networks if not names or network.name in names]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="of networks; without any, all")
    add_scheduler_option(parser)
    arguments = parser.parse_args()
    names: list[str] = arguments.names
    content = YAML(typ="safe", pure=True).load(CONTENT.read_bytes())
    networks = read_networks(content)
    chosen = chosen_networks(networks, names)
    kept, kept_fitted = read_rows(PAGE) if names else ({}, {})
    others = [network for network in networks if network not in chosen]
    check_kept(others, (kept, kept_fitted))
    torch.set_num_threads(1)  # as in a stage

    trigram, fitted = (
        run_networks(chosen, name, changes, arguments.scheduler)
        for name, changes in content["mixtures"].items()
    )
    orders = list(content["kneser_ney"])
    measured = run_ngrams(chosen[0], orders, arguments.scheduler)
    ngrams = dict(zip(orders, measured, strict=True))
    lines = [
        HEAD,
        "",
        *table(networks, trigram, ngrams, content, kept),
        "",
        content["fitted"],
        "",
        *fitted_table(networks, fitted, kept_fitted),
    ]
    PAGE.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
