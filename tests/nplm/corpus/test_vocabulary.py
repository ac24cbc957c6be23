"""The vocabulary, and words as ids."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import DTypeLike

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
    vocabulary = build_vocabulary(civil)
    expected = [".", "'", "-", *"abcdefghijlmnopqrstuvwxyz", *"àâçèéêëîïôùûœ"]
    assert vocabulary == expected
    assert len(vocabulary) == 41


def test_a_full_stop_in_a_word_is_a_symbol_like_any_other() -> None:
    """EOS is then shown as </s>, and only EOS is 0."""
    vocabulary = build_vocabulary(["e.g", ".", "a b"])
    assert vocabulary == ["</s>", " ", ".", "a", "b", "e", "g"]
    assert encode(["e.g", ".", "a b"], vocabulary).tolist() == [
        5, 2, 6, 0, 2, 0, 3, 1, 4, 0
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "content"),
    [
        (["là", "au"], '[".", "a", "l", "u", "à"]\n'),
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
        b"", b"[", b"{}", b"3", b"null", b'"."', b"[]", b'["a", "."]', b'[".", 3]',
        b'[".", "ab"]', b'[".", ""]', b'[".", "a", "a"]', b'[".", "b", "a"]',
        b'[".", "."]', b'["</s>", "a"]', b'["</s>", "a", "."]', b'[".", null]',
        b'[".", ["a"]]', b'[".", "\\ud800"]', b'[".", "\\n"]', b'[".", NaN]',
        '[".", "\u00e9"]'.encode("latin-1"), b"[" * 100_000, b'{"0": "."}',
        b"[" + b"9" * 10_000 + b"]", b"\xff\xfe[",
    ],
)  # fmt: skip
def test_a_vocabulary_that_cannot_be_one_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    """Broken JSON, another shape or order, a symbol twice, another encoding."""
    path = tmp_path / "vocab.json"
    path.write_bytes(content)
    expected = f"{path}: not the vocabulary of a corpus; make it again: dvc repro"
    with pytest.raises(InputError, match=f"^{re.escape(expected)} prepare$"):
        load_vocabulary(path)


@pytest.mark.parametrize(
    ("symbols", "dtype"),
    [
        (256, np.uint8),
        (257, np.int16),
        (12_046, np.int16),
        (32_768, np.int16),
        (32_769, np.int32),
    ],
)
def test_ids_take_the_smallest_type_that_holds_the_vocabulary(
    symbols: int, dtype: DTypeLike
) -> None:
    """The last id is symbols - 1; uint8 ends at 255 and int16 at 32767."""
    alphabet = [chr(0x10000 + i) for i in range(symbols - 1)]
    ids_N = encode(["".join(alphabet)], [".", *alphabet])
    assert ids_N.dtype == dtype
    assert ids_N.tolist() == [*range(1, symbols), 0]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["au", "año"], "'año' has 'ñ', which is not in the vocabulary"),
        (["."], "'.' has '.', which"),
        (["a\nu"], "'a\\nu' has '\\n', which"),
        (["\udcff"], "'\\udcff' has '\\udcff', which"),
        (["😀"], "'😀' has '😀', which"),
    ],
)
def test_a_character_without_an_id_is_refused(words: list[str], problem: str) -> None:
    """None is taken for EOS; by hand the message gives the alphabet, else the file."""
    vocabulary = [".", "a", "n", "o", "u"]
    with pytest.raises(InputError, match=rf"^{re.escape(problem)}.*; use 'anou'$"):
        encode(words, vocabulary)
    with pytest.raises(InputError) as error:
        encode(words, vocabulary, file=Path("sequences.txt"))
    assert str(error.value).startswith(f"sequences.txt: {problem}")
    assert str(error.value).endswith("; make it again: dvc repro prepare")


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
    assert encode(TEXT, vocabulary).tolist() == [
        2, 7, 4, 2, 3, 0, 6, 3, 4, 2, 1, 0, 5, 8, 0
    ]  # fmt: skip
    assert decode(encode(TEXT, vocabulary), vocabulary) == TEXT
    assert encode(["an  owl"], vocabulary).tolist() == [1, 1, 0]
    assert unknown_id(vocabulary) == 1


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"size": 8}, ["the", "dog", "saw", "The", "a", "cat", "end"]),
        ({"size": 5}, ["the", "dog", "saw", "The"]),
        ({"min_count": 2}, ["the", "dog", "saw"]),
        ({"min_count": 2, "size": 3}, ["the", "dog"]),
        ({"min_count": 3, "size": 8}, ["the"]),
    ],
)
def test_rare_words_are_left_out(limits: dict[str, int], words: list[str]) -> None:
    """By how often they occur, and so that there are size symbols, <unk> included."""
    assert build_vocabulary(TEXT, "word", **limits) == ["</s>", "<unk>", *words]


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


@pytest.mark.parametrize(
    ("symbols", "unit"),
    [
        (["</s>", "<unk>", "the", "."], "word"),
        (["</s>", "<unk>", "a", "b"], "word"),
        (["</s>", "."], "character"),
        ([".", "<", "k", "n", "u"], "character"),
    ],
)
def test_a_vocabulary_tells_its_unit(
    tmp_path: Path, symbols: list[str], unit: Unit
) -> None:
    """By <unk> at id 1, which is longer than a character; saved, it is the same."""
    save_vocabulary(symbols, tmp_path / "vocab.json")
    assert load_vocabulary(tmp_path / "vocab.json") == symbols
    assert unit_of(symbols) == unit


@pytest.mark.parametrize(
    "symbols",
    [
        ["</s>", "<unk>"], [".", "<unk>", "the"], ["</s>", "<unk>", "the", "the"],
        ["</s>", "<unk>", "the cat"], ["</s>", "<unk>", ""], ["</s>", "<unk>", "</s>"],
        ["</s>", "the", "<unk>"], ["</s>", "<unk>", "<unk>"],
    ],
)  # fmt: skip
def test_a_vocabulary_of_words_that_cannot_be_one_is_refused(
    tmp_path: Path, symbols: list[str]
) -> None:
    """No word, no end, one twice, with a blank, or <unk> elsewhere."""
    path = tmp_path / "vocab.json"
    path.write_text(json.dumps(symbols))
    with pytest.raises(InputError, match="not the vocabulary of a corpus"):
        load_vocabulary(path)
