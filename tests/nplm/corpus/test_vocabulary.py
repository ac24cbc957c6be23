"""The vocabulary, and words as ids."""

import json
import re
from pathlib import Path

import pytest

from nplm.corpus.vocabulary import (
    Unit,
    build_vocabulary,
    decode,
    encode,
    load_vocabulary,
    save_vocabulary,
    unit_of,
    unknown_id,
)
from nplm.errors import InputError


def test_the_civil_vocabulary_has_the_ids_of_the_notebook(civil: list[str]) -> None:
    """The notebook prints 41 symbols: the end is 0, then ' - a … z à … œ."""
    expected = [".", "'", "-", *"abcdefghijlmnopqrstuvwxyz", *"àâçèéêëîïôùûœ"]
    assert build_vocabulary(civil) == expected


@pytest.mark.parametrize(
    ("words", "content"),
    [
        (["e.g"], '["</s>", ".", "e", "g"]\n'),
        (['"\\ \u200c😀'], '[".", " ", "\\"", "\\\\", "\u200c", "😀"]\n'),
    ],
)
def test_a_vocabulary_is_saved_as_one_line_of_json_and_read_again(
    tmp_path: Path, words: list[str], content: str
) -> None:
    """UTF-8, EOS first, then by code point."""
    path = tmp_path / "vocab.json"
    vocabulary = build_vocabulary(words)
    save_vocabulary(vocabulary, path)
    assert path.read_bytes() == content.encode()
    assert load_vocabulary(path) == vocabulary == json.loads(content)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b'"."', b"[]", b'["a", "."]', b'[".", 3]', b'[".", "ab"]',
        b'[".", "a", "a"]', b'[".", "b", "a"]', b'["</s>", "a"]', b'[".", ["a"]]',
        b'[".", "\\ud800"]', b'[".", "\\n"]', '[".", "\u00e9"]'.encode("latin-1"),
        b"[" * 100_000, b'["</s>", "<unk>"]', b'[".", "<unk>", "the"]',
        b'["</s>", "<unk>", "the", "the"]', b'["</s>", "<unk>", "the cat"]',
        b'["</s>", "<unk>", ""]', b'["</s>", "<unk>", "</s>"]',
        b'["</s>", "the", "<unk>"]',
    ],
)  # fmt: skip
def test_a_vocabulary_that_cannot_be_one_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    """Broken JSON, another shape or order, a symbol twice, another encoding.

    Of words: none, no end, one with a blank, or <unk> elsewhere.
    """
    path = tmp_path / "vocab.json"
    path.write_bytes(content)
    expected = f"{path}: not the vocabulary of a corpus; make it again: dvc repro"
    with pytest.raises(InputError, match=f"^{re.escape(expected)} prepare$"):
        load_vocabulary(path)


def test_ids_take_the_smallest_type_that_holds_the_vocabulary() -> None:
    """The last id is symbols - 1; uint8 ends at 255 and int16 at 32767."""
    types = {256: "uint8", 257: "int16", 32_768: "int16", 32_769: "int32"}
    for symbols, dtype in types.items():
        alphabet = [chr(0x10000 + i) for i in range(symbols - 1)]
        ids_N = encode(["".join(alphabet)], [".", *alphabet])
        assert ids_N.dtype == dtype
        assert ids_N.tolist() == [*range(1, symbols), 0]


@pytest.mark.parametrize("character", ["ñ", "\n", "\udcff", "😀"])
def test_a_character_without_an_id_is_refused(character: str) -> None:
    """None is taken for EOS; by hand the message gives the alphabet, else the file."""
    words, vocabulary = ["au", f"a{character}o"], [".", "a", "n", "o", "u"]
    has = f"{words[1]!r} has {character!r}, which is not in the vocabulary"
    with pytest.raises(InputError, match=rf"^{re.escape(has)}; use 'anou'$"):
        encode(words, vocabulary)
    again = rf"^sequences.txt: {re.escape(has)}; make it again: dvc repro prepare$"
    with pytest.raises(InputError, match=again):
        encode(words, vocabulary, file=Path("sequences.txt"))


def test_ids_give_the_words_again(civil: list[str]) -> None:
    """Decode undoes encode, full stops and characters beyond 16 bits included."""
    for words in (civil, ["e.g", "😀", "a b", "."], [], ["", "a", ""]):
        vocabulary = build_vocabulary(words)
        assert decode(encode(words, vocabulary), vocabulary) == words


TEXT = ["the cat saw the dog", "a dog saw the <unk>", "The end"]
"""the 3; dog, saw 2; The, a, cat, end 1, and one that somebody left out before."""


def test_words_stand_by_frequency_then_by_code_point() -> None:
    """Id 1 is for all others, a text's own <unk> included."""
    expected = ["</s>", "<unk>", "the", "dog", "saw", "The", "a", "cat", "end"]
    vocabulary = build_vocabulary(TEXT, "word")
    assert vocabulary == expected
    assert unit_of(vocabulary) == "word"
    assert encode(TEXT, vocabulary).tolist() == [
        2, 7, 4, 2, 3, 0, 6, 3, 4, 2, 1, 0, 5, 8, 0
    ]  # fmt: skip
    assert decode(encode(TEXT, vocabulary), vocabulary) == TEXT
    assert encode(["an  owl"], vocabulary).tolist() == [1, 1, 0]
    assert unknown_id(vocabulary) == 1


def test_rare_words_are_left_out() -> None:
    """By how often they occur, and so that there are size symbols, <unk> included."""
    for size, min_count, words in (
        (5, 1, ["the", "dog", "saw", "The"]),
        (0, 2, ["the", "dog", "saw"]),
        (3, 2, ["the", "dog"]),
    ):
        vocabulary = build_vocabulary(TEXT, "word", size=size, min_count=min_count)
        assert vocabulary == ["</s>", "<unk>", *words]


def test_rare_characters_are_left_out_too() -> None:
    """U+FFFD, Unicode's replacement character, stands for them."""
    words = ["aab", "abc", "a"]
    assert build_vocabulary(words, size=3) == [".", "a", "b", "c"]
    vocabulary = build_vocabulary(words, size=2)
    assert vocabulary == build_vocabulary(words, min_count=3) == [".", "a", "\ufffd"]
    assert decode(encode(words, vocabulary), vocabulary) == [
        "aa\ufffd", "a\ufffd\ufffd", "a"
    ]  # fmt: skip
    assert unknown_id(vocabulary) == 2
    assert unit_of(vocabulary) == "character"
    assert unknown_id(build_vocabulary(words)) is None


@pytest.mark.parametrize(
    ("unit", "limits", "problem"),
    [
        ("word", {"size": 9}, "vocabulary.size: 9 needs to be at most 8, what the"),
        ("character", {"size": 99}, "vocabulary.size: 99 needs to be at most 17, what"),
        ("word", {"min_count": 4}, "vocabulary: size: 0 and min_count: 4 leave no"),
        ("word", {"size": 1}, "vocabulary: size: 1 and min_count: 1 leave no symbol;"),
        ("character", {"min_count": 99}, "vocabulary: size: 0 and min_count: 99 leave"),
    ],
)
def test_a_limit_that_does_nothing_or_leaves_nothing_is_refused(
    unit: Unit, limits: dict[str, int], problem: str
) -> None:
    """TEXT has 7 words, those left out before, and 17 characters."""
    with pytest.raises(InputError, match=f"^params.yaml: {problem}"):
        build_vocabulary(TEXT, unit, **limits)
