"""Results: tables and metrics, as other stages have written them."""

import csv
import json
import math
from pathlib import Path

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
