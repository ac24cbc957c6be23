"""Losses: what the pipeline has measured here, as one small table.

`dvc metrics show` has a line for each file, as wide as all its metrics together.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nplm.errors import reported_on_one_line
from nplm.trees import flat

MODELS = {
    "network": "loss",
    "n-gram": "ngram",
    "mixture": "mixture",
    "mixture with endings": "mixture.with_endings.mixture",
}
"""Of each model, the file of its metrics, and the group there."""


def table(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table; metrics are by the name of their file.

    Where symbols are words, the numbers are perplexities.

    >>> list(table({"loss": {"train": 2, "dev": 3}}))[1]
    'network                  2.0000   3.0000'
    >>> list(table({"loss": {"train": 5.0, "perplexity": {"train": 148.41}}}))[1]
    'network                   148.4'
    """
    of_words = "perplexity" in metrics["loss"]
    measure = "perplexity" if of_words else "nats per symbol"
    inner, digits = (".perplexity", 1) if of_words else ("", 4)
    splits = [split for split in metrics["loss"] if "perplexity" not in split]
    numbers = flat(metrics)
    yield f"{measure:<22}" + "".join(f"{split:>9}" for split in splits)
    for name, group in MODELS.items():
        losses = [numbers.get(f"{group}{inner}.{split}") for split in splits]
        cells = ["" if loss is None else f"{loss:.{digits}f}" for loss in losses]
        if any(cells):
            yield f"{name:<22}{''.join(f'{cell:>9}' for cell in cells)}".rstrip()


def main() -> None:
    files = ("loss", "ngram", "mixture")
    paths = {file: Path(f"metrics/{file}.json") for file in files}
    metrics = {file: json.loads(path.read_bytes()) for file, path in paths.items()}
    print(*table(metrics), sep="\n")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
