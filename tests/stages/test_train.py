"""The stage train: from the train split to a model and its loss curve."""

import math
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from nplm.corpus.examples import load_examples, save_examples
from nplm.models.model_file import load_members
from nplm.parameters import read_parameters
from nplm.training.curve import write_points
from nplm.training.engine import start_training
from nplm.training.parameters import WholeTrainingParameters
from nplm.training.schedules import learning_rates
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import save_small_split


@pytest.fixture
def train(folder: Path, run_stage: Callable[..., object]) -> Callable[..., object]:
    """Return a function that runs the stage on three words, with parameters."""
    for split in ("train", "dev"):
        save_small_split(folder / f"{split}.pt")

    def run(**values: Any) -> object:
        set_params(folder, **values)
        return run_stage("train", *ARGUMENTS["train"])

    return run


def curve() -> list[tuple[int, float, float]]:
    """Return the rows of the loss curve."""
    header, *lines = Path("loss.csv").read_text().splitlines()
    assert header == "step,log10_loss,log10_dev_loss"
    rows = [line.split(",") for line in lines]
    return [(int(step), float(loss), float(dev)) for step, loss, dev in rows]


def test_dev_has_no_part_in_the_training(train: Callable[..., object]) -> None:
    """With another dev, the model has the same bytes and the curve other numbers."""
    assert train(steps=30, hidden=4) is None
    model, losses = Path("model.pt").read_bytes(), curve()
    examples = load_examples(Path("dev.pt"))
    other = examples._replace(X_NxT=examples.X_NxT[-2:], Y_N=examples.Y_N[-2:])
    save_examples(other, Path("dev.pt"))
    assert train() is None
    assert Path("model.pt").read_bytes() == model
    assert [row[:2] for row in curve()] == [row[:2] for row in losses]
    assert [row[2] for row in curve()] != [row[2] for row in losses]


def test_the_table_grows_by_a_row_a_piece_while_the_network_trains(
    train: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be watched; a training that starts anew starts a new table."""
    Path("loss.csv").write_text("of a training before\n")
    seen = [b""]

    def keep(points: Any, path: Path, *, more: bool = False) -> None:
        write_points(points, path, more=more)
        seen.append(path.read_bytes())

    monkeypatch.setattr("nplm.training.curve.write_points", keep)
    assert train(steps=25, hidden=4) is None
    assert [text.count(b"\n") for text in seen] == [0, *range(2, 27)]
    assert all(after.startswith(before) for before, after in pairwise(seen))


def test_training_learns_the_words(train: Callable[..., object]) -> None:
    """The loss comes to the least that there is for aa, ab and b, by hand.

    First symbols are a, a, b; after an a comes a or b; the rest follows: the entropy of
    (2/3, 1/3) three times and log 2 twice, in eight symbols.
    """
    assert train(steps=4000, hidden=8, lr=0.2) is None
    first = math.log(3) - 2 / 3 * math.log(2)
    least = (3 * first + 2 * math.log(2)) / 8
    losses = [10**loss for _, loss, _ in curve()[-50:]]
    assert sum(losses) / 50 == pytest.approx(least, rel=0.05)


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        (
            {"lr": 1e38, "steps": 1000},
            r"lr: 1e\+38 made the loss (nan|inf) at step \d+ "
            r"\(learning rate 1e\+38\); try a smaller one",
        ),
        (
            {"lr": 1e38, "lr_decay": 1, "steps": 1, "hidden": 1000},
            r"lr: 1e\+38 made weights that are not finite at step 1 .*one",
        ),
        (
            {"training__processes": 3},
            "batch_size: 32 needs to be a multiple of training.processes, 3",
        ),
        (
            {"training__processes": 2, "training__device": "mps"},
            "training.processes: 2 needs to be 1 with training.device: mps",
        ),
    ],
)
def test_a_training_that_comes_to_nothing_is_one_line(
    train: Callable[..., object], values: dict[str, Any], pattern: str
) -> None:
    """It names the key, its value, where it is so, and what to do.

    The only loss of one step is finite, yet 1e38 times a gradient of C above 3.4 is
    not.
    """
    message = str(train(**values))
    assert re.fullmatch(rf"error: params\.yaml: {pattern} \(`make .*", message), message
    assert not any(Path(name).exists() for name in ("model.pt", "loss.csv"))


def test_members_are_trained_one_after_the_other(
    train: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand from one generator: each has its own start; the curve is their mean."""
    assert train(steps=3, hidden=4, ensemble__members=2) is None
    lines = capsys.readouterr().out.splitlines()
    assert [line[:15] for line in lines[::4]] == ["member 1 of 2: ", "member 2 of 2: "]
    members, vocabulary = load_members(Path("model.pt"))
    assert vocabulary == [".", "a", "b"]
    parameters = read_parameters(WholeTrainingParameters, Path("params.yaml"))
    split = load_examples(Path("train.pt"))
    generator = torch.Generator().manual_seed(parameters.seed)
    losses = []
    for ours in members:
        network, descent = start_training(parameters, split, generator)
        losses.append(descent(learning_rates(parameters)))
        assert torch.equal(ours.C, network.C.double())
    mean = torch.stack(losses).log10().mean(dim=0).tolist()
    assert [row[1] for row in curve()] == pytest.approx(mean, abs=1e-5)
