"""Paper: Table 1 of Bengio et al. (2003) on its corpus, and a better network below it.

In: the networks in paper.yaml, and the Brown corpus, which `make brown` gets. Out:
docs/paper.md. Where some networks are named, the page keeps its rows of the others.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

import torch
from ruamel.yaml import YAML

from experiments.runs import STOPPED, Changes, add_scheduler_option, run_and_measure
from experiments.step_time import measure
from nplm.errors import InputError, reported_on_one_line, shortened

CONTENT = Path(__file__).with_name("paper.yaml")
PAGE = Path("docs/paper.md")
HEAD = """# The paper's Table 1, on the paper's corpus

Made by `make paper` from [paper.yaml](../experiments/paper.yaml). The corpus is Brown:
the first 800,000 tokens are train, the next 200,000 dev (the paper's valid), the rest,
161,192, test. The vocabulary has 16,383 symbols: the 16,382 most frequent tokens, and
`<unk>` for all others, 5.28 % of the tokens. The ends of the 500 texts are not counted.
All numbers are perplexities; lower is better. Everything was chosen on dev.

n is the order: the network sees one word less. h is the number of hidden units, m that
of the features of a word. *Direct* says whether the features are also connected to the
output. An even row mixes the network above it with the Kneser-Ney trigram, half each,
as in the paper. Our networks have the paper's sizes, and train in minutes instead of
weeks: with AdamW, a cosine schedule and dropout. Seconds are those of training on one
core, from the time of a step on the machine that made this table. Where there is more
than one seed, a number is mean ± standard deviation. *Ours* is none of the paper's:
eight words of context, three residual layers, and the embeddings as output weights."""
SPLITS = ("train", "dev", "test")


COLUMNS = (
    "", "n", "h", "m", "direct", "mixed",
    "train", "dev", "test", "the paper's train", "valid", "test",
    "weights", "seeds", "seconds",
)  # fmt: skip

Runs = dict[str, list[Mapping[str, Any]]]
"""By the name of a network: the metrics of its runs, one for each seed."""
Rows = Mapping[str, str]
"""By their first cell: lines of a table."""


class Network(NamedTuple):
    """A network of the table."""

    name: str
    mixed: str
    """Its name where it is mixed with the n-gram."""
    facts: list[str]
    """n, h, m, and whether it has direct connections; as the table shows them."""
    paper: list[list[str]]
    """The paper's train, valid and test: alone, then mixed."""
    changes: Changes
    seeds: int


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


def spread(numbers: Sequence[float]) -> str:
    """Return the mean, with the standard deviation where there are several numbers.

    >>> spread([280.04]), spread([280.0, 284.0])
    ('280.0', '282.0 ± 2.8')
    """
    text = f"{mean(numbers):.1f}"
    return f"{text} ± {stdev(numbers):.1f}" if len(numbers) > 1 else text


def perplexities(runs: Sequence[Mapping[str, Any]], stage: str) -> list[str]:
    """Return the perplexity of each split over the runs; none for one not measured."""
    found = [run[stage]["perplexity_without_eos"] for run in runs]
    return [
        spread([one[split] for one in found]) if split in found[0] else ""
        for split in SPLITS
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


def row(*cells: str) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


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


def read_rows(page: Path) -> tuple[Rows, Rows]:
    """Return the rows of the networks in both tables of the page, by name."""
    tables: list[dict[str, str]] = []
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("|  |"):  # the head of a table
            tables.append({})
        elif tables and line.startswith("| "):
            tables[-1][line.split(" | ")[0].removeprefix("| ")] = line
    if len(tables) != 2:
        raise InputError(
            f"{page}: has {len(tables)} tables, not 2; get it back from Git, or make "
            "all of it: make paper"
        )
    return tables[0], tables[1]


def check_kept(networks: list[Network], chosen: list[Network], rows: Rows) -> None:
    """Raise InputError if the page has no row of a network that is not measured."""
    for network in networks:
        if network not in chosen and not {network.name, network.mixed} <= set(rows):
            raise InputError(
                f"NETWORKS: {PAGE} has no rows of {network.name}; name it too"
            )


def table(
    networks: list[Network],
    trigram: Runs,
    ngrams: Mapping[str, Mapping[str, Any]],
    content: Mapping[str, Any],
    kept: Rows,
) -> Iterator[str]:
    """Yield the lines of the table; networks that did not run have the rows kept."""
    yield row(*COLUMNS)
    yield "| --- " * len(COLUMNS) + "|"
    for network in networks:
        if network.name not in trigram:
            yield from (kept[network.name], kept[network.mixed])
            continue
        weights, seconds = measure(network.changes)
        cost = (f"{weights:,}", str(network.seeds), f"{seconds:.0f}")
        runs = trigram[network.name]
        for name, mixed, stage, paper in (
            (network.name, "no", "loss", network.paper[0]),
            (network.mixed, "yes", "mixture", network.paper[1]),
        ):
            yield row(
                name, *network.facts, mixed, *perplexities(runs, stage), *paper, *cost
            )
    for order, metrics in ngrams.items():
        found, paper = perplexities([metrics], "ngram"), content["kneser_ney"][order]
        empty = [""] * 3
        yield row(
            "Kneser-Ney", str(order), *empty, "", *found, "", *map(str, paper), *empty
        )
    for name, order, *paper in content["quoted"]:
        yield row(f"*{name}*", str(order), *[""] * 7, *map(str, paper), *[""] * 3)


def fitted_table(networks: list[Network], fitted: Runs, kept: Rows) -> Iterator[str]:
    """Yield the lines of the table of mixtures with weights that suit dev."""
    yield row("", "seeds", "dev", "test")
    yield "| --- " * 4 + "|"
    for network in networks:
        if network.name not in fitted:
            yield kept[network.mixed]
            continue
        _, dev, test = perplexities(fitted[network.name], "mixture")
        yield row(network.mixed, str(network.seeds), dev, test)


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
    check_kept(networks, chosen, kept)
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
