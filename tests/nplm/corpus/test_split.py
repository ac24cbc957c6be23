"""The cut into train, dev and test."""

from itertools import chain
from pathlib import Path

import pytest

from nplm.corpus.split import SplitParameters, cut, read_shares
from nplm.errors import InputError
from nplm.parameters import read_parameters

NOTEBOOK = (0.8, 0.1, 0.1)
PARAMETERS = SplitParameters(order="shuffled", shares=list(NOTEBOOK))


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
    path.write_text(f"order: file\nshares: {shares}")
    assert read_parameters(SplitParameters, path).shares == shares


@pytest.mark.parametrize(
    "value",
    ["[0.8, 0.1]", "[0.8, 0.1, 0.2]", "[1.0, 0.0, 0.0]", "[1.2, -0.1, -0.1]", "[]"],
)
def test_other_shares_are_refused(tmp_path: Path, value: str) -> None:
    """One line names the key, the value and what it needs to be."""
    path = tmp_path / "params.yaml"
    path.write_text(f"order: file\nshares: {value}")
    with pytest.raises(InputError) as error:
        read_parameters(SplitParameters, path)
    needs = "needs to be three shares above 0 that sum to 1, or three whole numbers"
    assert str(error.value).startswith(f"{path}: shares: {value} {needs}")


@pytest.mark.parametrize("value", ["0.8", "[0.8, x, 0.1]", "[.nan, 1, 1]", "[.inf]"])
def test_shares_that_are_no_numbers_are_refused(tmp_path: Path, value: str) -> None:
    """Text, one number, no number, and one without an end."""
    path = tmp_path / "params.yaml"
    path.write_text(f"order: file\nshares: {value}")
    with pytest.raises(
        InputError, match=r"^[^\n]*params.yaml: shares[^\n]*needs to be"
    ):
        read_parameters(SplitParameters, path)


def test_words_are_read_by_lines(tmp_path: Path) -> None:
    """A blank inside an entry does not part it."""
    path = tmp_path / "sequences.txt"
    words = ["La Haye", *"abcdefghi"]
    path.write_text("\n".join([*words, ""]), "utf-8")
    shares = read_shares(path, 42, PARAMETERS)
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
        read_shares(path, 42, PARAMETERS)
    expected = (
        f"{path}: not a sequence on each line, in UTF-8; make it again: dvc repro"
    )
    assert str(error.value) == f"{expected} prepare"


@pytest.mark.parametrize("count", [1, 2, 5, 6])
def test_a_share_without_words_is_refused(tmp_path: Path, count: int) -> None:
    """int(0.8 n) and int(0.9 n) leave dev or test empty below six words."""
    path = tmp_path / "sequences.txt"
    path.write_text("".join(f"{word}\n" for word in "abcdef"[:count]))
    if count == 6:
        assert all(read_shares(path, 42, PARAMETERS))
        return
    with pytest.raises(InputError, match=rf": too few lines \({count}\) to fill"):
        read_shares(path, 42, PARAMETERS)


TEXT = ["a b c", "d", "e f g h"]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([3, 1, 0], (["a b c"], ["d"], ["e f g h"])),
        ([3, 1, 4], (["a b c"], ["d"], ["e f g h"])),
        ([2, 1, 2], (["a b"], ["c"], ["d", "e"])),
        ([1, 1, 0], (["a"], ["b"], ["c", "d", "e f g h"])),
        ([5.0, 1.0, 0.0], (["a b c", "d", "e"], ["f"], ["g h"])),
    ],
)
def test_shares_can_be_numbers_of_symbols(
    tmp_path: Path, shares: list[float], expected: tuple[list[str], ...]
) -> None:
    """In file order; a cut inside a line leaves two; 0 is the rest."""
    path = tmp_path / "sequences.txt"
    path.write_text("\n".join([*TEXT, ""]), "utf-8")
    parameters = SplitParameters(order="file", shares=shares)
    assert read_shares(path, 42, parameters, "word") == expected
    letters = [line.replace(" ", "") for line in TEXT]
    path.write_text("\n".join([*letters, ""]), "utf-8")
    without = tuple([line.replace(" ", "") for line in part] for part in expected)
    assert read_shares(path, 42, parameters) == without


def test_shares_of_shuffled_sequences_can_be_numbers_of_symbols_too() -> None:
    """The cut is by symbols after the shuffle."""
    words = [str(number) for number in range(100, 200)]
    train, dev, test = cut(words, 1, [240, 30, 0])
    assert [len(part) for part in (train, dev, test)] == [80, 10, 10]
    shuffled = cut(words, 1, NOTEBOOK)
    assert (train, dev, test) == shuffled


def test_sequences_can_stay_in_the_order_of_the_file() -> None:
    """Then the seed does nothing."""
    words = [str(number) for number in range(10)]
    shares = cut(words, 1, NOTEBOOK, order="file")
    assert shares == (words[:8], words[8:9], words[9:])


@pytest.mark.parametrize("shares", [[8, 1, 0], [9, 1, 0], [2, 2, 5]])
def test_more_symbols_than_there_are_are_refused(
    tmp_path: Path, shares: list[float]
) -> None:
    """TEXT has eight: the message says so, or that test would be empty."""
    path = tmp_path / "sequences.txt"
    path.write_text("\n".join([*TEXT, ""]), "utf-8")
    parameters = SplitParameters(order="file", shares=shares)
    with pytest.raises(InputError, match="the corpus has 8; lower them"):
        read_shares(path, 42, parameters, "word")
    parameters = SplitParameters(order="file", shares=[7, 1, 0])
    with pytest.raises(InputError, match="to fill train, dev and test"):
        read_shares(path, 42, parameters, "word")
