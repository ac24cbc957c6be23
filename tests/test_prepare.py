"""The words and the vocabulary of a corpus."""

from pathlib import Path

import pytest

from stages.prepare import build_vocabulary, read_words


def words_of(folder: Path, content: bytes) -> list[str]:
    corpus = folder / "words.txt"
    corpus.write_bytes(content)
    return read_words(corpus)


def test_line_ends_blanks_and_byte_order_mark_are_not_part_of_a_word(
    tmp_path: Path,
) -> None:
    """A list saved on Windows gives the same words as one saved on Linux."""
    windows = "\ufeffloi\r\n lois \r\n\r\n\talinéa\r\n".encode()
    assert words_of(tmp_path, windows) == ["loi", "lois", "alinéa"]
    assert words_of(tmp_path, "loi\nlois\nalinéa".encode()) == ["loi", "lois", "alinéa"]


def test_words_are_normalized_and_the_first_of_duplicates_stays(
    tmp_path: Path,
) -> None:
    """An e with a combining accent is the letter é, so both spellings are one word."""
    content = "thé\nabbé\nthe\u0301\nabbé\n".encode()
    assert words_of(tmp_path, content) == ["thé", "abbé"]


def test_the_civil_vocabulary_has_the_ids_of_the_notebook(civil: list[str]) -> None:
    """The notebook prints 41 symbols: the end is 0, then ' - a … z à … œ."""
    vocabulary = build_vocabulary(civil)
    expected = [".", "'", "-", *"abcdefghijlmnopqrstuvwxyz", *"àâçèéêëîïôùûœ"]
    assert vocabulary == expected
    assert len(vocabulary) == 41


def test_prepare_keeps_the_civil_list_as_it_is(
    civil: list[str], civil_path: Path
) -> None:
    """The notebook's list is clean: 7,223 distinct words in file order."""
    assert read_words(civil_path) == civil
    assert len(civil) == 7223


@pytest.mark.parametrize("length", [99, 100])
def test_a_long_word_is_a_word(tmp_path: Path, length: int) -> None:
    """Up to 100 characters are accepted."""
    assert words_of(tmp_path, b"a" * length) == ["a" * length]


@pytest.mark.parametrize(
    "word", ["\u0645\u06cc\u200c\u062e", "\u0d28\u0d4d\u200d", "\ue000"]
)
def test_a_word_may_have_joiners_and_letters_of_ones_own(
    tmp_path: Path, word: str
) -> None:
    """Persian and Malayalam spell with U+200C and U+200D; U+E000 is for private use."""
    assert words_of(tmp_path, word.encode()) == [word]
