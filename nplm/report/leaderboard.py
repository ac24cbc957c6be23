"""Leaderboard: what was measured of models on each corpus, over seeds."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from nplm.errors import InputError
from nplm.parameters import Frozen
from nplm.spread import Spread


class Rung(Frozen):
    """A model; what is not known of it is not there."""

    name: str
    weights: int | None = None
    seeds: int | None = None
    models: list[str] | None = None
    """The hash of the model file of each seed, from 1 on."""
    losses: dict[str, Spread]
    """By column of its table, such as dev or mixture_test."""


class Board(Frozen):
    """The models on a corpus."""

    measured: list[Rung]
    to_beat: list[Rung]
    """Measured elsewhere."""


_Boards = TypeAdapter(dict[str, Board])


def write_boards(boards: dict[str, Board], path: Path) -> None:
    """Write boards by corpus, as JSON."""
    text = _Boards.dump_json(boards, indent=2, exclude_none=True)
    path.write_bytes(text + b"\n")


def read_boards(path: Path) -> dict[str, Board]:
    """Return the boards by corpus; raises InputError for what is no file of them."""
    try:
        return _Boards.validate_json(path.read_bytes())
    except ValidationError as error:
        raise InputError(
            f"{path}: not what `make ladder` or `make paper` writes; get it back: "
            f"git checkout {path}"
        ) from error


def read_leaderboard(path: Path, corpus: str) -> list[Rung]:
    """Return the models on a corpus, those to beat the last; none, if it has none."""
    board = read_boards(path).get(corpus)
    return [*board.measured, *board.to_beat] if board else []
