"""What other stages have written, as the report reads it."""

from pathlib import Path

import pytest
import torch

from nplm import sample_table
from nplm.errors import InputError
from nplm.models.activations import Activations
from nplm.plots.activations import Look, write_sizes
from nplm.report.leaderboard import Loss, read_leaderboard
from nplm.report.results import read_columns, read_metrics, read_sizes
from nplm.sample_table import read_samples
from nplm.training.updates import Updates

TABLE = """# Board

## other.txt

| network | weights | seeds | dev | test |
| --- | --- | --- | --- | --- |
| not this one | 1 | 1 | 1.0 | 1.0 |

## list.txt

| network | weights | seeds | dev | test |
| --- | --- | --- | --- | --- |
| small | 4,923 | 5 | 1.9 ± 0.01 | 2.0 ± 0.02 |
| *the n-gram alone* | | | 1.4 | |
"""


HEAD = "word,log_probability,split,nearest,edits\n"


def test_samples_are_read_as_they_are_written(tmp_path: Path) -> None:
    """A comma and quotes in a word included."""
    words = [
        sample_table.Sample('a,"b', -1.25, "new", "ab", 2),
        sample_table.Sample("", 0.0, "train", "", 0),
    ]
    path = tmp_path / "samples.csv"
    sample_table.write_samples(words, path)
    assert [tuple(sample) for sample in read_samples(path)] == words


@pytest.mark.parametrize(
    "text",
    ["", HEAD, "ab\n", f"{HEAD}ab,x,new,a,1\n", f"{HEAD}a,1\n", f"{HEAD}a,1,b,a,1\n"],
)
def test_what_are_no_samples_is_one_line(tmp_path: Path, text: str) -> None:
    """It names the file and the remedy."""
    path = tmp_path / "samples.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"samples\.csv: .*; make it again: dvc repro"):
        read_samples(path)


def test_metrics_in_groups_have_a_dot_in_their_names(tmp_path: Path) -> None:
    """As parameters do."""
    path = tmp_path / "metrics.json"
    path.write_text('{"dev": 1, "more": {"test": 2.5}}')
    assert read_metrics(path, ("dev", "more.test")) == {"dev": 1, "more.test": 2.5}


@pytest.mark.parametrize("text", ["", "[]", '{"test": 1}', '{"dev": NaN}'])
def test_metrics_that_lack_a_number_are_one_line(tmp_path: Path, text: str) -> None:
    """It names the file, what it lacks and the remedy."""
    path = tmp_path / "metrics.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"lacks dev; make it again: dvc repro"):
        read_metrics(path, ("dev",))


@pytest.mark.parametrize("text", ["", "x\n1\n", "x,y\n1,a\n", "x,y\n1,nan\n"])
def test_a_table_that_lacks_a_number_is_one_line(tmp_path: Path, text: str) -> None:
    """It names the file, the columns and the remedy."""
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"not a table with x, y; make it again"):
        read_columns(path, ("x", "y"))


TIMES = ("start", "trained")
SIZES = "weights,start_gradient,start_update,trained_gradient,trained_update\n"


def test_sizes_are_read_as_they_are_written(tmp_path: Path) -> None:
    """Ratios are given as log10: -1 is 0.1. One that there is not is left out."""
    values, saturated = torch.zeros(50), torch.zeros(1, 4, dtype=torch.float64)
    activations = Activations(values, torch.zeros(1, 50), saturated)
    start, trained = (
        Look(1.0, activations, torch.zeros(1, 1, 4), Updates([], *ratios))
        for ratios in (({"C": -1.0}, {"C": -2.0, "b1": -3.0}), ({"b1": 0.0}, {}))
    )
    path = tmp_path / "sizes.csv"
    write_sizes(start, trained, path)
    assert path.read_text() == f"{SIZES}C,0.1,0.01,,\nb1,,0.001,1,\n"
    assert read_sizes(path, TIMES) == [
        ("C", "start", "gradient", 0.1),
        ("C", "start", "update", 0.01),
        ("b1", "start", "update", 0.001),
        ("b1", "trained", "gradient", 1.0),
    ]


@pytest.mark.parametrize(
    "text", ["", SIZES, f"{SIZES}C,,,,\n", f"{SIZES}C,1,1\n", f"{SIZES}C,1,1,1,-1\n"]
)
def test_what_are_no_sizes_is_one_line(tmp_path: Path, text: str) -> None:
    """It names the file and the remedy."""
    path = tmp_path / "sizes.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"sizes\.csv: not a table of sizes .*; make"):
        read_sizes(path, TIMES)


def test_the_leaderboard_is_that_of_the_corpus(tmp_path: Path) -> None:
    """Other corpora, heads and empty cells are left out."""
    path = tmp_path / "leaderboard.md"
    path.write_text(TABLE, "utf-8")
    small, ngram = read_leaderboard(path, "list.txt")
    assert small.name == "small"
    assert small.counts == {"weights": 4923, "seeds": 5}
    assert small.losses == {"dev": Loss(1.9, 0.01), "test": Loss(2.0, 0.02)}
    assert (ngram.name, ngram.counts) == ("the n-gram alone", {})
    assert ngram.losses == {"dev": Loss(1.4, None)}
    assert read_leaderboard(path, "none.txt") == []
