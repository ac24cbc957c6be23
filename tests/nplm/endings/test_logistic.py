"""Logistic regression, by the conditions that hold where it is likeliest."""

import numpy as np
import pytest

from nplm.endings import logistic as module
from nplm.endings.logistic import fit_logistic


def test_each_weight_is_what_the_prior_pulls_it_to() -> None:
    """By hand: at the optimum the gradient of the likelihood is the weight, times 1.

    Two cases at 3 and two at 7, which are -1 and 1 in units of the deviation, so that
    the log odds are b - w and b + w. Of these, 1 and 2 are a yes.
    """
    features_CxF = np.array([[3.0], [3.0], [7.0], [7.0]])
    log_odds_C = fit_logistic(features_CxF, np.array([True, False, True, True]))
    low, high = log_odds_C[[0, 2]]
    b, w = (high + low) / 2, (high - low) / 2
    left_low, left_high = (
        yes - 2 / (1 + np.exp(-log_odds))
        for yes, log_odds in ((1, low), (2, high))
    )  # fmt: skip
    assert left_high + left_low == pytest.approx(b, abs=1e-6)
    assert left_high - left_low == pytest.approx(w, abs=1e-6)


def test_of_many_noes_every_nth_counts_n_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """99 alike are as 33 that count three times: the log odds are about 1 in 99.

    Without a yes they are minus infinity.
    """
    features_CxF, yes_C = np.zeros((100, 1)), np.arange(100) == 50
    expected = fit_logistic(features_CxF, yes_C)
    assert expected == pytest.approx(-np.log(99), abs=2)
    assert np.isneginf(fit_logistic(features_CxF, yes_C & False)).all()
    monkeypatch.setattr(module, "NOES", 40)
    assert fit_logistic(features_CxF, yes_C) == pytest.approx(expected, abs=1e-6)
