"""The table of experiments, and that of the losses here."""

from experiments import losses
from experiments.side_by_side import Experiment, changes, table


def test_the_table_has_the_best_first_and_fits_a_terminal() -> None:
    """Long names and changes go on below; an experiment without losses is the last."""
    long = " ".join(f"group.key_{number}=0.5" for number in range(6))
    lines = list(
        table(
            [
                Experiment("none", "", [None, None, None]),
                Experiment("worse", long, [2.5, 2.25, 1.75]),
                Experiment("a-name-that-is-longer", "lr=0.1", [1.5, 1.25, 10.0]),
            ]
        )
    )
    assert max(map(len, lines)) == 80
    firsts = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert firsts == ["experiment", "a-name-that-is-", "longer", "worse", "none"]
    assert lines[1].split() == [
        "a-name-that-is-",
        "lr=0.1",
        "1.5000",
        "1.2500",
        "10.0000",
    ]
    assert " ".join(" ".join(lines).split()).count("group.key_") == 6
    assert lines[-1].split() == ["none", "-", "-", "-"]


def test_a_change_is_written_as_dvc_takes_it() -> None:
    """With -S; equal values and those that are gone are no changes."""
    before = {"lr": 0.1, "steps": 5, "gone": 1}
    after = {"lr": 0.2, "steps": 5, "network.direct": True}
    assert changes(before, after) == "lr=0.2 network.direct=true"


def test_losses_here_are_one_small_table() -> None:
    """A model that has none is left out; a split that it has none on is blank."""
    metrics = {
        "loss": {"train": 1.0, "dev": 2.0, "test": 3.0},
        "ngram": {"dev": 4.0, "test": 5.0},
        "mixture": {"dev": 6.0, "with_endings": {"mixture": {"dev": 7.0}}},
    }
    head, *rows = losses.table(metrics)
    assert head.split()[-3:] == ["train", "dev", "test"]
    assert [row.split() for row in rows] == [
        ["network", "1.0000", "2.0000", "3.0000"],
        ["n-gram", "4.0000", "5.0000"],
        ["mixture", "6.0000"],
        ["mixture", "with", "endings", "7.0000"],
    ]
    assert rows[1].index("4.0000") == rows[0].index("2.0000")
