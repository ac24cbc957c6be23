"""The loss of one network, small and large."""

from copy import deepcopy

import pytest
import torch
from torch.nn.functional import cross_entropy

from nplm.models.scoring import contexts_at_a_time, mean_loss
from tests.inputs import examples, new_network


@pytest.mark.parametrize("vocabulary_size", [41, 4095, 4096])
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


def test_a_large_vocabulary_takes_little_memory() -> None:
    """Logits of 12,000 symbols in float64 are 10 MB at most; there is always one."""
    assert 5e6 < contexts_at_a_time(12_000) * 12_000 * 8 < 10e6
    assert contexts_at_a_time(10**7) == 1
