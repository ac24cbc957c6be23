"""The schedule, the curve and the end of a training that diverges."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from stages.train import loss_curve, step_schedule
from tests.conftest import save_small_split, set_params


def run_train(run_stage: Callable[..., object]) -> object:
    """Run the stage in the current folder."""
    save_small_split(Path("train.pt"))
    files = ("--train", "train.pt", "--model", "model.pt")
    return run_stage("train", *files, "--curve", "loss.csv", "--plot", "loss.png")


def test_the_learning_rate_falls_by_its_decay_at_half_the_steps() -> None:
    """The notebook: 0.16 for 100,000 steps, then 0.016."""
    lr_S = step_schedule(steps=200_000, lr=0.16, lr_decay=0.1)
    rates = [round(lr, 6) for lr in lr_S.tolist()]
    assert rates == [0.16] * 100_000 + [0.016] * 100_000


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
