"""The pages of the leaderboard and of the paper's table, made from JSON."""

import shutil
from pathlib import Path

import pytest

from experiments import pages
from experiments.ladder import read_rungs
from experiments.paper import choose, read_networks
from experiments.rungs import weight_count
from nplm.errors import InputError
from nplm.parameters import read_yaml
from nplm.report.leaderboard import read_boards
from tests.conftest import ROOT

COMMITTED = ("docs/leaderboard.md", "docs/paper.md", ".dvc/plots.html")
NETWORKS = read_networks(read_yaml(ROOT / pages.TABLE_1))
KEPT = {
    rung.name: rung
    for board in read_boards(ROOT / pages.PAPER).values()
    for rung in board.measured
}


def test_the_committed_pages_are_what_the_files_of_numbers_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m experiments.pages` makes them again, from the packages here."""
    shutil.copytree(ROOT / "experiments", tmp_path / "experiments")
    for page in COMMITTED:
        (tmp_path / page).parent.mkdir(exist_ok=True)
    older = (ROOT / pages.PLOTS).read_text("utf-8").replace("vega", "older")
    (tmp_path / pages.PLOTS).write_text(older, "utf-8")
    monkeypatch.chdir(tmp_path)
    pages.write_leaderboard()
    pages.write_paper()
    pages.write_plots()
    for page in COMMITTED:
        assert Path(page).read_bytes() == (ROOT / page).read_bytes()
    assert pages.PLOTS.stat().st_size < 1_000_000


def test_the_files_have_the_networks_of_the_ladder_and_of_the_paper() -> None:
    """With the weights that sizes and symbols, the end of a sequence included, make."""
    boards = read_boards(ROOT / pages.LEADERBOARD)
    rungs = read_rungs(read_yaml(ROOT / pages.LADDER))
    for board, symbols in zip(boards.values(), (41, 42), strict=True):
        for rung, measured in zip(rungs, board.measured[: len(rungs)], strict=True):
            facts = rung.name, weight_count(rung.changes, symbols), rung.seeds
            assert facts == (measured.name, measured.weights, measured.seeds)
    kept_first = [*KEPT.values()][: len(NETWORKS)]
    for network, kept in zip(NETWORKS, kept_first, strict=True):
        assert weight_count(network.changes, 16_384) == kept.weights
        assert network.name == kept.name


def test_networks_are_chosen_by_name() -> None:
    """In the order of the table; none named means all; others have to be kept."""
    chosen = choose(NETWORKS, ["ours", "MLP9"], KEPT)
    assert [network.name for network in chosen] == ["MLP9", "ours"]
    assert choose(NETWORKS, [], {}) == NETWORKS
    with pytest.raises(InputError, match="NETWORKS: 'MLP8' is no network of paper"):
        choose(NETWORKS, ["MLP8"], KEPT)
    others = {name: rung for name, rung in KEPT.items() if name != "MLP3"}
    with pytest.raises(InputError, match=r"paper\.json has no MLP3; name it too"):
        choose(NETWORKS, ["MLP9"], others)
