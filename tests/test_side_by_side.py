"""The table of experiments, and that of the losses here."""

from experiments import losses
from experiments.side_by_side import Row, table
from nplm.trees import flat


def test_the_table_has_the_best_first_and_fits_a_terminal() -> None:
    """Long changes go on below; an experiment without losses is the last."""
    long = " ".join(f"group.key_{number}=0.5" for number in range(6))
    rows = [
        Row("none", "", [None, None, None], "a hash", "a.txt"),
        Row("worse", long, [2.5, 2.25, 1.75], "a hash", "a.txt"),
        Row("better", "lr=0.1", [1.5, 1.25, 10.0], "a hash", "a.txt"),
    ]
    _, *lines = "\n".join(table(rows[0], rows)).splitlines()
    assert max(map(len, lines)) <= 80
    firsts = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert firsts == ["experiment", "better", "worse", "none"]
    assert lines[1].split() == ["better", "1.5000", "1.2500", "10.0000", "lr=0.1"]
    assert " ".join(lines).count("group.key_") == 6
    assert lines[-1].split() == ["none", "-", "-", "-"]


def test_losses_here_are_one_small_table() -> None:
    """A model that has none is left out; a split that it has none on is blank.

    Below a mixture, whose loss on dev is in sample, stands that it is fitted there.
    """
    metrics = {
        "loss": {"train": 1.0, "dev": 2.0, "test": 3.0},
        "ngram": {"dev": 4.0, "test": 5.0},
        "mixture": {"dev": 6.0, "with_endings": {"mixture": {"dev": 7.0}}},
    }
    head, *rows = losses.table(flat(metrics))
    assert head.split()[-3:] == ["train", "dev", "test"]
    assert [row.split() for row in rows] == [
        ["network", "1.0000", "2.0000", "3.0000"],
        ["n-gram", "4.0000", "5.0000"],
        ["mixture", "6.0000"],
        ["mixture", "with", "endings", "7.0000"],
        losses.FITTED.split(),
    ]
    assert "fitted on dev" in losses.FITTED
    assert rows[1].index("4.0000") == rows[0].index("2.0000")
