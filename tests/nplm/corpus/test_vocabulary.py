"""The vocabulary, and words as ids."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import DTypeLike

from nplm.corpus.vocabulary import (
    build_vocabulary,
    decode,
    encode,
    load_vocabulary,
    save_vocabulary,
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
    expected = f"{path}: not the vocabulary of a word list; make it again: dvc repro"
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
