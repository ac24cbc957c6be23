"""A new network for a split, and the loop that trains it: its engine, its values."""

from typing import Any

import pytest
import torch

from nplm.corpus.examples import Examples
from nplm.errors import InputError
from nplm.models.network import Network
from nplm.models.noise import Part
from nplm.training.engine import choose_engine, start_training
from nplm.training.parameters import TrainingParameters
from tests.inputs import examples, new_network, parameters, symbols

EXAMPLES = Examples(symbols(41), *examples(500))
CANNOT = {
    "network__layers": 2,
    "network__activation": "gelu",
    "network__direct": True,
    "network__tied": True,
    "training__optimizer": "adamw",
    "training__weight_decay": 0.5,
    "training__dropout": 0.5,
    "training__context_dropout": 0.9,
    "training__embedding_dropout": 0.5,
    "training__precision": "bfloat16",
    "training__device": "cuda",
}
"""What only autograd can do."""


def losses_of(steps: int, **changes: Any) -> tuple[Network, torch.Tensor]:
    """Return a network by the seed 1 after some steps, and their losses."""
    generator = torch.Generator().manual_seed(1)
    values = parameters(TrainingParameters, **changes)
    network, descent = start_training(values, EXAMPLES, generator)
    return network, descent(torch.full((steps,), 0.1))


def test_the_default_is_the_notebooks_network_by_the_fused_engine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """4,923 parameters, as the notebook prints, drawn first of all from the seed."""
    network, _ = start_training(
        parameters(TrainingParameters), EXAMPLES, torch.Generator().manual_seed(1)
    )
    assert capsys.readouterr().out == "4923 parameters, 500 examples, fused engine\n"
    expected = new_network(41, 3, 2, 100)  # by the seed 1
    assert all(map(torch.equal, network.parameters(), expected.parameters()))


@pytest.mark.parametrize(
    ("changes", "vocabulary_size", "engine"),
    [
        ({}, 4095, "fused"),
        ({}, 4096, "autograd"),
        ({"network__layers": 2}, 41, "autograd"),
        ({"training__engine": "autograd"}, 41, "autograd"),
        ({"training__engine": "fused"}, 16_384, "fused"),
    ],
)
def test_auto_takes_the_fused_engine_where_it_can_and_is_faster(
    changes: dict[str, Any], vocabulary_size: int, engine: str
) -> None:
    """Autograd is the faster one for a large vocabulary."""
    values = parameters(TrainingParameters, **changes)
    assert choose_engine(values, vocabulary_size) == engine


def test_all_that_the_fused_engine_cannot_do_is_named_at_once() -> None:
    """So nobody has to try one after the other; with each value and the remedy."""
    values = parameters(TrainingParameters, training__engine="fused", **CANNOT)
    with pytest.raises(InputError) as error:
        choose_engine(values, 41, Part(1, 2))
    keys = [f"{key.replace('__', '.')}: {value}" for key, value in CANNOT.items()]
    assert str(error.value) == (
        "params.yaml: training.engine: fused cannot do "
        f"{', '.join(keys)}, training.processes: 2; take auto"
    )


def test_the_engines_take_the_same_steps() -> None:
    """From the same weights with the same batches, to float32 rounding."""
    fused, losses = losses_of(20, hidden=8)
    autograd, expected = losses_of(20, hidden=8, training__engine="autograd")
    assert torch.allclose(losses, expected, rtol=1e-4)
    for ours, theirs in zip(fused.parameters(), autograd.parameters(), strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        *({key: value} for key, value in list(CANNOT.items())[:-2]),
        {"embedding_dim": 3},
        {"network__init": "scaled"},
        {"training__optimizer": "adamw", "training__beta2": 0.5},
    ],
)
def test_every_parameter_reaches_the_training(changes: dict[str, Any]) -> None:
    """The last one changes the losses of the first steps, next to those before it."""
    plain = {"hidden": 8, "training__engine": "autograd"}
    *before, _ = changes.items()
    _, expected = losses_of(4, **plain, **dict(before))
    _, losses = losses_of(4, **plain, **changes)
    assert not torch.equal(losses, expected)


def test_a_network_without_hidden_units_learns() -> None:
    """The paper's MLP3, by autograd: D is trained, and the loss falls."""
    _, losses = losses_of(200, hidden=0, network__direct=True)
    assert losses[-20:].mean() < losses[:20].mean()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "hidden: 0 needs to be 1 or more without network.direct: true"),
        ({"network__layers": 2}, "network.layers: 2 is read with hidden above 0 alone"),
        ({"training__dropout": 0.5}, "training.dropout: 0.5 is read with hidden above"),
    ],
)
def test_without_hidden_units_what_needs_them_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    """And so is a network of nothing but b2."""
    direct = bool(changes)
    with pytest.raises(ValueError, match=message):
        parameters(TrainingParameters, hidden=0, network__direct=direct, **changes)
