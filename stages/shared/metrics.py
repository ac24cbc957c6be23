"""Metrics: a few numbers as JSON, rounded so that the file is stable."""

import json
from collections.abc import Mapping
from pathlib import Path


def save_metrics(metrics: Mapping[str, float], path: Path) -> None:
    """Write metrics to path, floats rounded to six digits after the point."""
    rounded = {name: round(value, 6) for name, value in metrics.items()}
    path.write_text(f"{json.dumps(rounded, indent=2)}\n")
