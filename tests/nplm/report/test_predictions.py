"""What a model expects at each symbol, against what stands there."""

import numpy as np
import pytest
import torch

from nplm.models.ensemble import Ensemble
from nplm.report.predictions import Calibration, predict
from tests.inputs import new_network, set_weights


def test_predictions_of_a_network_that_says_the_same_everywhere() -> None:
    """Logits of log 5, log 3 and log 2 are probabilities of 1/2, 3/10 and 1/5."""
    network = new_network(3, 1, 1, 1).double()
    set_weights(network, W2=0.0, b2=np.log([5.0, 3.0, 2.0]))
    ensemble = Ensemble([network], [".", "a", "b"], 1, 1.0)
    X_NxT, Y_N = torch.tensor([[0], [1], [0]]), torch.tensor([0, 1, 1])
    confusion_SxS, confidence_N, right_N = predict(ensemble, X_NxT, Y_N, [1, 2])
    assert confusion_SxS[0] == pytest.approx([0.3, 0.2], abs=1e-6)
    assert np.isnan(confusion_SxS[1]).all()
    assert confidence_N == pytest.approx([0.5] * 3, abs=1e-6)
    assert right_N.tolist() == [True, False, False]


def test_the_calibration_error_weighs_each_gap_by_its_symbols() -> None:
    """Gaps of 0.1 for three symbols and 0.5 for one: 0.8 / 4."""
    bins = np.array([0.4, 0.9]), np.array([0.5, 0.4]), np.array([3, 1])
    assert Calibration(*bins).error == pytest.approx(0.2)
