"""Log-probabilities: what a model gives each example of train, dev and test."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from stages.shared.tensor_file import load_tensors, save_tensors

SPLITS = ("train", "dev", "test")


def save_log_probs(log_probs: Mapping[str, Tensor], path: Path) -> None:
    """Write the log-probabilities of each of SPLITS, float64 (N,) in nats, to path.

    Rounded to six digits after the point: the last ones depend on the processor.
    """
    save_tensors({name: log_probs[name].round(decimals=6) for name in SPLITS}, path)


def load_log_probs(path: Path) -> dict[str, Tensor]:
    """Return the log-probabilities that save_log_probs wrote to path."""
    return dict(zip(SPLITS, load_tensors(path, SPLITS), strict=True))
