"""The page of the paper's table, from which rows are kept."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from experiments.paper import CONTENT, chosen_networks, read_networks
from experiments.paper_page import check_kept, read_rows
from nplm.errors import InputError
from tests.conftest import ROOT

NETWORKS = read_networks(YAML(typ="safe").load(CONTENT.read_bytes()))


def test_the_committed_page_has_rows_of_every_network() -> None:
    """So each can be measured again while the others stay."""
    tables = read_rows(ROOT / "docs" / "paper.md")
    check_kept(NETWORKS, tables)
    assert tables[0]["MLP9"].startswith("| MLP9 | 5 | 100 | 30 | no | no |")
    assert tables[1]["MLP10"].startswith("| MLP10 | 3 |")
    for table in tables:
        without = {name: row for name, row in table.items() if name != "MLP4"}
        with pytest.raises(InputError, match="has no rows of MLP3; name it too"):
            check_kept(NETWORKS, [without if t is table else t for t in tables])


def test_a_page_without_its_tables_is_one_line(tmp_path: Path) -> None:
    """It names the page and how to get it back."""
    page = tmp_path / "paper.md"
    page.write_text("no table\n")
    with pytest.raises(InputError, match="has 0 tables, not 2; get it back from Git"):
        read_rows(page)


def test_networks_are_chosen_by_name() -> None:
    """In the order of the table; none named means all."""
    chosen = chosen_networks(NETWORKS, ["ours", "MLP9"])
    assert [network.name for network in chosen] == ["MLP9", "ours"]
    assert chosen_networks(NETWORKS, []) == NETWORKS
    with pytest.raises(InputError, match="NETWORKS: 'MLP8' is no network of paper"):
        chosen_networks(NETWORKS, ["MLP8"])
