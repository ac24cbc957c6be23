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
from nplm.models.scoring import mean_loss
from nplm.parameters import read_parameters
from nplm.plots.loss import write_points
from nplm.training.start import ScheduledParameters, start_training
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import save_small_split

OUTPUTS = ("model.pt", "loss.csv", "loss.png")


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


@pytest.mark.parametrize(("steps", "rows"), [(1, 1), (7, 7), (200, 200), (450, 200)])
def test_the_curve_has_a_row_for_each_of_up_to_200_pieces(
    train: Callable[..., object], steps: int, rows: int
) -> None:
    """The last row is the last step; a short training has a row a step."""
    assert train(steps=steps, hidden=4) is None
    assert len(curve()) == rows
    assert curve()[-1][0] == steps
    assert all(map(math.isfinite, sum(curve(), ())))


def test_devs_loss_is_that_of_the_network_at_that_step(
    train: Callable[..., object],
) -> None:
    """Looked at after the first piece, each tenth, and the last.

    A training of 11 steps is the beginning of one of 25 with the same rate.
    """
    assert train(steps=25, hidden=4, lr_decay=1) is None
    rows = curve()
    changes = [
        row[0]
        for before, row in pairwise([(0, 0.0, 0.0), *rows])
        if row[2] != before[2]
    ]
    assert changes == [1, 11, 21, 25]
    dev = load_examples(Path("dev.pt"), "dev")
    for steps in (11, 25):
        assert train(steps=steps) is None
        (network,), _ = load_members(Path("model.pt"))
        loss = mean_loss(network, dev.X_NxT, dev.Y_N)
        assert rows[steps - 1][2] == pytest.approx(math.log10(loss), abs=1e-6)


def test_dev_has_no_part_in_the_training(train: Callable[..., object]) -> None:
    """With another dev, the model has the same bytes and the curve other numbers."""
    assert train(steps=30, hidden=4) is None
    model, losses = Path("model.pt").read_bytes(), curve()
    examples = load_examples(Path("dev.pt"), "dev")
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

    monkeypatch.setattr("nplm.plots.loss.write_points", keep)
    assert train(steps=25, hidden=4) is None
    assert [text.count(b"\n") for text in seen] == [0, *range(2, 27)]
    assert all(after.startswith(before) for before, after in pairwise(seen))


def test_the_curve_of_several_members_is_their_mean(
    train: Callable[..., object],
) -> None:
    """Against both members' losses of each step, trained here one after the other."""
    assert train(steps=3, hidden=4, ensemble__members=2) is None
    parameters = read_parameters(ScheduledParameters, Path("params.yaml"))
    split = load_examples(Path("train.pt"), "train")
    generator = torch.Generator().manual_seed(parameters.seed)
    losses = []
    for _ in range(2):
        _, loop = start_training(parameters, split, generator)
        lr_S = parameters.learning_rates()
        losses.append(loop(split.X_NxT, split.Y_N, lr_S, 32, generator))
    mean = torch.stack(losses).log10().mean(dim=0).tolist()
    assert [row[1] for row in curve()] == pytest.approx(mean, abs=1e-5)


@pytest.mark.parametrize("engine", ["fused", "autograd"])
def test_training_learns_the_words(train: Callable[..., object], engine: str) -> None:
    """The loss comes to the least that there is for aa, ab and b, by hand.

    First symbols are a, a, b; after an a comes a or b; the rest follows: the entropy of
    (2/3, 1/3) three times and log 2 twice, in eight symbols.
    """
    assert train(steps=4000, hidden=8, lr=0.2, training__engine=engine) is None
    first = math.log(3) - 2 / 3 * math.log(2)
    least = (3 * first + 2 * math.log(2)) / 8
    losses = [10**loss for _, loss, _ in curve()[-50:]]
    assert sum(losses) / 50 == pytest.approx(least, rel=0.05)


def test_the_same_parameters_give_the_same_bytes(train: Callable[..., object]) -> None:
    """Model, curve and picture of two runs are the same files."""
    assert train(steps=50, hidden=4) is None
    first = [Path(name).read_bytes() for name in OUTPUTS]
    assert train() is None
    assert [Path(name).read_bytes() for name in OUTPUTS] == first


def test_a_training_that_diverges_says_where_and_writes_nothing(
    train: Callable[..., object],
) -> None:
    """The line names the key, its value, the step, the rate, and what to do."""
    message = str(train(lr=1e38, steps=1000))
    pattern = (
        r"error: params\.yaml: lr: 1e\+38 made the loss (nan|inf) at step \d+ "
        r"\(learning rate 1e\+38\); try a smaller one"
    )
    assert re.fullmatch(pattern, message), message
    assert not any(Path(name).exists() for name in OUTPUTS)


def test_weights_that_the_last_step_makes_infinite_are_refused(
    train: Callable[..., object],
) -> None:
    """The only loss is finite, yet 1e38 times a gradient of C above 3.4 is not."""
    message = str(train(lr=1e38, lr_decay=1, steps=1, hidden=1000))
    assert message.startswith("error: params.yaml: lr: 1e+38 made weights that are not")
    assert "at step 1 " in message
    assert message.endswith("; try a smaller one")
    assert not any(Path(name).exists() for name in OUTPUTS)


def test_members_are_trained_one_after_the_other(
    train: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    """The first is the network of members: 1, the others start from other weights."""
    assert train(steps=50, hidden=4) is None
    (alone,), _ = load_members(Path("model.pt"))
    assert "member" not in capsys.readouterr().out
    assert train(ensemble__members=3) is None
    members, vocabulary = load_members(Path("model.pt"))
    assert vocabulary == [".", "a", "b"]
    assert len(members) == 3
    for ours, theirs in zip(members[0].parameters(), alone.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert not torch.equal(members[1].C, members[2].C)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:15] for line in lines if line.startswith("member")] == [
        "member 1 of 3: ", "member 2 of 3: ", "member 3 of 3: ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "engine"),
    [
        ({}, "fused"),
        ({"training__engine": "autograd"}, "autograd"),
        (
            {"training__optimizer": "adamw", "training__beta2": 0.999, "lr": 0.01},
            "autograd",
        ),
        ({"training__schedule": "cosine", "training__warmup": 0.1}, "fused"),
        ({"training__schedule": "inverse", "training__inverse_decay": 0.1}, "fused"),
    ],
)
def test_the_stage_says_which_engine_it_took(
    train: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    engine: str,
) -> None:
    """The first line has the sizes and the engine; no line has more than 80 columns."""
    if "training__schedule" in changes:
        changes = {**changes, "lr_decay": 1}
    assert train(steps=20, hidden=4, **changes) is None
    lines = capsys.readouterr().out.splitlines()
    # 3*2 + 6*4 + 4 + 4*3 + 3 weights; the examples of aa, ab and b with their ends
    assert lines[0] == f"49 parameters, 8 examples, {engine} engine"
    assert max(map(len, lines)) <= 80


def test_the_fused_engine_is_refused_for_what_it_cannot_do(
    train: Callable[..., object],
) -> None:
    """One line, and no model."""
    error = train(training__engine="fused", network__layers=2)
    assert error == (
        "error: params.yaml: training.engine: fused cannot do network.layers: 2; "
        "take auto"
    )
    assert not Path("model.pt").exists()
