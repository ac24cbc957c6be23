"""The stage prepare: from a corpus to words, vocabulary and sizes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ARGUMENTS, ROOT, set_params

OUTPUTS = ("sequences.txt", "vocab.json", "corpus.json")


@pytest.fixture
def prepare(
    folder: Path, run_stage: Callable[..., object]
) -> Callable[[bytes], object]:
    """Return a function that runs the stage on a corpus of this content."""

    def run(content: bytes) -> object:
        set_params(folder, corpus="my list; v2.txt")
        (folder / "my list; v2.txt").write_bytes(content)
        return run_stage("prepare", *ARGUMENTS["prepare"])

    return run


def test_the_default_corpus_gives_the_committed_sizes(
    prepare: Callable[[bytes], object], folder: Path
) -> None:
    """The list is clean, so its words are the file; 42 symbols, EOS among them."""
    corpus = (ROOT / "data" / "travail_mots.txt").read_bytes()
    assert prepare(corpus) is None
    assert (folder / "sequences.txt").read_bytes() == corpus
    vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
    assert vocabulary == [".", *sorted(set(corpus.decode()) - {"\n"})]
    assert len(vocabulary) == 42
    committed = (ROOT / "metrics" / "corpus.json").read_bytes()
    assert (folder / "corpus.json").read_bytes() == committed


def test_words_symbols_and_examples_are_counted(
    prepare: Callable[[bytes], object], folder: Path
) -> None:
    """Each character and each end of a distinct word is an example."""
    assert prepare("été\r\ne.g\r\nété\r\n".encode()) is None
    assert (folder / "sequences.txt").read_bytes() == "été\ne.g\n".encode()
    vocabulary = '["</s>", ".", "e", "g", "t", "é"]\n'
    assert (folder / "vocab.json").read_bytes() == vocabulary.encode()
    sizes = {"words": 2, "symbols": 6, "examples": 8}
    assert json.loads((folder / "corpus.json").read_text()) == sizes


def test_lines_that_repeat_an_earlier_one_are_reported(
    prepare: Callable[[bytes], object], capsys: pytest.CaptureFixture[str]
) -> None:
    """A second line says how many; there is none where no line does."""
    prepare(b"loi\nlois\nloi\nloi\n")
    assert capsys.readouterr().out.splitlines() == [
        "my list; v2.txt: 2 words, 5 symbols, 9 examples",
        "my list; v2.txt: lines that repeat an earlier one, left out: 2",
    ]
    prepare(b"loi\nlois\n")
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_blank_is_a_symbol_where_the_parameter_says_so(
    prepare: Callable[[bytes], object], folder: Path
) -> None:
    """Else the message names the parameter."""
    error = str(prepare(b"La Haye\n"))
    assert error.startswith("error: my list; v2.txt:1: 'La Haye' has ' '")
    assert "or set vocabulary.blank to true" in error
    set_params(folder, vocabulary__blank=True)
    assert prepare(b"La Haye\n") is None
    assert (folder / "sequences.txt").read_text() == "La Haye\n"
    assert json.loads((folder / "vocab.json").read_text())[:2] == [".", " "]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "my list; v2.txt: no words; put one on each line"),
        (b"loi\n\xe9t\xe9\n", "my list; v2.txt:2: byte 0xe9 is not UTF-8; save the"),
        (b"loi\na\tb\n", "my list; v2.txt:2: 'a\\tb' has '\\t'"),
        (b"Emma;5310\nJade;5309\n", "my list; v2.txt:1: 'Emma;5310' is a row of a CSV"),
    ],
)
def test_a_refused_corpus_is_one_line_and_no_output(
    prepare: Callable[[bytes], object], folder: Path, content: bytes, where: str
) -> None:
    """The line names the file and the line in it; nothing is written."""
    error = str(prepare(content))
    assert error.startswith(f"error: {where}")
    assert "\n" not in error
    assert not any((folder / name).exists() for name in OUTPUTS)


def test_a_corpus_that_cannot_be_opened_is_named(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """It is missing, or a folder."""
    set_params(folder, corpus="été.txt")
    error = str(run_stage("prepare", *ARGUMENTS["prepare"]))
    assert error == "error: été.txt: No such file or directory; check the path"
    (folder / "été.txt").mkdir()
    error = str(run_stage("prepare", *ARGUMENTS["prepare"]))
    assert error == "error: été.txt: Is a directory; check the path"


@pytest.mark.parametrize("corpus", ["", "two\nlines.txt", "nul\0.txt", "\u2028"])
def test_a_corpus_is_a_path_of_one_line(
    folder: Path, run_stage: Callable[..., object], corpus: str
) -> None:
    """Anything else would break the one line of a message."""
    set_params(folder, corpus=corpus)
    error = str(run_stage("prepare", *ARGUMENTS["prepare"]))
    assert error.startswith("error: params.yaml: corpus: ")
    assert error.endswith(" needs to be a text of one line, such as a path")


def test_a_path_may_have_unusual_blanks(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """A file manager lets people type U+00A0; it is still one line."""
    set_params(folder, corpus="ma\xa0liste.txt")
    (folder / "ma\xa0liste.txt").write_text("loi\n")
    assert run_stage("prepare", *ARGUMENTS["prepare"]) is None


def test_as_a_process_it_ends_with_status_1_and_one_line(tmp_path: Path) -> None:
    """Nothing on standard output, no traceback on standard error."""
    params = "corpus: été.txt\nunit: character\n"
    params += "vocabulary: {blank: false, size: 0, min_count: 1}\n"
    (tmp_path / "params.yaml").write_text(params, "utf-8")
    (tmp_path / "été.txt").write_text("loi\nde la\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "stages.prepare", *ARGUMENTS["prepare"]],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "error: été.txt:2: 'de la' has ' ', a blank or control character; "
        "put one word on each line, of visible characters, or set vocabulary.blank "
        "to true (to list all such lines: "
        r"LC_ALL=C grep -naP '\S.*\x20.*\S' < 'été.txt')" + "\n"
    )
