"""The file of a model: what it holds, and whatever else is refused."""

import math
import random
from pathlib import Path
from typing import Any

import pytest
import torch

from nplm.errors import InputError
from nplm.files import save_tensors
from nplm.models.ensemble import Ensemble
from nplm.models.model_file import load_members, save_members
from nplm.models.network import Network
from tests.inputs import (
    damaged,
    examples,
    new_network,
    symbols,
    with_changed_bytes,
)

SYMBOLS = symbols(41)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a model of four symbols, context 3, with two layers and D."""
    members = [new_network(4, 3, 2, 5, layers=2, direct=True) for _ in range(2)]
    save_members(members, SYMBOLS[:4], tmp_path / "model.pt")
    return tmp_path / "model.pt"


def refused(path: Path) -> str:
    """Return the message with which the model is refused."""
    with pytest.raises(InputError) as error:
        load_members(path)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_saved_model_comes_back(tmp_path: Path) -> None:
    """Weights to the bit, in float64, sizes, and vocabulary; it says the same."""
    path = tmp_path / "model.pt"
    kinds: dict[str, Any]
    for hidden, kinds in (
        (10, {"layers": 3, "activation": "gelu", "direct": True}),
        (0, {"direct": True}),
        (5, {"tied": True}),
    ):
        saved = [new_network(41, 3, 2, hidden, **kinds) for _ in range(2)]
        save_members(saved, SYMBOLS, path)
        members, vocabulary = load_members(path)
        assert vocabulary == SYMBOLS
        X, _ = examples(9)
        for ours, theirs in zip(members, saved, strict=True):
            assert ours.sizes == theirs.sizes
            assert torch.equal(ours(X), theirs.double()(X))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("weights.C", torch.zeros(4, 3)),
        ("weights.C", torch.zeros(4, 2, dtype=torch.float16)),
        ("weights.b2", torch.zeros(1).expand(4)),
        ("weights.C", [[0.0, 0.0]] * 4),
        ("weights.more", torch.zeros(4)),
        ("members", []),
        ("sizes.layers", 1),
        ("sizes.hidden", 10**30),
        ("sizes.activation", "relu"),
        ("vocabulary", SYMBOLS),
        ("vocabulary", torch.zeros(4)),
        ("weights.b1", torch.full((5,), math.inf)),
    ],
)
def test_a_model_that_cannot_be_one_is_refused(
    path: Path, key: str, value: Any
) -> None:
    """Weights, sizes and vocabulary have to fit each other, and to be finite."""
    content = torch.load(path, weights_only=True)
    del content["kind"]
    group, _, name = key.partition(".")
    groups = {"weights": content["members"][1], "sizes": content["sizes"]}
    tree = groups[group] if name else content
    tree[name or group] = value
    save_tensors("model", content, path)
    is_finite = not isinstance(value, torch.Tensor) or value.sum().isfinite()
    problem = (
        "do not fit its sizes or its vocabulary" if is_finite else "are not finite"
    )
    assert refused(path) == f"{path}: weights {problem}; make it again: dvc repro train"


def test_a_model_of_a_large_vocabulary_stays_in_float32(tmp_path: Path) -> None:
    """It takes half the memory and half the time of float64, from 4,096 symbols on."""
    for size, dtype in ((4095, torch.float64), (4096, torch.float32)):
        network = new_network(size, 2, 2, 2)
        save_members([network], symbols(size), tmp_path / "model.pt")
        (loaded,), _ = load_members(tmp_path / "model.pt")
        assert {weights.dtype for weights in loaded.parameters()} == {dtype}


def test_networks_without_room_are_refused(tmp_path: Path) -> None:
    """An embedding of no numbers has no picture, no symbol nothing to say."""
    for network in (
        *(Network(*sizes) for sizes in ((4, 3, 0, 5), (4, 3, 2, 0), (4, 0, 2, 5))),
        Network(4, 3, 2, 0, direct=True, layers=2),
    ):
        save_members([network], SYMBOLS[:4], tmp_path / "model.pt")
        assert "weights do not fit" in refused(tmp_path / "model.pt")


def test_a_damaged_model_is_refused_or_read(path: Path) -> None:
    """Whatever the damage, there is one line, or finite scores; no traceback."""
    whole, draw = path.read_bytes(), random.Random(1)
    X, Y = examples(9, vocabulary_size=4)
    messages = set()
    for number in range(200):
        damage = damaged if number % 4 == 0 else with_changed_bytes
        path.write_bytes(damage(whole, draw))
        try:
            ensemble = Ensemble(*load_members(path))
        except InputError as error:
            messages.add(str(error))
        else:
            assert ensemble.score_examples(X, Y).isfinite().all()
    assert not any("\n" in message for message in messages)
    assert messages
