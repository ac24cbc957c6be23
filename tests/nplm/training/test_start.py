"""A new network for a split, and the loop that trains it: its engine, its values."""

from typing import Any

import pytest
import torch
from ruamel.yaml import YAML
from torch.nn.functional import cross_entropy

from nplm.corpus.examples import Examples
from nplm.errors import InputError
from nplm.models.network import Network
from nplm.training.loop import Loop
from nplm.training.start import TrainingParameters, choose_engine, start_training
from tests.conftest import ROOT
from tests.inputs import examples, new_network

VOCABULARY = [".", *map(chr, range(97, 137))]
EXAMPLES = Examples("train", VOCABULARY, *examples(500))
CANNOT = [
    ("network.layers", 2),
    ("network.activation", "gelu"),
    ("network.direct", True),
    ("network.tied", True),
    ("training.optimizer", "adamw"),
    ("training.weight_decay", 0.1),
    ("training.dropout", 0.1),
    ("training.context_dropout", 1.0),
    ("training.embedding_dropout", 0.1),
    ("training.precision", "bfloat16"),
]
"""What only autograd can do."""


def parameters(**changes: Any) -> TrainingParameters:
    """Return those of params.yaml with changes; __ in a name leads into a group."""
    tree = YAML(typ="safe").load(ROOT / "params.yaml")
    if changes.get("training__optimizer") == "adamw":
        changes = {"training__beta2": 0.95, **changes}
    for name, value in changes.items():
        *groups, key = name.split("__")
        (tree[groups[0]] if groups else tree)[key] = value
    return TrainingParameters.model_validate(tree)


def started(**changes: Any) -> tuple[Network, Loop, torch.Generator]:
    """Return a network by the seed 1, its loop, and the generator."""
    generator = torch.Generator().manual_seed(1)
    return *start_training(parameters(**changes), EXAMPLES, generator), generator


def losses_of(steps: int, **changes: Any) -> tuple[Network, torch.Tensor]:
    """Return a network after some steps, and their losses."""
    network, loop, generator = started(**changes)
    lr_S = torch.full((steps,), 0.1)
    return network, loop(EXAMPLES.X_NxT, EXAMPLES.Y_N, lr_S, 32, generator)


def test_the_default_is_the_notebooks_network_by_the_fused_engine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """4,923 parameters, as the notebook prints, drawn first of all from the seed."""
    network, _, _ = started()
    assert capsys.readouterr().out == "4923 parameters, 500 examples, fused engine\n"
    expected = new_network(41, 3, 2, 100)  # by the seed 1
    assert all(map(torch.equal, network.parameters(), expected.parameters()))


@pytest.mark.parametrize(
    ("changes", "engine"),
    [
        ({}, "fused"),
        ({"network__init": "scaled"}, "fused"),
        ({"training__engine": "fused"}, "fused"),
        ({"training__engine": "autograd"}, "autograd"),
        *(({key.replace(".", "__"): value}, "autograd") for key, value in CANNOT),
    ],
)
def test_auto_takes_the_fused_engine_where_it_can_and_says_which(
    capsys: pytest.CaptureFixture[str], changes: dict[str, Any], engine: str
) -> None:
    """The line on the network ends with the engine."""
    started(hidden=4, **changes)
    assert capsys.readouterr().out.endswith(f" 500 examples, {engine} engine\n")


def test_auto_takes_autograd_for_a_large_vocabulary() -> None:
    """It is the faster one there; who asks for the fused one gets it."""
    assert choose_engine(parameters(), 4095) == "fused"
    assert choose_engine(parameters(), 4096) == "autograd"
    assert choose_engine(parameters(training__engine="fused"), 16_384) == "fused"


@pytest.mark.parametrize(("key", "value"), CANNOT)
def test_the_fused_engine_is_refused_where_it_cannot(key: str, value: Any) -> None:
    """The line names each key that it cannot do, its value and the remedy."""
    changes = {key.replace(".", "__"): value, "training__engine": "fused"}
    with pytest.raises(InputError) as error:
        choose_engine(parameters(**changes), 41)
    assert str(error.value) == (
        f"params.yaml: training.engine: fused cannot do {key}: {value}; take auto"
    )


