"""How sure a network is of what it says."""

import torch

from stages.shared.calibration import calibrated
from stages.shared.model import forward, init_model


def test_the_logits_are_divided_and_nothing_else_changes() -> None:
    """In a network with all it can have; at 1 they are the same to the bit."""
    generator = torch.Generator().manual_seed(1)
    model = init_model(4, 3, 2, 5, generator, layers=3, activation="gelu", direct=True)
    X = torch.tensor([[0, 1, 2], [3, 3, 1]])
    logits = forward(model, X)
    members = calibrated([model, model], 2.0)
    assert len(members) == 2
    for member in members:
        assert torch.equal(member.C, model.C)
        torch.testing.assert_close(forward(member, X), logits / 2)
    (same,) = calibrated([model], 1.0)
    assert torch.equal(forward(same, X), logits)
