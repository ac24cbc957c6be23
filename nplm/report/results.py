"""Results: tables and metrics, as other stages have written them."""

import csv
import json
import math
from pathlib import Path
from typing import NamedTuple

from nplm.errors import InputError
from nplm.report.comparison import flat

KINDS = ("gradient", "update")


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


class Size(NamedTuple):
    """The size of a gradient or an update beside that of its weights."""

    weights: str
    when: str
    kind: str
    """gradient or update."""
    ratio: float


def read_sizes(path: Path, times: tuple[str, ...]) -> list[Size]:
    """Return the sizes in a CSV file that has a gradient and an update of each time.

    Empty cells are left out. Raises InputError for anything else, and where all are
    empty.
    """
    columns = {f"{when}_{kind}": (when, kind) for when in times for kind in KINDS}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            sizes = [
                Size(row["weights"], when, kind, float(row[column]))
                for row in csv.DictReader(file)
                for column, (when, kind) in columns.items()
                if row[column] != ""
            ]
    except (ValueError, TypeError, KeyError, csv.Error):
        sizes = []
    if sizes and all(size.weights and 0 < size.ratio < math.inf for size in sizes):
        return sizes
    raise InputError(
        f"{path}: not a table of sizes by weights; make it again: dvc repro"
    )


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
