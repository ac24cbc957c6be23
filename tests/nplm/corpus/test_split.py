"""The cut into train, dev and test."""

from itertools import chain
from pathlib import Path

import pytest

from nplm.corpus.split import SplitParameters, cut, read_shares
from nplm.errors import InputError
from nplm.parameters import read_parameters

NOTEBOOK = (0.8, 0.1, 0.1)
PARAMETERS = SplitParameters(order="shuffled", shares=list(NOTEBOOK))


def test_the_default_cut_is_that_of_the_notebook() -> None:
    """The notebook cuts at int(0.8 * n) and int(0.9 * n), whatever n is."""
    for count in (*range(300), 7223, 13_334, 104_334):
        train, dev, _ = cut([""] * count, 42, NOTEBOOK)
        ends = int(0.8 * count), int(0.9 * count)
        assert (len(train), len(train) + len(dev)) == ends


def test_shares_count_as_they_are_written() -> None:
    """Decimal numbers: their binary forms would lose a word here and there."""
    for shares, count, sizes in (
        ((0.7, 0.2, 0.1), 10, [7, 2, 1]),  # 0.7 + 0.2 is below 0.9 in binary
        ((0.29, 0.01, 0.7), 100, [29, 1, 70]),  # 0.29 * 100 is below 29
        ((1e-05, 0.5, 0.49999), 100_000, [1, 50_000, 49_999]),
    ):
        assert [len(part) for part in cut([""] * count, 1, shares)] == sizes


@pytest.mark.parametrize(
    "value",
    [
        "[0.8, 0.1]", "[0.8, 0.1, 0.2]", "[1.0, 0.0, 0.0]", "[3, 0, 1]", "[]",
        "0.8", "[0.8, x, 0.1]", "[.nan, 1, 1]", "[.inf]",
    ],
)  # fmt: skip
def test_other_shares_than_three_that_sum_to_1_are_refused(
    tmp_path: Path, value: str
) -> None:
    """One line names the key and what it needs to be; numbers of symbols are taken."""
    path = tmp_path / "params.yaml"
    for shares in ([0.5, 0.25, 0.25], [800000, 200000, 0]):
        path.write_text(f"order: file\nshares: {shares}")
        assert read_parameters(SplitParameters, path).shares == shares
    path.write_text(f"order: file\nshares: {value}")
    with pytest.raises(
        InputError, match=r"params.yaml: shares[^\n]* needs to be [^\n]+$"
    ):
        read_parameters(SplitParameters, path)


def write(tmp_path: Path, *lines: str) -> Path:
    """Return the path of a file of these lines."""
    path = tmp_path / "sequences.txt"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def test_a_file_that_prepare_did_not_write_is_refused(tmp_path: Path) -> None:
    """Empty, with an empty line, or not UTF-8."""
    path = tmp_path / "sequences.txt"
    for content in (b"", b"a\n\nb\n" * 9, "été\n".encode("latin-1") * 9):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"txt: not a sequence on each line, in U"):
            read_shares(path, 42, PARAMETERS)


def test_a_share_without_words_is_refused(tmp_path: Path) -> None:
    """int(0.8 n) and int(0.9 n) leave dev or test empty below six words.

    A word is a line: a blank inside an entry does not part it.
    """
    words = ["La Haye", *"abcde"]
    shares = read_shares(write(tmp_path, *words), 42, PARAMETERS)
    assert sorted(chain(*shares)) == words
    with pytest.raises(InputError, match=r": too few lines \(5\) to fill"):
        read_shares(write(tmp_path, *words[:5]), 42, PARAMETERS)


TEXT = ["a b c", "d", "e f g h"]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([3, 1, 0], (["a b c"], ["d"], ["e f g h"])),
        ([3, 1, 4], (["a b c"], ["d"], ["e f g h"])),
        ([2, 1, 2], (["a b"], ["c"], ["d", "e"])),
        ([5.0, 1.0, 0.0], (["a b c", "d", "e"], ["f"], ["g h"])),
    ],
)
def test_shares_can_be_numbers_of_symbols(
    tmp_path: Path, shares: list[float], expected: tuple[list[str], ...]
) -> None:
    """In file order; a cut inside a line leaves two; 0 is the rest."""
    parameters = SplitParameters(order="file", shares=shares)
    assert read_shares(write(tmp_path, *TEXT), 42, parameters, "word") == expected
    letters = write(tmp_path, *(line.replace(" ", "") for line in TEXT))
    without = tuple([line.replace(" ", "") for line in part] for part in expected)
    assert read_shares(letters, 42, parameters) == without


def test_sequences_are_shuffled_or_stay_in_the_order_of_the_file() -> None:
    """In the file's order the seed does nothing. Cuts by symbols are alike."""
    words = [str(number) for number in range(100, 200)]
    shuffled = cut(words, 1, NOTEBOOK)
    assert cut(words, 1, [240, 30, 0]) == shuffled
    assert cut(words, 2, NOTEBOOK) != shuffled
    in_order = (words[:80], words[80:90], words[90:])
    assert cut(words, 1, NOTEBOOK, order="file") == in_order != shuffled


@pytest.mark.parametrize("shares", [[8, 1, 0], [2, 2, 5], [7, 1, 0]])
def test_more_symbols_than_there_are_are_refused(
    tmp_path: Path, shares: list[float]
) -> None:
    """TEXT has eight: the message says so, or that test would be empty."""
    parameters = SplitParameters(order="file", shares=shares)
    message = "to fill train, dev and test" if sum(shares) == 8 else "corpus has 8; low"
    with pytest.raises(InputError, match=message):
        read_shares(write(tmp_path, *TEXT), 42, parameters, "word")
