"""What a model expects at each symbol, against what stands there."""

import math

import numpy as np
import pytest

from nplm.models.ensemble import Ensemble
from nplm.report.predictions import Calibration, predict
from tests.inputs import new_network, set_weights, steady


def test_predictions_of_a_network_that_says_the_same_everywhere() -> None:
    """Logits of log 5, log 3 and log 2 are probabilities of 1/2, 3/10 and 1/5."""
    ensemble = Ensemble([steady(np.log([5.0, 3.0, 2.0]).tolist())], [".", "a", "b"])
    ids_N = np.array([1, 1, 0], np.uint8)
    confusion_SxS, confidence_N, right_N = predict(ensemble, ids_N, [1, 2])
    assert confusion_SxS[0] == pytest.approx([0.3, 0.2], abs=1e-6)
    assert np.isnan(confusion_SxS[1]).all()
    assert confidence_N == pytest.approx([0.5] * 3, abs=1e-6)
    assert right_N.tolist() == [False, False, True]


def test_the_confusion_is_the_mean_over_the_places_where_a_symbol_stands() -> None:
    """By hand: after EOS a has 3/4, after a it has 1/4, and so it has 1/2 on average.

    Where EOS stands, after a, a has 1/4.
    """
    network = new_network(2, 1, 2, 1, direct=True)
    set_weights(network, C=[[1, 0], [0, 1]], W2=0, b2=0)
    set_weights(network, D=[[0, math.log(3)], [0, -math.log(3)]])
    ensemble = Ensemble([network], [".", "a"])
    confusion_SxS, *_ = predict(ensemble, np.array([1, 1, 0], np.uint8), [0, 1])
    expected = np.array([[0.75, 0.25], [0.5, 0.5]])
    assert confusion_SxS == pytest.approx(expected, abs=1e-6)


def test_the_calibration_error_weighs_each_gap_by_its_symbols() -> None:
    """Gaps of 0.1 for three symbols and 0.5 for one: 0.8 / 4."""
    bins = np.array([0.4, 0.9]), np.array([0.5, 0.4]), np.array([3, 1])
    assert Calibration(*bins).error == pytest.approx(0.2)