def test_all_that_the_fused_engine_cannot_do_is_named_at_once() -> None:
    """So nobody has to try one after the other."""
    changes = {"network__layers": 3, "training__dropout": 0.5}
    with pytest.raises(InputError, match=r"layers: 3, training.dropout: 0.5; take aut"):
        choose_engine(parameters(training__engine="fused", **changes), 41)


def test_the_engines_take_the_same_steps() -> None:
    """From the same weights with the same batches, to float32 rounding."""
    fused, losses = losses_of(20, hidden=8)
    autograd, expected = losses_of(20, hidden=8, training__engine="autograd")
    assert torch.allclose(losses, expected, rtol=1e-4)
    for ours, theirs in zip(fused.parameters(), autograd.parameters(), strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("beta2", [0.95, 0.999])
def test_beta2_is_the_second_beta_of_adamw(beta2: float) -> None:
    """A loop written here around torch's AdamW, one call a step, has the same losses.

    The first step does not depend on it, so the third loss is the first that does.
    """
    _, losses = losses_of(
        5, hidden=8, training__optimizer="adamw", training__beta2=beta2
    )
    generator = torch.Generator().manual_seed(1)
    network = new_network(41, 3, 2, 8, generator=generator)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=0.1, betas=(0.9, beta2), weight_decay=0
    )
    expected = []
    for _ in range(5):
        batch = torch.randint(500, (32,), generator=generator)
        loss = cross_entropy(network(EXAMPLES.X_NxT[batch]), EXAMPLES.Y_N[batch].long())
        expected.append(loss.item())
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    assert losses.tolist() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("optimizer", "beta2", "message"),
    [
        ("sgd", 0.95, "beta2: 0.95 is read with training.optimizer: adamw alone"),
        ("adamw", 0.0, "beta2: 0.0 needs to be above 0 with adamw; 0.95 suits"),
    ],
)
def test_beta2_goes_with_adamw_alone(
    optimizer: str, beta2: float, message: str
) -> None:
    """With sgd nothing reads it; adamw cannot do without."""
    with pytest.raises(ValueError, match=message):
        parameters(training__optimizer=optimizer, training__beta2=beta2)


@pytest.mark.parametrize(
    "changes",
    [
        {"embedding_dim": 3},
        {"network__layers": 2},
        {"network__activation": "gelu"},
        {"network__direct": True},
        {"network__tied": True},
        {"network__init": "scaled"},
        {"training__optimizer": "adamw"},
        {"training__weight_decay": 0.5},
        {"training__dropout": 0.5},
        {"training__context_dropout": 0.9},
        {"training__embedding_dropout": 0.5},
    ],
)
def test_every_parameter_reaches_the_training(changes: dict[str, Any]) -> None:
    """Changed alone, it changes the losses of the first steps."""
    plain = {"hidden": 8, "training__engine": "autograd"}
    _, expected = losses_of(4, **plain)
    _, losses = losses_of(4, **plain, **changes)
    assert not torch.equal(losses, expected)


@pytest.mark.parametrize("init", ["normal", "scaled", "kaiming"])
def test_a_network_without_hidden_units_learns(init: str) -> None:
    """The paper's MLP3, by autograd: D is trained, and the loss falls."""
    changes = {"hidden": 0, "network__direct": True, "network__init": init}
    network, losses = losses_of(200, **changes)
    assert losses[-20:].mean() < losses[:20].mean()
    assert network.W1.numel() == network.W2.numel() == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "hidden: 0 needs to be 1 or more without network.direct: true"),
        ({"network__layers": 2}, "network.layers: 2 is read with hidden above 0 alone"),
        ({"network__activation": "gelu"}, "network.activation: gelu is read with hid"),
        ({"network__tied": True}, "network.tied: True is read with hidden above 0"),
        ({"training__dropout": 0.5}, "training.dropout: 0.5 is read with hidden above"),
    ],
)
def test_without_hidden_units_what_needs_them_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    """And so is a network of nothing but b2."""
    direct = bool(changes)
    with pytest.raises(ValueError, match=message):
        parameters(hidden=0, network__direct=direct, **changes)
