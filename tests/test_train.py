"""The schedule, the curve and the end of a training that diverges."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from stages.shared.model import load_members
from stages.shared.parameters import load_parameters
from stages.train import Parameters, learning_rates, loss_curve
from tests.conftest import save_small_split, set_params


def run_train(run_stage: Callable[..., object]) -> object:
    """Run the stage in the current folder."""
    save_small_split(Path("train.pt"))
    files = ("--train", "train.pt", "--model", "model.pt")
    return run_stage("train", *files, "--curve", "loss.csv", "--plot", "loss.png")


def rates(folder: Path, **values: Any) -> list[float]:
    """Return the learning rates of the default parameters with other values."""
    set_params(folder, **values)
    return [round(lr, 6) for lr in learning_rates(load_parameters(Parameters)).tolist()]


def test_the_learning_rate_falls_by_its_decay_at_half_the_steps(folder: Path) -> None:
    """The notebook: 0.16 for 100,000 steps, then 0.016."""
    assert rates(folder) == [0.16] * 100_000 + [0.016] * 100_000


def test_the_inverse_schedule_is_the_papers(folder: Path) -> None:
    """Section 3.1: e_t = e_0 / (1 + r t); with e_0 = 1 and r = 1, 1/(1 + t)."""
    expected = [1.0, 0.5, 0.333333, 0.25]
    assert rates(folder, schedule="inverse", lr=1, lr_decay=1, steps=4) == expected


def test_the_cosine_schedule_rises_by_equal_steps_and_falls_to_0(folder: Path) -> None:
    """By hand: a third, two thirds, then (1 + cos(pi t / 4)) / 2."""
    change = {"schedule": "cosine", "lr": 1, "steps": 6, "warmup": 1 / 3}
    expected = [0.333333, 0.666667, 1.0, 0.853553, 0.5, 0.146447]
    assert rates(folder, **change) == expected


@pytest.mark.parametrize("warmup", [0, 1])
def test_a_cosine_schedule_has_all_its_steps(folder: Path, warmup: int) -> None:
    """With nothing but the fall, and with nothing but the rise."""
    assert len(rates(folder, schedule="cosine", steps=7, warmup=warmup)) == 7


def test_the_curve_is_the_mean_of_log10_losses() -> None:
    """Losses of 10 and 1000 have a mean log10 of 2."""
    assert loss_curve([torch.tensor([10.0, 1000.0])]) == [(2, 2.0)]


def test_a_loss_of_exactly_0_counts_as_the_smallest_normal_number() -> None:
    """In float32 that is 2**-126, whose log10 is -37.93; log10(0) is -inf."""
    ((_, log10_loss),) = loss_curve([torch.tensor([0.0])])
    assert log10_loss == pytest.approx(-126 * math.log10(2))


@pytest.mark.parametrize(("steps", "rows"), [(1, 1), (7, 7), (200, 200), (450, 200)])
def test_the_curve_has_a_row_for_each_of_up_to_200_pieces(
    folder: Path, run_stage: Callable[..., object], steps: int, rows: int
) -> None:
    """The last row is the last step; a short training has a row a step."""
    set_params(folder, steps=steps, hidden=4)
    assert run_train(run_stage) is None
    header, *lines = Path("loss.csv").read_text().splitlines()
    assert header == "step,log10_loss"
    assert len(lines) == rows
    assert lines[-1].split(",")[0] == str(steps)
    assert all(math.isfinite(float(line.split(",")[1])) for line in lines)


def test_the_same_parameters_give_the_same_bytes(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """Model, curve and picture of two runs are the same files."""
    set_params(folder, steps=50, hidden=4)
    files = [Path("model.pt"), Path("loss.csv"), Path("loss.png")]
    assert run_train(run_stage) is None
    first = [file.read_bytes() for file in files]
    assert run_train(run_stage) is None
    assert [file.read_bytes() for file in files] == first


def test_a_training_that_diverges_says_where_and_writes_nothing(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The line names the key, its value, the step, and what to do."""
    set_params(folder, lr=1e38, steps=1000)
    message = str(run_train(run_stage))
    assert message.startswith("error: params.yaml: lr: 1e+38 made the loss ")
    assert "at step " in message
    assert "try a smaller one" in message
    assert not Path("model.pt").exists()


def test_weights_that_the_last_step_makes_infinite_are_refused(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The only loss is finite, yet 1e38 times a gradient of C above 3.4 is not."""
    set_params(folder, lr=1e38, lr_decay=1, steps=1, hidden=1000)
    message = str(run_train(run_stage))
    assert message.startswith("error: params.yaml: lr: 1e+38 made weights that are not")
    assert "at step 1 " in message
    assert "try a smaller one" in message
    assert not Path("model.pt").exists()


def test_members_are_trained_one_after_the_other(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The first is the network of members: 1, the others start from other weights."""
    set_params(folder, steps=50, hidden=4)
    assert run_train(run_stage) is None
    (alone,), _ = load_members(Path("model.pt"))
    set_params(folder, members=3)
    assert run_train(run_stage) is None
    members, _ = load_members(Path("model.pt"))
    assert len(members) == 3
    for name, weights in alone.weights.items():
        assert torch.equal(members[0].weights[name], weights)
    assert not torch.equal(members[1].C, members[2].C)


def test_the_curve_of_members_is_their_mean() -> None:
    """Two members, two steps: log10 of 1, 10, 100 and 1000 have the mean 1.5."""
    assert loss_curve([torch.tensor([[1.0, 10.0], [100.0, 1000.0]])]) == [(2, 1.5)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "fused engine"),
        ({"engine": "autograd"}, "autograd engine"),
        ({"init": "scaled", "schedule": "cosine"}, "fused engine"),
        ({"layers": 2}, "the fused engine cannot do this: layers"),
        ({"activation": "gelu"}, "the fused engine cannot do this: activation"),
        ({"direct": True}, "the fused engine cannot do this: direct"),
        ({"optimizer": "adamw"}, "the fused engine cannot do this: optimizer"),
        ({"weight_decay": 0.1}, "the fused engine cannot do this: weight_decay"),
        ({"dropout": 0.1}, "the fused engine cannot do this: dropout"),
        ({"context_dropout": 1.0}, "the fused engine cannot do this: context_dropout"),
    ],
)
def test_the_engine_is_the_one_that_can_and_the_stage_says_which(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    says: str,
) -> None:
    """Where the fused engine cannot do what params.yaml asks for, it is autograd."""
    set_params(folder, steps=2, hidden=4, **change)
    assert run_train(run_stage) is None
    output = capsys.readouterr().out
    assert says in output
    assert ("autograd engine" in output) == (says != "fused engine")
