"""The picture of the embedding: where symbols stand, which ones, and how they look."""

import math
from pathlib import Path

import pytest
import torch
from matplotlib.figure import Figure

from nplm.plots.embedding import plane, plot_embedding, thin_out


def draw(vocabulary: list[str], path: Path, counts: list[int] | None = None) -> None:
    """Draw symbol i at (i, -i), after so many examples of it, by default one."""
    C = torch.arange(len(vocabulary))[:, None] * torch.tensor([1.0, -1.0])
    ids = torch.arange(len(vocabulary), dtype=torch.int32)
    counts = counts or [1] * len(vocabulary)
    plot_embedding(C, vocabulary, ids.repeat_interleave(torch.tensor(counts)), path)


def labels(figure: Figure) -> dict[str, tuple[float, float]]:
    """Return what is written in the picture, and where."""
    return {text.get_text(): text.get_position() for text in figure.axes[0].texts}


def test_two_dimensions_are_drawn_as_they_are_and_one_against_the_id() -> None:
    """The notebook's picture: the two columns of C."""
    C = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    points, *axes = plane(C, torch.tensor([0, 1]))
    assert torch.equal(points, C)
    assert axes == ["embedding dimension 1", "embedding dimension 2"]
    points, *axes = plane(C[:, 1:], torch.tensor([0, 1]))
    assert points.tolist() == [[2.0, 0.0], [4.0, 1.0]]
    assert axes == ["embedding dimension 1", "symbol id"]


def test_more_dimensions_are_projected_and_the_axes_say_so() -> None:
    """Points on a line in space keep their distances along the first component.

    Rounding can give the other axis a variance of -1e-17: its share is not negative.
    """
    line = torch.tensor([[0.0], [1.0], [5.0]]) * torch.tensor([[2.0, -1.0, 2.0]])
    points, first, second = plane(line, torch.arange(len(line)))
    distances = [
        math.dist(points[i].tolist(), points[j].tolist()) for i, j in ((0, 1), (1, 2))
    ]
    assert distances == pytest.approx([3.0, 12.0])
    assert points[:, 1].abs().max().item() == pytest.approx(0, abs=1e-6)
    assert first == "principal component 1 of 3 (100% of the variance)"
    two = torch.tensor([[3.0, 2.0, -3.0], [2.0, 3.0, 3.0]])
    for label in (second, plane(two, torch.tensor([0, 1]))[2]):
        assert label == "principal component 2 of 3 (0% of the variance)"


def test_components_come_in_the_order_of_their_variance_with_a_fixed_sign() -> None:
    """Spread 4 on the third axis and 2 on the first; the larger end is positive."""
    C = torch.tensor([[0.0, 0, 2], [0, 0, -2], [1, 0, 0], [-1, 0, 0]])
    points, first, second = plane(C, torch.arange(len(C)))
    assert points.tolist() == [[2, 0], [-2, 0], [0, 1], [0, -1]]
    assert first == "principal component 1 of 3 (80% of the variance)"
    assert second == "principal component 2 of 3 (20% of the variance)"


def test_every_symbol_of_a_small_vocabulary_is_written_at_its_point(
    tmp_path: Path, drawn: list[Figure]
) -> None:
    """Also one that train lacks; the title says how many, and what ends a word.

    The file does not say when or with what it was made: twice the same bytes.
    """
    for name in ("a", "b"):
        draw([".", "a", "é"], tmp_path / name, counts=[5, 3, 0])
    assert labels(drawn[0]) == {".": (0, 0), "a": (1, -1), "é": (2, -2)}
    title = drawn[0].axes[0].get_title()
    assert title == "Embedding of the 3 symbols (. ends a word)"
    picture = (tmp_path / "a").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert picture == (tmp_path / "b").read_bytes()
    assert b"atplotlib" not in picture


def test_letters_at_one_place_are_written_side_by_side(
    tmp_path: Path, drawn: list[Figure]
) -> None:
    """A line leads to each of the two that had to move, and to no other one."""
    C = torch.tensor([[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    plot_embedding(C, [".", "k", "z"], torch.arange(3), tmp_path / "a.png")
    found = labels(drawn[0])
    assert found["."] == (0, 0)
    assert found["k"][0] < 1 < found["z"][0]
    _, lines = drawn[0].axes[0].collections
    assert len(lines.get_paths()) == 2


def test_a_word_that_would_fill_the_picture_is_cut_off(
    tmp_path: Path, drawn: list[Figure]
) -> None:
    """After 30 characters: a text can have addresses and the like."""
    draw(["</s>", "<unk>", "w" * 500], tmp_path / "a.png")
    assert "w" * 30 + "…" in labels(drawn[0])


def test_of_many_symbols_the_most_frequent_are_written(
    tmp_path: Path, drawn: list[Figure]
) -> None:
    """Of 400 symbols, Latin letters with marks, the 150 that train has most often.

    Of those that are as frequent, the first: the same picture on every machine.
    """
    vocabulary = [".", *map(chr, range(0xC0, 0xC0 + 399))]
    counts = [(7 * i) % len(vocabulary) for i in range(len(vocabulary))]
    draw(vocabulary, tmp_path / "a.png", counts)
    most = sorted(range(len(vocabulary)), key=counts.__getitem__)[-150:]
    assert set(labels(drawn[0])) == {vocabulary[i] for i in most}
    points, _ = drawn[0].axes[0].collections  # and lines to labels
    assert points.get_offsets().shape == (150, 2)  # type: ignore[union-attr] # an array
    assert "150 most frequent of 400 symbols" in drawn[0].axes[0].get_title()
    draw(vocabulary, tmp_path / "a.png")
    assert list(labels(drawn[1])) == vocabulary[:150]


def test_a_symbol_that_the_font_lacks_is_written_as_its_code(
    tmp_path: Path, drawn: list[Figure], recwarn: pytest.WarningsRecorder
) -> None:
    """A Chinese character, and a joiner that nobody sees; a blank as an open box.

    Without a warning. A character of mathematics or of a formula stays what it is.
    """
    draw(
        ["</s>", "$", "\\", "^", " ", "\u200d", "\u4e00", "\U0001f9a0"], tmp_path / "a"
    )
    codes = ["U+200D", "U+4E00", "U+1F9A0"]
    assert list(labels(drawn[0])) == ["</s>", "$", "\\", "^", "\u2423", *codes]
    assert drawn[0].axes[0].get_title().endswith(" (</s> ends a word)")
    assert not recwarn.list


def test_labels_of_words_do_not_lie_on_one_another() -> None:
    """Of two that would, the one of the more frequent word stays."""
    axes = Figure(figsize=(4, 4), layout="constrained").add_subplot(ylim=(0, 4))
    labels = [axes.text(0.5, y, "word") for y in (1.0, 1.01, 3.0)]
    thin_out(labels, torch.tensor([5, 9, 1]))
    assert [label.get_visible() for label in labels] == [False, True, True]
