"""The large text that is measured is the small one, again and again."""

from pathlib import Path

from tests.large_text import write_text


def test_every_line_comes_before_one_comes_again(tmp_path: Path) -> None:
    """In another order each time, the same on every machine, until there are enough."""
    lines = [f"a {number}" for number in range(10)]
    assert write_text(list(lines), 45, tmp_path / "once") == 46
    assert write_text(list(lines), 45, tmp_path / "again") == 46
    once = (tmp_path / "once").read_text().splitlines()
    assert once == (tmp_path / "again").read_text().splitlines()
    assert sorted(once[:10]) == sorted(once[10:20]) == lines
    assert once[:10] != once[10:20]
    assert len(once) == 23
