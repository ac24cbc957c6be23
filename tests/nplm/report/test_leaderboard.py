"""The leaderboard, as the report reads it."""

from pathlib import Path

import pytest

from nplm.errors import InputError
from nplm.report.leaderboard import read_leaderboard
from nplm.spread import Spread

BOARDS = """{
  "other.txt": {"measured": [{"name": "not this one", "losses": {}}], "to_beat": []},
  "list.txt": {
    "measured": [{"name": "small", "weights": 4923, "seeds": 5,
                  "losses": {"dev": {"mean": 1.9, "deviation": 0.01}}}],
    "to_beat": [{"name": "older", "losses": {"dev": {"mean": 1.4}}}]
  }
}"""


def test_the_leaderboard_is_that_of_the_corpus(tmp_path: Path) -> None:
    """What is to beat comes last; a corpus that it has not has no rungs."""
    path = tmp_path / "leaderboard.json"
    path.write_text(BOARDS)
    small, older = read_leaderboard(path, "list.txt")
    assert (small.name, small.weights, small.seeds) == ("small", 4923, 5)
    assert small.losses == {"dev": Spread(mean=1.9, deviation=0.01)}
    assert (older.weights, older.losses["dev"].deviation) == (None, None)
    assert read_leaderboard(path, "none.txt") == []


@pytest.mark.parametrize("text", ["", "[]", BOARDS.replace("1.9", '"1.9"')])
def test_what_is_no_leaderboard_is_one_line(tmp_path: Path, text: str) -> None:
    """It names the file and the remedy."""
    path = tmp_path / "leaderboard.json"
    path.write_text(text)
    with pytest.raises(
        InputError, match=r"leaderboard\.json: not what .* git checkout"
    ):
        read_leaderboard(path, "list.txt")
