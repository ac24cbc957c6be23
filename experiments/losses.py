"""Losses: what the pipeline has measured here, as one small table.

`dvc metrics show` has a line for each file, as wide as all its metrics together.
"""

from collections.abc import Iterator, Mapping
from itertools import product
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
FITTED = "mixtures: weights fitted on dev, unless mixture.weight is set"
"""What stands below the losses of a mixture."""
WORDS = {"": ".perplexity", ", known words": ".perplexity_without_unk"}
"""What stands behind a model's name, and the group inside that of its losses."""


def table(metrics: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of the table; metrics begin with the name of their file.

    Where symbols are words, the numbers are perplexities: of all symbols, then without
    ends of lines and `<unk>`.

    >>> list(table({"loss.train": 2, "loss.dev": 3}))[1]
    'network                  2.0000   3.0000'
    >>> kinds = {"perplexity.dev": 148.41, "perplexity_without_unk.dev": 165.2}
    >>> measured = {"loss.dev": 5.0, **{f"loss.{key}": x for key, x in kinds.items()}}
    >>> list(table(measured))[1:]
    ['network                   148.4', 'network, known words      165.2']
    """
    of_words = any(key.startswith("loss.perplexity.") for key in metrics)
    measure = "perplexity" if of_words else "nats per symbol"
    inners, digits = (WORDS, 1) if of_words else ({"": ""}, 4)
    keys = (key.split(".") for key in metrics)
    splits = [key[1] for key in keys if key[0] == "loss" and len(key) == 2]
    yield f"{measure:<22}" + "".join(f"{split:>9}" for split in splits)
    for (kind, inner), (model, group) in product(inners.items(), MODELS.items()):
        losses = [metrics.get(f"{group}{inner}.{split}") for split in splits]
        cells = ["" if loss is None else f"{loss:.{digits}f}" for loss in losses]
        if any(cells):
            numbers = "".join(f"{cell:>9}" for cell in cells)
            yield f"{model + kind:<22}{numbers}".rstrip()
    if any(key.startswith("mixture.") for key in metrics):
        yield FITTED


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
