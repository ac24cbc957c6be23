"""Losses: what the pipeline has measured here, as one small table."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import dvc.api

from nplm.errors import reported_on_one_line
from nplm.report.comparison import flat

SPLITS = ("train", "dev", "test")
ROWS = (
    ("network", "loss", "{split}"),
    ("n-gram", "ngram", "{split}"),
    ("mixture", "mixture", "{split}"),
    ("mixture with endings", "mixture", "with_endings.mixture.{split}"),
)
"""The name of a model, the file of its metrics, and the key there."""
ROWS_OF_WORDS = tuple((name, file, "perplexity.{split}") for name, file, _ in ROWS[:-1])


def table(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table; metrics are by the name of their file.

    Where symbols are words, the numbers are perplexities.

    >>> list(table({"loss": {"train": 2, "dev": 3}}))[1]
    'network                  2.0000   3.0000'
    >>> list(table({"loss": {"train": 5.0, "perplexity": {"train": 148.41}}}))[1]
    'network                   148.4'
    """
    of_words = "perplexity" in metrics.get("loss", {})
    measure = "perplexity" if of_words else "nats per symbol"
    yield f"{measure:<22}" + "".join(f"{split:>9}" for split in SPLITS)
    for name, file, key in ROWS_OF_WORDS if of_words else ROWS:
        numbers = flat(metrics.get(file, {}))
        losses = [numbers.get(key.format(split=split)) for split in SPLITS]
        digits = 1 if of_words else 4
        cells = ["" if loss is None else f"{loss:.{digits}f}" for loss in losses]
        if any(cells):
            yield f"{name:<22}{''.join(f'{cell:>9}' for cell in cells)}".rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    files = dict.fromkeys(file for _, file, _ in ROWS)
    shown = {file: dvc.api.metrics_show(f"metrics/{file}.json") for file in files}
    print(*table(shown), sep="\n")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
