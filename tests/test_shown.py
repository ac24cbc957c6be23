"""What README.md and docs/ show of what commands print."""

from pathlib import Path

import pytest

from tests.shown import BLOCK, PAGES, SLOW, in_clone, prepared, renewed


@pytest.mark.slow
def test_pages_show_what_their_commands_print(tmp_path: Path) -> None:
    """At the committed parameters; `python -m tests.shown` writes it again."""
    run = in_clone(prepared(tmp_path / "project"))
    pages = [page for page in PAGES if page != SLOW]
    for page in pages:
        text = page.read_text("utf-8")
        assert renewed(text, run) == text, page.name
    assert sum(len(BLOCK.findall(page.read_text("utf-8"))) for page in pages) >= 8
