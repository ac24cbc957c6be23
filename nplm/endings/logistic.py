"""Logistic regression: the log odds of yes, by numbers that speak for and against it.

Letters in names: C cases, F features, N cases that it is fitted on, G features and a 1.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

PRIOR = 1.0
"""Strength of the pull of the weights towards 0."""
NOES = 1 << 18
"""Cases of no that it is fitted on, at most; of more every nth, counted n times."""
CONVERGED = 1e-9
"""Change of the weights below which they have been found."""


def fit_logistic(
    features_CxF: NDArray[np.floating[Any]], yes_C: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the log odds of each case, fitted to all of them by Newton's method.

    Where no case is a yes they are -inf.

    >>> features_CxF = np.array([[0.0], [0.0], [1.0], [1.0], [1.0], [1.0]] * 100)
    >>> yes_C = np.array([True, False, True, True, True, False] * 100)
    >>> fit_logistic(features_CxF, yes_C)[[0, -1]].round(1).tolist()
    [0.0, 1.1]
    """
    if not yes_C.any():
        return np.full(len(yes_C), -np.inf)
    noes = np.flatnonzero(~yes_C)
    nth = len(noes) // NOES + 1
    cases = np.append(np.flatnonzero(yes_C), noes[::nth])
    x_NxF = features_CxF[cases].astype(np.float64)
    middle_F, spread_F = x_NxF.mean(axis=0), x_NxF.std(axis=0) + CONVERGED
    x_NxG = np.column_stack([(x_NxF - middle_F) / spread_F, np.ones(len(x_NxF))])
    y_N = yes_C[cases].astype(np.float64)
    weights_G = _newton(x_NxG, y_N, np.where(y_N == 1, 1, nth))
    # Rounded, since the last digits depend on the processor.
    slope_F = (weights_G[:-1] / spread_F).round(8)
    log_odds_C = np.full(
        len(features_CxF), (weights_G[-1] - middle_F @ slope_F).round(8)
    )
    for feature_C, slope in zip(features_CxF.T, slope_F, strict=True):
        log_odds_C += slope * feature_C
    return log_odds_C


def _newton(
    x_NxG: NDArray[np.float64], y_N: NDArray[np.float64], count_N: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return weights_G that make y_N, each of which counts count_N times, likeliest."""
    weights_G = np.zeros(x_NxG.shape[1])
    largest = 1.0
    while largest > CONVERGED:
        p_N = 1 / (1 + np.exp(-(x_NxG @ weights_G)))
        gradient_G = x_NxG.T @ (count_N * (y_N - p_N)) - PRIOR * weights_G
        curved_NxG = x_NxG * (count_N * p_N * (1 - p_N))[:, None]
        hessian_GxG = x_NxG.T @ curved_NxG + PRIOR * np.eye(len(weights_G))
        step_G = np.linalg.solve(hessian_GxG, gradient_G)
        largest = float(np.abs(step_G).max())
        weights_G += step_G / max(1.0, largest)
    return weights_G
