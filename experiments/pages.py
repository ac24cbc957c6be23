"""Pages: docs/leaderboard.md, docs/paper.md, and the page that DVC puts plots into.

In: what `make ladder` and `make paper` have written as JSON; texts and the paper's
numbers in ladder.yaml and paper.yaml. As a program, it makes all pages again.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nplm.corpus.split import SPLITS
from nplm.errors import reported_on_one_line
from nplm.parameters import read_yaml
from nplm.report.leaderboard import Board, Rung, read_boards
from nplm.spread import Spread

LADDER = Path("experiments/ladder.yaml")
LEADERBOARD = Path("experiments/leaderboard.json")
PAPER = Path("experiments/paper.json")
TABLE_1 = Path("experiments/paper.yaml")
TEXT = Path("experiments/text.yaml")
DOCS = Path("docs")
PLOTS = Path(".dvc/plots.html")
"""Named by .dvc/config; DVC looks for it beside that file."""
LOSSES = {
    "dev": "dev",
    "test": "test",
    "mixture_dev": "mixture, dev (fitted)",
    "mixture_test": "mixture, test",
    "distinct": "distinct, test",
}
"""Columns of the leaderboard, with their heads."""
PAPER_COLUMNS = (
    "", "n", "h", "m", "direct", "mixed",
    *SPLITS, "test, no `<unk>`", "the paper's train", "valid", "test",
    "weights", "seeds", "model",
)  # fmt: skip
ALONE = (*SPLITS, "known")
MIXED = ("", "mixed_dev", "mixed_test", "mixed_known")
FITTED, SAID, SAID_ALONE = (
    tuple(f"{how}_{column}" for column in ("dev", "test", "known"))
    for how in ("fitted", "said", "said_alone")
)
"""What stands in them; `known` is test without `<unk>`."""
DIGITS = 8
"""Of a hash."""


def row(*cells: object) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(map(str, cells))} |"


def heads(*cells: str) -> str:
    """Return the first two lines of a table in Markdown."""
    return f"{row(*cells)}\n{'| --- ' * len(cells)}|"


def leaderboard(head: str, boards: Mapping[str, Board]) -> Iterator[str]:
    """Yield the lines of docs/leaderboard.md."""
    yield head
    for corpus, board in boards.items():
        yield f"\n## {corpus}\n"
        yield heads("network", "weights", "seeds", *LOSSES.values(), "model")
        for rung in board.measured:
            weights = "" if rung.weights is None else f"{rung.weights:,}"
            losses = _cells(rung.losses, LOSSES, 4)
            yield row(rung.name, weights, rung.seeds or "", *losses, _model(rung))
        for rung in board.to_beat:
            means = (rung.losses[column].mean for column in ("dev", "test"))
            yield row(f"*{rung.name}*", "", "", *means, "", "", "", "")


def paper(content: Mapping[str, Any], board: Board) -> Iterator[str]:
    """Yield the lines of docs/paper.md; content is that of paper.yaml."""
    rungs = {rung.name: rung for rung in board.measured}
    networks = [
        (n, rungs[n["name"]]) for n in content["networks"] if n["name"] in rungs
    ]
    yield f"{content['head']}\n"
    yield heads(*PAPER_COLUMNS)
    for network, rung in networks:
        alone, mixed = network["paper"]
        for name, is_mixed, columns, theirs in (
            (network["name"], "no", ALONE, alone),
            (network["mixed"], "yes", MIXED, mixed),
        ):
            ours = _cells(rung.losses, columns, 1)
            counts = (f"{rung.weights:,}", rung.seeds, _model(rung))
            yield row(name, *network["facts"], is_mixed, *ours, *theirs, *counts)
    for order, theirs in content["kneser_ney"].items():
        ours = _cells(rungs[f"Kneser-Ney {order}"].losses, ALONE, 1)
        yield row("Kneser-Ney", order, *[""] * 4, *ours, "", *theirs, "", "", "")
    for name, order, *theirs in content["quoted"]:
        yield row(f"*{name}*", order, *[""] * 8, *theirs, "", "", "")
    rows = [(network["mixed"], rung, rung.seeds) for network, rung in networks]
    rest = ("Kneser-Ney", rows[-1][1], "", SAID_ALONE)  # the same whatever the network
    for text, fitted in (
        ("fitted", [(*one, FITTED) for one in rows]),
        ("said", [rest, *((*one, SAID) for one in rows)]),
    ):
        yield f"\n{content[text]}\n"
        yield heads("", "seeds", "dev, fitted", "test", "test, no `<unk>`")
        for name, rung, seeds, losses in fitted:
            if losses[0] in rung.losses:
                yield row(name, seeds, *_cells(rung.losses, losses, 1))


def _cells(
    spreads: Mapping[str, Spread], columns: Iterable[str], digits: int
) -> list[str]:
    return [spreads[c].written(digits) if c in spreads else "" for c in columns]


def _model(rung: Rung) -> str:
    """Return the first digits of the hash of the model of seed 1."""
    return rung.models[0][:DIGITS] if rung.models else ""


def write_leaderboard() -> None:
    """Write docs/leaderboard.md."""
    lines = leaderboard(read_yaml(LADDER)["head"], read_boards(LEADERBOARD))
    _write(lines, DOCS / "leaderboard.md")


def write_paper() -> None:
    """Write docs/paper.md."""
    (board,) = read_boards(PAPER).values()
    _write(paper(read_yaml(TABLE_1), board), DOCS / "paper.md")


def write_plots() -> None:
    """Put Vega into what `dvc plots` fills in; else it asks a network for it."""
    from nplm.report.page import vega_script  # noqa: PLC0415 takes a second

    head, tag, rest = PLOTS.read_text("utf-8").partition("<script>")
    _, end, tail = rest.rpartition("</script>")
    text = f"{head}{tag}{vega_script()}{end}{tail}"
    PLOTS.write_text(text, "utf-8", newline="\n")


def _write(lines: Iterable[str], path: Path) -> None:
    path.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    with reported_on_one_line():
        write_leaderboard()
        write_paper()
        write_plots()
