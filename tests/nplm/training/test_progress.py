"""Steps in pieces, and what is printed of them where there is no terminal."""

import math
import sys

import pytest
import torch
from torch import Tensor

from nplm.corpus.examples import Examples
from nplm.training.loop import Loop
from nplm.training.progress import train_in_pieces
from tests.inputs import examples

EXAMPLES = Examples("train", [".", "a", "b"], *examples(10, vocabulary_size=3))


def loop_of(losses: list[float]) -> Loop:
    """Return a loop whose k-th step has the k-th loss; not a finite one ends it."""
    left = iter(losses)

    def loop(
        X_NxT: Tensor, Y_N: Tensor, lr_S: Tensor, size: int, generator: torch.Generator
    ) -> Tensor:
        assert X_NxT is EXAMPLES.X_NxT
        assert Y_N is EXAMPLES.Y_N
        assert size == 32
        assert generator is GENERATOR
        taken: list[float] = []
        while len(taken) < len(lr_S) and all(map(math.isfinite, taken)):
            taken.append(next(left))
        return torch.tensor(taken)

    return loop


GENERATOR = torch.Generator()


def pieces_of(losses: list[float], steps: int) -> list[Tensor]:
    """Return the pieces of that many steps."""
    pieces = train_in_pieces(
        loop_of(losses), EXAMPLES, torch.ones(steps), batch_size=32, generator=GENERATOR
    )
    return list(pieces)


@pytest.mark.parametrize(
    ("steps", "sizes"),
    [(1, {1: 1}), (7, {1: 7}), (200, {1: 200}), (450, {2: 150, 3: 50})],
)
def test_there_are_up_to_200_pieces_as_equal_as_can_be(
    steps: int, sizes: dict[int, int]
) -> None:
    """Few steps have a piece each; 450 are 50 pieces of three steps and 150 of two."""
    pieces = pieces_of([float(step) for step in range(steps)], steps)
    assert torch.cat(pieces).tolist() == list(range(steps))
    lengths = [len(piece) for piece in pieces]
    assert {length: lengths.count(length) for length in lengths} == sizes


def test_a_loss_that_is_not_finite_ends_the_run() -> None:
    """It is the last one yielded; no step follows, in its piece or in another."""
    pieces = pieces_of([3.0, 2.0, 1.0, math.nan, 0.0, 0.0], 450)
    assert torch.cat(pieces)[:3].tolist() == [3.0, 2.0, 1.0]
    assert torch.cat(pieces)[3:].isnan().tolist() == [True]


def test_a_piece_is_there_before_the_next_one_is_trained() -> None:
    """Who looks at the network after a piece sees it as it was then."""
    taken: list[int] = []

    def loop(*_: object) -> Tensor:
        taken.append(len(taken))
        return torch.zeros(1)

    pieces = train_in_pieces(loop, EXAMPLES, torch.ones(3), 32, GENERATOR)
    assert [len(taken) for _ in pieces] == [1, 2, 3]


@pytest.mark.parametrize(("steps", "lines"), [(1, 1), (7, 7), (10, 10), (450, 10)])
def test_progress_is_at_most_ten_lines_the_last_one_the_last_step(
    capsys: pytest.CaptureFixture[str], steps: int, lines: int
) -> None:
    """A log does not fill up; the loss is the mean over the piece that ends there."""
    pieces = pieces_of([float(step) for step in range(steps)], steps)
    captured = capsys.readouterr()
    assert captured.err == ""
    output = captured.out.splitlines()
    assert len(output) == lines
    mean = sum(pieces[-1].tolist()) / len(pieces[-1])
    assert output[-1] == f"step {steps} of {steps}: loss {mean:.4f}"


def test_a_terminal_gets_a_bar_of_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of at most 80 columns, on standard error; standard output gets none."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    pieces_of([2.0] * 100_000, 100_000)
    out, err = capsys.readouterr()
    assert out == ""
    assert "100000/100000" in err
    assert "loss=2.0000" in err
    assert max(len(text) for text in err.replace("\n", "\r").split("\r")) <= 80
