"""The stage prepare: from a corpus to words, vocabulary and sizes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ARGUMENTS, DEFAULT_LIST, ROOT, set_params

NAME = "my liste\xa0; v2.txt"
"""A file manager lets people type U+00A0."""
Prepare = Callable[..., object]


@pytest.fixture
def prepare(folder: Path, run_stage: Callable[..., object]) -> Prepare:
    """Return a function that runs the stage, with changes, on a corpus of a content."""

    def run(content: str, **changes: Any) -> object:
        (folder / NAME).write_bytes(content.encode())
        set_params(folder, **{"corpus": NAME} | changes)
        return run_stage("prepare", *ARGUMENTS["prepare"])

    return run


def test_the_default_corpus_gives_the_committed_sizes(
    prepare: Prepare, folder: Path
) -> None:
    """The list is clean, so its words are the file; 42 symbols, EOS among them."""
    corpus = DEFAULT_LIST.read_text("utf-8")
    assert prepare(corpus) is None
    assert (folder / "sequences.txt").read_bytes() == corpus.encode()
    assert len(json.loads((folder / "vocab.json").read_text("utf-8"))) == 42
    committed = (ROOT / "metrics" / "corpus.json").read_bytes()
    assert (folder / "corpus.json").read_bytes() == committed


def test_words_are_counted_and_so_are_those_left_out(
    prepare: Prepare, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each character and each end of a distinct word is an example."""
    assert prepare("été\r\ne.g\r\nété\r\n") is None
    assert (folder / "sequences.txt").read_bytes() == "été\ne.g\n".encode()
    vocabulary = '["</s>", ".", "e", "g", "t", "é"]\n'
    assert (folder / "vocab.json").read_bytes() == vocabulary.encode()
    sizes = {"words": 2, "symbols": 6, "examples": 8}
    assert json.loads((folder / "corpus.json").read_text()) == sizes
    assert capsys.readouterr().out.splitlines() == [
        f"{NAME}: 2 words, 6 symbols, 8 examples",
        f"{NAME}: lines that repeat an earlier one, left out: 1",
    ]


@pytest.mark.parametrize(
    ("content", "changes", "sequences"),
    [
        ("n;mot\n1;loi\n", {"column": "mot"}, "loi\n"),
        ("1;loi\n", {"column": 2}, "loi\n"),
        ("La Haye\n", {"vocabulary__blank": True}, "La Haye\n"),
        ("la loi\nla loi\n", {"unit": "word"}, "la loi\nla loi\n"),
    ],
)
def test_parameters_say_what_the_corpus_is(
    prepare: Prepare,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    changes: dict[str, Any],
    sequences: str,
) -> None:
    """A table, by a column's name or number; names that have blanks; a text."""
    assert prepare(content, **changes) is None
    assert (folder / "sequences.txt").read_text() == sequences
    assert "repeat" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, f"{NAME}:1: 'la loi' has ' '"),
        ({"unit": "word", "column": "mot"}, "params.yaml: column: mot is read with"),
        ({"unit": "word", "vocabulary__blank": True}, "params.yaml: vocabulary.blank"),
        ({"corpus": "été.txt"}, "été.txt: No such file or directory; check the path"),
    ],
)
def test_what_cannot_be_prepared_is_one_line_and_no_output(
    prepare: Prepare, folder: Path, changes: dict[str, Any], message: str
) -> None:
    """A list with blanks, what no text has, a file that is missing."""
    error = str(prepare("la loi\n", **changes))
    assert error.startswith(f"error: {message}")
    assert "\n" not in error
    assert {file.name for file in folder.iterdir()} == {"params.yaml", NAME}
