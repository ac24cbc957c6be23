"""The stage that looks at a network from inside."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from nplm.corpus.examples import load_examples
from nplm.models.model_file import save_members
from nplm.models.network import Network
from nplm.models.scoring import mean_loss
from nplm.parameters import read_parameters
from stages.activations import Parameters, look
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import new_network, save_small_split

ADAMW = {
    "training__optimizer": "adamw",
    "training__beta2": 0.95,
    "training__schedule": "cosine",
    "training__warmup": 0.2,
    "lr_decay": 1.0,
}


def run_stages(
    run_stage: Callable[..., object], members: list[Network], **values: Any
) -> dict[str, Any]:
    """Return the metrics of a model of these members, whose sizes are the values."""
    set_params(Path(), **({"hidden": 4, "steps": 5} | values))
    save_small_split(Path("train.pt"))
    save_members(members, [".", "a", "b"], Path("model.pt"))
    assert run_stage("activations", *ARGUMENTS["activations"]) is None
    assert Path("activations.png").read_bytes().startswith(b"\x89PNG")
    metrics: dict[str, Any] = json.loads(Path("activations.json").read_text())
    return metrics


def test_the_start_is_that_of_the_seed_and_the_trained_network_the_models(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """Of several members it is the first, the one that was drawn first."""
    set_params(folder, seed=7, ensemble__members=2)
    generator = torch.Generator().manual_seed(7)
    start = new_network(3, 3, 2, 4, generator=generator)
    members = [new_network(3, 3, 2, 4) for _ in range(2)]
    metrics = run_stages(run_stage, members)
    examples = load_examples(Path("train.pt"), "train")
    for name, network in (("start", start), ("trained", members[0])):
        loss = mean_loss(network, examples.X_NxT, examples.Y_N)
        assert metrics[name]["loss"] == pytest.approx(loss, abs=1e-6)
    assert metrics["log_vocabulary"] == pytest.approx(math.log(3), abs=1e-6)


def test_a_kaiming_start_has_nearly_the_loss_of_equal_chances(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """Logits near 0: a loss within 0.05 of the log of the number of symbols."""
    set_params(folder, network__init="kaiming")
    metrics = run_stages(run_stage, [new_network(3, 3, 2, 4)])
    assert metrics["start"]["loss"] == pytest.approx(math.log(3), abs=0.05)


@pytest.mark.parametrize(
    "values",
    [
        {"network__layers": 3, "network__direct": True, "network__init": "kaiming"},
        {"network__activation": "gelu", "network__layers": 2, **ADAMW},
        {"training__dropout": 0.5, "training__context_dropout": 0.5, "steps": 1},
        {"network__direct": True, "hidden": 0},
        {"network__tied": True, "training__embedding_dropout": 0.5},
        {"training__engine": "fused", "training__schedule": "inverse", "lr_decay": 1.0},
    ],
)
def test_every_kind_of_network_and_training_can_be_looked_at(
    folder: Path, run_stage: Callable[..., object], values: dict[str, Any]
) -> None:
    """With the metrics of two runs the same."""
    assert folder.exists()
    names = ("layers", "activation", "direct", "tied")
    kinds = {n: values[f"network__{n}"] for n in names if f"network__{n}" in values}
    members = [new_network(3, 3, 2, values.get("hidden", 4), **kinds)]
    metrics = run_stages(run_stage, members, **values)
    assert metrics == run_stages(run_stage, members, **values)
    assert 0 <= metrics["trained"]["saturated"] <= 1


def test_with_many_logits_the_loss_is_that_of_the_first_examples(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven logits suffice for two examples of three symbols."""
    monkeypatch.setattr("stages.activations.LOGITS", 7)
    save_small_split(Path("train.pt"))
    examples = load_examples(Path("train.pt"), "train")
    network = new_network(3, 3, 2, 4).double()
    loss = mean_loss(network, examples.X_NxT[:2], examples.Y_N[:2])
    parameters = read_parameters(Parameters, folder / "params.yaml")
    seen = look(network, examples, parameters, torch.ones(1), torch.Generator())
    assert seen.loss == loss


def test_a_model_of_other_sizes_is_refused_in_one_line(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """It names the file and what to do."""
    set_params(folder, hidden=5)
    save_small_split(Path("train.pt"))
    save_members([new_network(3, 3, 2, 4)], [".", "a", "b"], Path("model.pt"))
    message = str(run_stage("activations", *ARGUMENTS["activations"]))
    assert message.startswith("error: model.pt: its networks are not of the sizes in")
    assert "dvc repro train" in message
