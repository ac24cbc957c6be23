"""Leaderboard: the table that the ladder has made of the networks on a corpus."""

from pathlib import Path
from typing import NamedTuple

COLUMNS = ("weights", "seeds", "dev", "test", "mixture_dev", "mixture_test")


class Loss(NamedTuple):
    """A mean over seeds; a single measurement has no deviation."""

    mean: float
    deviation: float | None


class Rung(NamedTuple):
    """A row of the table; what it does not say is not there."""

    name: str
    counts: dict[str, int]
    """Weights and seeds."""
    losses: dict[str, Loss]


def read_leaderboard(path: Path, corpus: str) -> list[Rung]:
    """Return the rows of the table of corpus in docs/leaderboard.md; none, if none.

    Cells that are no numbers count as empty: people edit the file too.
    """
    rungs: list[Rung] = []
    inside = False
    for line in path.read_text("utf-8", errors="replace").splitlines():
        if line.startswith("## "):
            inside = line == f"## {corpus}"
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not inside or not line.startswith("|") or not _numbers(cells):
            continue
        counts: dict[str, int] = {}
        losses: dict[str, Loss] = {}
        for column, cell in zip(COLUMNS, cells, strict=False):
            numbers = _numbers([cell])
            if numbers and column in COLUMNS[:2]:
                counts[column] = int(numbers[0])
            elif numbers:
                losses[column] = Loss(numbers[0], numbers[1] if numbers[1:] else None)
        rungs.append(Rung(name.strip("*"), counts, losses))
    return rungs


def _numbers(cells: list[str]) -> list[float]:
    """Return the numbers in cells, such as `1.93 ± 0.01`.

    >>> _numbers(["4,923", "1.93 ± 0.01", "---"])
    [4923.0, 1.93, 0.01]
    """
    parts = " ".join(cells).replace(",", "").split()
    return [float(part) for part in parts if part.replace(".", "", 1).isdigit()]
