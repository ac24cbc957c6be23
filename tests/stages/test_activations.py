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
from nplm.training.parameters import WholeTrainingParameters
from stages.activations import look
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import new_network, save_small_split


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


def test_start_is_drawn_from_the_seed_and_trained_is_the_first_member(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The start is that of the first member too."""
    set_params(folder, seed=7, ensemble__members=2)
    generator = torch.Generator().manual_seed(7)
    start = new_network(3, 3, 2, 4, generator=generator)
    members = [new_network(3, 3, 2, 4) for _ in range(2)]
    metrics = run_stages(run_stage, members)
    examples = load_examples(Path("train.pt"))
    for name, network in (("start", start), ("trained", members[0])):
        loss = mean_loss(network, examples.X_NxT, examples.Y_N)
        assert metrics[name]["loss"] == pytest.approx(loss, abs=1e-6)
    assert metrics["log_vocabulary"] == pytest.approx(math.log(3), abs=1e-6)


@pytest.mark.parametrize(
    ("kinds", "values"),
    [
        ({"layers": 3, "direct": True}, {"training__optimizer": "adamw"}),
        ({"activation": "gelu"}, {"training__dropout": 0.5, "steps": 1}),
        ({"direct": True}, {"hidden": 0}),
        ({"tied": True}, {"training__embedding_dropout": 0.5}),
    ],
)
@pytest.mark.usefixtures("folder")
def test_every_kind_of_network_and_training_can_be_looked_at(
    run_stage: Callable[..., object], kinds: dict[str, Any], values: dict[str, Any]
) -> None:
    """With the metrics and the pictures of two runs the same."""
    values |= {f"network__{key}": value for key, value in kinds.items()}
    members = [new_network(3, 3, 2, values.get("hidden", 4), **kinds)]
    metrics = run_stages(run_stage, members, **values)
    picture = Path("activations.png").read_bytes()
    assert metrics == run_stages(run_stage, members, **values)
    assert picture == Path("activations.png").read_bytes()
    assert 0 <= metrics["trained"]["saturated"] <= 1


def test_with_many_logits_the_loss_is_that_of_the_first_examples(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven logits suffice for two examples of three symbols."""
    monkeypatch.setattr("stages.activations.LOGITS", 7)
    save_small_split(Path("train.pt"))
    examples = load_examples(Path("train.pt"))
    network = new_network(3, 3, 2, 4).double()
    loss = mean_loss(network, examples.X_NxT[:2], examples.Y_N[:2])
    parameters = read_parameters(WholeTrainingParameters, folder / "params.yaml")
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
