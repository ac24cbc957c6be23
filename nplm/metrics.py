"""Metrics: a few numbers as JSON, rounded so that the file is stable."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from nplm.errors import InputError
from nplm.trees import flat

Metrics: TypeAlias = "Mapping[str, float | Metrics]"
"""Numbers by their names, or groups of them."""


def save_metrics(metrics: Metrics, path: Path) -> None:
    """Write metrics to path, rounded to six digits after the point.

    A number below 1 keeps six significant ones: a learning rate of 1e-8 is not 0.
    Raises InputError for a number that JSON does not have.
    """
    path.write_text(f"{json.dumps(_rounded(metrics, path), indent=2)}\n")


def _rounded(metrics: Metrics, path: Path) -> dict[str, Any]:
    rounded: dict[str, Any] = {}
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            rounded[name] = _rounded(value, path)
        elif math.isfinite(value):
            small = 0 < abs(value) < 1
            rounded[name] = float(f"{value:.6g}") if small else round(value, 6)
        else:
            raise InputError(
                f"{path}: {name} would be {value}, which is no number in JSON; "
                "lower lr if training diverged, or make again what it is measured on"
            )
    return rounded


class Measured(dict[str, float]):
    """The metrics in a file, a dot between a group and a name in it."""

    def __init__(self, metrics: Mapping[str, float], path: Path) -> None:
        """Take what is in the file at path."""
        super().__init__(metrics)
        self.path = path

    def __missing__(self, name: str) -> float:
        """Raise InputError for a name that the file lacks."""
        raise InputError(f"{self.path}: lacks {name}; make it again: dvc repro")


def load_metrics(path: Path) -> Measured:
    """Return what save_metrics wrote to path; raises InputError for anything else."""
    try:
        values = flat(json.loads(path.read_bytes()))
        metrics = {name: float(value) for name, value in values.items()}
    except (ValueError, TypeError, AttributeError):
        metrics = {"": math.nan}
    if all(map(math.isfinite, metrics.values())):
        return Measured(metrics, path)
    raise InputError(f"{path}: not metrics; make it again: dvc repro")
