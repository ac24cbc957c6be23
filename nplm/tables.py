"""Tables: CSV files with a row of names, as stages write them for others to read."""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nplm.errors import InputError


def write_table(
    names: Iterable[str],
    rows: Iterable[Iterable[object]],
    path: Path,
    form: str,
    *,
    more: bool = False,
) -> None:
    """Write rows to path, or more of them after those there; form is that of floats.

    None leaves a cell empty.
    """
    with path.open("a" if more else "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        if not more:
            lines.writerow(names)
        for row in rows:
            lines.writerow(format(c, form) if isinstance(c, float) else c for c in row)


def read_table(
    path: Path, names: Sequence[str], texts: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the rows of a table that has texts and, under at least names, numbers.

    An empty cell of another column is left out. Raises InputError for anything else,
    and where there is no row.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file)
        rows: list[dict[str, Any]] = [
            {
                key: cell if key in texts else float(cell)
                for key, cell in zip(head, line, strict=True)
                if cell or key in texts
            }
            for line in lines
        ]
    except (ValueError, csv.Error):
        rows = []
    columns = {*names, *texts}
    if rows and all(
        columns <= row.keys()
        and all(math.isfinite(row[key]) for key in row.keys() - {*texts})
        for row in rows
    ):
        return rows
    needed = ", ".join([*texts, *names])
    raise InputError(f"{path}: not a table with {needed}; make it again: dvc repro")
