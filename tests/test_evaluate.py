"""The loss of a split and the picture of the embedding."""

import math
from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

from stages.evaluate import log_probs, plane, plot_embedding
from stages.shared.model import Model, forward, init_model
from tests.conftest import examples


def uniform_model(symbols: int) -> Model:
    """Return a network that gives every symbol the same probability."""
    model = init_model(symbols, 3, 2, 5, torch.Generator().manual_seed(1))
    return model._replace(W2=torch.zeros_like(model.W2), b2=torch.zeros_like(model.b2))


def test_a_network_that_knows_nothing_has_the_loss_log_of_the_symbols() -> None:
    """The notebook's first guess at the loss: -log(1/41) = 3.7136 nats."""
    loss = -log_probs([uniform_model(41)], *examples(100)).mean().item()
    assert loss == pytest.approx(3.7135721)


@pytest.mark.parametrize("count", [1, 4095, 4096, 4097, 10_000])
def test_the_loss_is_the_mean_over_all_examples_whatever_their_number(
    count: int,
) -> None:
    """Chunks of examples count by their sizes: the mean is torch's over all."""
    X, Y = examples(count)
    model = init_model(41, 3, 2, 100, torch.Generator().manual_seed(1))
    expected = cross_entropy(forward(model, X), Y.long()).item()
    loss = -log_probs([model], X, Y).mean().item()
    assert loss == pytest.approx(expected, rel=1e-5)


def test_two_dimensions_are_drawn_as_they_are() -> None:
    """The notebook's picture: the two columns of C."""
    C = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    points, *labels = plane(C)
    assert torch.equal(points, C)
    assert labels == ["embedding dimension 1", "embedding dimension 2"]


def test_more_dimensions_are_projected_and_the_axes_say_so() -> None:
    """Points on a line in space keep their distances along the first component."""
    line = torch.tensor([[0.0], [1.0], [5.0]]) * torch.tensor([[2.0, -1.0, 2.0]])
    points, first, second = plane(line)
    distances = [
        math.dist(points[i].tolist(), points[j].tolist()) for i, j in ((0, 1), (1, 2))
    ]
    assert distances == pytest.approx([3.0, 12.0])
    assert points[:, 1].abs().max().item() == pytest.approx(0, abs=1e-6)
    assert first == "principal component 1 of 3 (100% of the variance)"
    assert second == "principal component 2 of 3 (0% of the variance)"


def test_a_share_of_the_variance_is_not_negative() -> None:
    """Two points are on a line; rounding can give the other axis one of -1e-17."""
    _, _, second = plane(torch.tensor([[3.0, 2.0, -3.0], [2.0, 3.0, 3.0]]))
    assert second == "principal component 2 of 3 (0% of the variance)"


def test_a_symbol_that_the_font_lacks_is_drawn_by_its_code_point(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """Without a warning; a Chinese character and a joiner, which nobody sees."""
    vocabulary = [".", "\u4e00", "\u200d"]
    path = tmp_path / "no suffix"
    plot_embedding(torch.tensor([[0.0, 0], [1, 1], [2, 0]]), vocabulary, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert not recwarn.list


def test_one_dimension_is_drawn_against_the_id() -> None:
    """With embedding_dim 1 the second axis is the id of the symbol."""
    points, first, second = plane(torch.tensor([[7.0], [8.0]]))
    assert points.tolist() == [[7.0, 0.0], [8.0, 1.0]]
    assert (first, second) == ("embedding dimension 1", "symbol id")
