"""Tables: CSV files that a stage writes and another one reads."""

from pathlib import Path

import pytest

from nplm.errors import InputError
from nplm.tables import read_table, write_table

ROWS = [('a,"b', 1 / 3, 2), ("é", None, 1234567.0)]


def test_a_table_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Floats in their form; an empty cell is left out. DVC compares bytes: no CRLF."""
    path = tmp_path / "x.csv"
    write_table(("word", "loss", "edits"), ROWS[:1], path, ".6g")
    write_table(("word", "loss", "edits"), ROWS[1:], path, ".6g", more=True)
    expected = 'word,loss,edits\n"a,""b",0.333333,2\né,,1.23457e+06\n'
    assert path.read_bytes() == expected.encode()
    assert read_table(path, ("edits",), texts=("word",)) == [
        {"word": 'a,"b', "loss": 0.333333, "edits": 2.0},
        {"word": "é", "edits": 1234570.0},
    ]


@pytest.mark.parametrize(
    "text",
    ["", "x,y\n", "x\n1\n", "x,y\n1,a\n", "x,y\n1,nan\n", "x,y\n1\n", "x,y\n1,\n"],
)
def test_a_table_that_lacks_a_number_is_one_line(tmp_path: Path, text: str) -> None:
    """It names the file, the columns and the remedy."""
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"x\.csv: not a table with x, y; make it"):
        read_table(path, ("x", "y"))
