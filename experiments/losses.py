"""Losses: what the pipeline has measured here, as one small table.

`dvc metrics show` has a line for each file, as wide as all its metrics together.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from nplm.errors import reported_on_one_line
from nplm.metrics import load_metrics

MODELS = {
    "network": "loss",
    "n-gram": "ngram",
    "mixture": "mixture",
    "mixture with endings": "mixture.with_endings.mixture",
}
"""Of each model, the file of its metrics, and the group there."""


def table(metrics: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of the table; metrics begin with the name of their file.

    Where symbols are words, the numbers are perplexities.

    >>> list(table({"loss.train": 2, "loss.dev": 3}))[1]
    'network                  2.0000   3.0000'
    >>> list(table({"loss.train": 5.0, "loss.perplexity.train": 148.41}))[1]
    'network                   148.4'
    """
    of_words = any(key.startswith("loss.perplexity.") for key in metrics)
    measure = "perplexity" if of_words else "nats per symbol"
    inner, digits = (".perplexity", 1) if of_words else ("", 4)
    keys = (key.split(".") for key in metrics)
    splits = [key[1] for key in keys if key[0] == "loss" and len(key) == 2]
    yield f"{measure:<22}" + "".join(f"{split:>9}" for split in splits)
    for name, group in MODELS.items():
        losses = [metrics.get(f"{group}{inner}.{split}") for split in splits]
        cells = ["" if loss is None else f"{loss:.{digits}f}" for loss in losses]
        if any(cells):
            yield f"{name:<22}{''.join(f'{cell:>9}' for cell in cells)}".rstrip()


def main() -> None:
    files = dict.fromkeys(group.partition(".")[0] for group in MODELS.values())
    metrics = {
        f"{file}.{key}": number
        for file in files
        for key, number in load_metrics(Path(f"metrics/{file}.json")).items()
    }
    print(*table(metrics), sep="\n")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
