"""The loss of one network, small and large."""

from copy import deepcopy

import pytest
import torch
from torch.nn.functional import cross_entropy

from nplm.models.scoring import mean_loss
from tests.inputs import examples, new_network


@pytest.mark.parametrize("vocabulary_size", [41, 4095, 4096, 5000])
def test_the_mean_loss_is_torchs_cross_entropy_in_float64(vocabulary_size: int) -> None:
    """To 1e-12; with a large vocabulary, in float32, to 1e-6, the digits that are kept.

    The network is left as it is.
    """
    X, Y = examples(2000, vocabulary_size=vocabulary_size)
    network = new_network(vocabulary_size, 3, 4, 10, direct=True)
    before = deepcopy(network)
    with torch.no_grad():
        expected = cross_entropy(deepcopy(network).double()(X), Y.long()).item()
    tolerance = 1e-12 if vocabulary_size < 4096 else 1e-6
    assert mean_loss(network, X, Y) == pytest.approx(expected, abs=tolerance)
    for name, weights in before.named_parameters():
        assert torch.equal(network.get_parameter(name), weights), name
        assert network.get_parameter(name).dtype == torch.float32
