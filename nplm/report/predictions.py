"""Predictions: what a model expects at each symbol, against what stands there.

Letters in names: N examples, B batch, V vocabulary, S symbols shown, P positions in a
word, K bins.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from nplm.arrays import Booleans, Floats
from nplm.corpus.ids import positions
from nplm.corpus.vocabulary import Ids
from nplm.corpus.windows import windows
from nplm.models.ensemble import Ensemble
from nplm.models.scoring import contexts_at_a_time

Counts = NDArray[np.int64]


class Predictions(NamedTuple):
    """What a model expects where each of a split's symbols stands."""

    confusion_SxS: Floats
    """Mean probability of each shown symbol (column) where one stands (row).

    The row of a symbol that stands nowhere is NaN.
    """
    confidence_N: Floats
    """Probability of the likeliest symbol."""
    right_N: Booleans
    """Whether it is the one that stands there."""


def predict(ensemble: Ensemble, ids_N: Ids, shown_S: list[int]) -> Predictions:
    """Return what the ensemble expects at each symbol of sequences.

    shown_S are the ids of the symbols of the confusion.
    """
    symbols = len(ensemble.vocabulary)
    size = contexts_at_a_time(symbols)
    X_NxT = torch.from_numpy(windows(ids_N, ensemble.context_size))
    Y_N = torch.tensor(ids_N).long()
    sum_VxS = torch.zeros(symbols, len(shown_S), dtype=torch.float64)
    confidence, right = [], []
    chunks = zip(torch.split(X_NxT, size), torch.split(Y_N, size), strict=True)
    for X_BxT, Y_B in chunks:
        p_BxV = ensemble.log_probabilities(X_BxT).exp()
        sum_VxS.index_add_(0, Y_B, p_BxV[:, shown_S])
        p_B, likeliest_B = p_BxV.max(dim=1)
        confidence.append(p_B)
        right.append(likeliest_B == Y_B)
    count_V = torch.bincount(Y_N, minlength=symbols)
    return Predictions(
        (sum_VxS / count_V[:, None])[shown_S].numpy(),
        torch.cat(confidence).numpy(),
        torch.cat(right).numpy(),
    )


class Calibration(NamedTuple):
    """How often a model is right, by how sure it is (Guo et al. 2017)."""

    confidence_K: Floats
    """Mean probability of the likeliest symbol, in each bin that has any."""
    accuracy_K: Floats
    """How often the likeliest symbol is right."""
    count_K: Counts

    @property
    def error(self) -> float:
        """Return the expected calibration error: the mean gap of the two."""
        gap_K = np.abs(self.accuracy_K - self.confidence_K)
        return float(gap_K @ self.count_K / self.count_K.sum())


def calibrate(confidence_N: Floats, right_N: Booleans, bins: int = 10) -> Calibration:
    """Return the calibration in bins of equal width.

    >>> calibrate(np.array([0.5, 0.9, 0.96]), np.array([True, False, True]), 2)
    Calibration(confidence_K=array([0.5 , 0.93]), accuracy_K=array([1. , 0.5]), \
count_K=array([1, 2]))
    """
    # Bins are closed above, as in the paper.
    bin_N = np.clip(np.ceil(confidence_N * bins).astype(int) - 1, 0, bins - 1)
    used_K, bin_N = np.unique(bin_N, return_inverse=True)
    count_K = np.bincount(bin_N)
    return Calibration(
        np.bincount(bin_N, confidence_N, len(used_K)) / count_K,
        np.bincount(bin_N, right_N, len(used_K)) / count_K,
        count_K,
    )


def surprise(ids_N: Ids, values_N: Floats) -> tuple[Floats, Floats, Counts]:
    """Return the mean loss at each position of a word, its standard error, its symbols.

    The mean of a single symbol has the standard error NaN.

    >>> surprise(np.array([1, 2, 0, 1, 0]), -np.array([1.0, 2, 3, 3, 5]))
    (array([2. , 3.5, 3. ]), array([1. , 1.5, nan]), array([2, 2, 1]))
    """
    position_N = positions(ids_N)
    count_P = np.bincount(position_N)
    loss_P: Floats = np.bincount(position_N, -values_N) / count_P
    square_P = np.bincount(position_N, (values_N + loss_P[position_N]) ** 2)
    with np.errstate(invalid="ignore"):
        error_P: Floats = np.sqrt(square_P / (count_P * (count_P - 1)))
    return loss_P, error_P, count_P
