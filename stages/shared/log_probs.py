"""Log-probabilities: what a model gives each example of train, dev and test."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from stages.shared.errors import InputError
from stages.shared.split import Split
from stages.shared.tensor_file import load_tensors, save_tensors

SPLITS = ("train", "dev", "test")


def save_log_probs(log_probs: Mapping[str, Tensor], path: Path) -> None:
    """Write the log-probabilities of each of SPLITS, float64 (N,) in nats, to path.

    Rounded to six digits after the point: the last ones depend on the processor.
    """
    save_tensors({name: log_probs[name].round(decimals=6) for name in SPLITS}, path)


def load_log_probs(path: Path, splits: Mapping[str, Split]) -> dict[str, Tensor]:
    """Return the log-probabilities at path, one for each example of the splits.

    Raises InputError if there are more or fewer.
    """
    log_probs = dict(zip(SPLITS, load_tensors(path, SPLITS), strict=True))
    for name, split in splits.items():
        if len(log_probs[name]) != len(split.Y_N):
            raise InputError(
                f"{path}: {len(log_probs[name])} examples of {name}, where the split "
                f"has {len(split.Y_N)}; make it again: dvc repro"
            )
    return log_probs
