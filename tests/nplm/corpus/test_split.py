"""The cut into train, dev and test."""

from itertools import chain
from pathlib import Path

import pytest

from nplm.corpus.split import SplitParameters, cut, read_shares
from nplm.errors import InputError
from nplm.parameters import read_parameters

NOTEBOOK = (0.8, 0.1, 0.1)


def test_a_split_is_a_share_of_the_words_and_no_word_is_in_two() -> None:
    """Every word is in exactly one split, and the cuts are at 80 % and 90 %."""
    words = [str(number) for number in range(1009)]
    shares = cut(words, 42, NOTEBOOK)
    assert [len(share) for share in shares] == [807, 101, 101]
    assert sorted(chain(*shares)) == sorted(words)
    assert cut(words, 43, NOTEBOOK) != shares


def test_the_default_cut_is_that_of_the_notebook() -> None:
    """The notebook cuts at int(0.8 * n) and int(0.9 * n), whatever n is."""
    for count in (*range(300), 7223, 13_334, 104_334):
        train, dev, _ = cut([""] * count, 42, NOTEBOOK)
        ends = int(0.8 * count), int(0.9 * count)
        assert (len(train), len(train) + len(dev)) == ends


@pytest.mark.parametrize(
    ("shares", "count", "sizes"),
    [
        ((0.7, 0.2, 0.1), 10, [7, 2, 1]),  # 0.7 + 0.2 is below 0.9 in binary
        ((0.29, 0.01, 0.7), 100, [29, 1, 70]),  # 0.29 * 100 is below 29
        ((0.333, 0.333, 0.334), 1000, [333, 333, 334]),
        ((1e-05, 0.5, 0.49999), 100_000, [1, 50_000, 49_999]),
    ],
)
def test_shares_count_as_they_are_written(
    shares: tuple[float, ...], count: int, sizes: list[int]
) -> None:
    """Decimal numbers: their binary forms would lose a word here and there."""
    assert [len(part) for part in cut([""] * count, 1, shares)] == sizes


@pytest.mark.parametrize("shares", [[0.8, 0.1, 0.1], [0.5, 0.25, 0.25]])
def test_three_shares_that_sum_to_1_are_accepted(
    tmp_path: Path, shares: list[float]
) -> None:
    """As params.yaml has them."""
    path = tmp_path / "params.yaml"
    path.write_text(f"shares: {shares}")
    assert read_parameters(SplitParameters, path).shares == shares


@pytest.mark.parametrize(
    "value",
    ["[0.8, 0.1]", "[0.8, 0.1, 0.2]", "[1.0, 0.0, 0.0]", "[1.2, -0.1, -0.1]", "[]"],
)
def test_other_shares_are_refused(tmp_path: Path, value: str) -> None:
    """One line names the key, the value and what it needs to be."""
    path = tmp_path / "params.yaml"
    path.write_text(f"shares: {value}")
    with pytest.raises(InputError) as error:
        read_parameters(SplitParameters, path)
    needs = "needs to be three shares above 0 that sum to 1"
    assert str(error.value) == f"{path}: shares: {value} {needs}"


@pytest.mark.parametrize("value", ["0.8", "[0.8, x, 0.1]", "[.nan, 1, 1]", "[.inf]"])
def test_shares_that_are_no_numbers_are_refused(tmp_path: Path, value: str) -> None:
    """Text, one number, no number, and one without an end."""
    path = tmp_path / "params.yaml"
    path.write_text(f"shares: {value}")
    with pytest.raises(
        InputError, match=r"^[^\n]*params.yaml: shares[^\n]*needs to be"
    ):
        read_parameters(SplitParameters, path)


def test_words_are_read_by_lines(tmp_path: Path) -> None:
    """A blank inside an entry does not part it."""
    path = tmp_path / "sequences.txt"
    words = ["La Haye", *"abcdefghi"]
    path.write_text("\n".join([*words, ""]), "utf-8")
    shares = read_shares(path, 42, NOTEBOOK)
    assert sorted(chain(*shares)) == words
    assert shares == cut(words, 42, NOTEBOOK)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a\n\nb\n" * 9, "été\n".encode("latin-1") * 9, b"\xff" * 9]
)
def test_a_file_that_prepare_did_not_write_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    """Empty, with an empty line, or not UTF-8."""
    path = tmp_path / "sequences.txt"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_shares(path, 42, NOTEBOOK)
    expected = f"{path}: not a word on each line, in UTF-8; make it again: dvc repro"
    assert str(error.value) == f"{expected} prepare"


@pytest.mark.parametrize("count", [1, 2, 5, 6])
def test_a_share_without_words_is_refused(tmp_path: Path, count: int) -> None:
    """int(0.8 n) and int(0.9 n) leave dev or test empty below six words."""
    path = tmp_path / "sequences.txt"
    path.write_text("".join(f"{word}\n" for word in "abcdef"[:count]))
    if count == 6:
        assert all(read_shares(path, 42, NOTEBOOK))
        return
    with pytest.raises(InputError, match=f": {count} words leave train, dev or test"):
        read_shares(path, 42, NOTEBOOK)
