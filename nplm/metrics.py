"""Metrics: a few numbers as JSON, rounded so that the file is stable."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

from nplm.errors import InputError


def save_metrics(metrics: Mapping[str, float], path: Path) -> None:
    """Write metrics to path, rounded to six digits after the point.

    A number below 1 keeps six significant ones: a learning rate of 1e-8 is not 0.
    Raises InputError for a number that JSON does not have.
    """
    for name, value in metrics.items():
        if not math.isfinite(value):
            raise InputError(
                f"{path}: {name} would be {value}, which is no number in JSON; "
                "lower lr if training diverged, or make again what it is measured on"
            )
    rounded = {
        name: float(f"{value:.6g}") if 0 < abs(value) < 1 else round(value, 6)
        for name, value in metrics.items()
    }
    path.write_text(f"{json.dumps(rounded, indent=2)}\n")
