"""Paper page: docs/paper.md, whose rows are written, and read where they are kept."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

from experiments.runs import Changes
from experiments.step_time import measure
from nplm.errors import InputError

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
core, from the time of a step on the machine that made the row; a processor without
bfloat16 takes twice as long. Where there is more than one seed, a number is mean ±
standard deviation. *Ours* is none of the paper's: eight words of context, three
residual layers, and the embeddings as output weights."""
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


def row(*cells: str) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


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


def check_kept(networks: Sequence[Network], tables: Sequence[Rows]) -> None:
    """Raise InputError if a table of the page lacks a row of one of these networks.

    The first has two rows of each, the second one.
    """
    first, second = tables
    for network in networks:
        rows = [network.name in first, network.mixed in first, network.mixed in second]
        if not all(rows):
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
