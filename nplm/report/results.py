"""Results: tables and metrics, as other stages have written them."""

import csv
import json
import math
from pathlib import Path
from typing import NamedTuple

from nplm.corpus.split import SPLITS
from nplm.errors import InputError
from nplm.report.comparison import flat


def read_columns(path: Path, columns: tuple[str, ...]) -> list[dict[str, float]]:
    """Return the rows of a CSV file that has numbers under at least these columns.

    Raises InputError for anything else, and where there is no row.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                {key: float(text) for key, text in row.items() if text}
                for row in csv.DictReader(file)
            ]
    except (ValueError, TypeError, csv.Error):
        rows = []
    if rows and all(
        math.isfinite(row.get(key, math.nan)) for row in rows for key in columns
    ):
        return rows
    raise InputError(
        f"{path}: not a table with {', '.join(columns)}; make it again: dvc repro"
    )


class Sample(NamedTuple):
    """A word drawn, and what the stage sample knows of it."""

    word: str
    log_probability: float
    """In nats per symbol."""
    split: str
    """Where the word stands: train, dev, test; or new."""
    nearest: str
    """Word of train."""
    edits: int
    """How many lead from one to the other."""


def read_samples(path: Path) -> list[Sample]:
    """Return the words of a table; raises InputError where it is none, or empty."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            samples = [
                Sample(
                    row["word"],
                    float(row["log_probability"]),
                    row["split"],
                    row["nearest"],
                    int(row["edits"]),
                )
                for row in csv.DictReader(file)
            ]
    except (ValueError, TypeError, KeyError, csv.Error):
        samples = []
    if samples and all(sample.split in (*SPLITS, "new") for sample in samples):
        return samples
    raise InputError(f"{path}: not a table of words drawn; make it again: dvc repro")


def read_metrics(path: Path, keys: tuple[str, ...]) -> dict[str, float]:
    """Return the numbers of a JSON file that has at least these keys.

    A dot stands between a group and a key in it. Raises InputError for anything else.
    """
    try:
        values = flat(json.loads(path.read_bytes()))
        metrics = {key: float(value) for key, value in values.items()}
    except (ValueError, TypeError, AttributeError):
        metrics = {}
    if all(math.isfinite(metrics.get(key, math.nan)) for key in keys):
        return metrics
    raise InputError(f"{path}: lacks {' or '.join(keys)}; make it again: dvc repro")
