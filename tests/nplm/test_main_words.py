"""By hand: `python -m nplm words`, `endings` and `score`."""

import csv
import io
import sys
from pathlib import Path

import pytest

from nplm.corpus.vocabulary import save_vocabulary
from tests.nplm.conftest import ByHand, save_network_scores


def test_endings_prints_what_the_list_lacks_and_why(
    by_hand: ByHand, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: four stems take -er and -é, so "port" + -er proposes "porté"."""
    words = "aimer aimé parler parlé donner donné tomber tombé porter pont"
    (folder / "data" / "sequences.txt").write_text(words.replace(" ", "\n"), "utf-8")
    assert by_hand("endings", "--count", "5") is None
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["word", "chance", "from", "as"]
    word, chance, *why = line.split()
    assert [word, *why] == ["porté", "porter", "aimé", "from", "aimer"]
    assert 0 < float(chance) < 1


def test_endings_says_where_a_list_exchanges_none(
    by_hand: ByHand, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, which is no error."""
    (folder / "data" / "sequences.txt").write_text("loi\npont\n", "utf-8")
    assert by_hand("endings") is None
    assert capsys.readouterr().out == (
        "data/sequences.txt: its words do not exchange endings; nothing to propose\n"
    )
    assert by_hand("endings", "--count", "0") == (
        "error: --count: '0' needs to be a whole number from 1 to 1000"
    )


def test_options_stand_for_the_parameters_of_the_file(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them changes what is printed; what they have in the file does not."""
    by_hand("words")
    default = capsys.readouterr().out
    assert default.count("\n") == 20
    neutral = ("--seed=2147483647", "--temperature=1", "--top-k=0", "--top-p=1e0")
    by_hand("words", *neutral)
    assert capsys.readouterr().out == default
    for option in ("--seed=1", "--temperature=9", "--top-k=2", "--top-p=0.8"):
        by_hand("words", option)
        assert capsys.readouterr().out != default
    by_hand("words", "--new-only", "--count=100")
    words = capsys.readouterr().out.split("\n")[:-1]
    assert len(set(words)) == 100
    assert not {"", "lo", "o", "ooi"} & set(words)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--count=0", "--count: 0 needs to be greater than or equal to 1"),
        ("--count=100001", "--count: 100001 needs to be less than or equal to 100000"),
        ("--count=1.5", "--count: 1.5 needs to be a valid integer"),
        ("--count=two", "--count: 'two' needs to be a valid integer"),
        ("--count=[", "--count: '[' needs to be a valid integer"),
        ("--count=", "--count: None needs to be a valid integer"),
        ("--count=" + "9" * 5000, f"--count: '{'9' * 39}… needs to be a valid integer"),
        ("--seed=-1", "--seed: -1 needs to be greater than or equal to 0"),
        ("--top-k=-1", "--top-k: -1 needs to be greater than or equal to 0"),
        ("--top-p=0", "--top-p: 0 needs to be greater than 0"),
        ("--top-p=1.01", "--top-p: 1.01 needs to be less than or equal to 1"),
        (
            "--temperature=0",
            "--temperature: 0 needs to be greater than or equal to 0.000001",
        ),
    ],
)
def test_a_wrong_value_is_one_line_with_the_option(
    by_hand: ByHand, option: str, message: str
) -> None:
    """The name of the option, the value, and what it needs to be."""
    assert by_hand("words", option) == f"error: {message}"


@pytest.mark.parametrize("option", ["--temp=1", "--number=3", "--new-only=1"])
def test_an_unknown_option_is_an_error(by_hand: ByHand, option: str) -> None:
    """Not even a beginning of a known one is taken."""
    assert by_hand("words", option) == 2


def test_words_are_scored_from_the_command_line_a_file_or_standard_input(
    by_hand: ByHand,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same rows, whatever surrounds a word; a mark and line ends of Windows too."""
    content = "\ufefflo\r\n\r\n o \r\n".encode()
    Path("some.txt").write_bytes(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    printed = []
    for words in (("lo", "o"), ("--file", "some.txt"), ("--file", "-")):
        assert by_hand("score", "--csv", *words) is None
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] == printed[2]
    rows = list(csv.DictReader(printed[0].splitlines()))
    assert [row["symbol"] for row in rows] == ["l", "o", ".", "o", "."]


NO_WORDS = "score: give some words, or --file; `--file -` reads input"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), NO_WORDS),
        (("l", "--file=-"), NO_WORDS),
        (("lc",), "'lc' has 'c', which is not in the vocabulary; use 'iloé'"),
        (("--file=no.txt",), "no.txt: No such file or directory; check the path"),
        (("--file=blank.txt",), "blank.txt: no words; put one on each line"),
        (("--file=latin.txt",), "latin.txt:2: byte 0xe9 is not UTF-8; save as UTF-8"),
    ],
)
def test_words_that_cannot_be_scored_are_one_line(
    by_hand: ByHand, arguments: tuple[str, ...], message: str
) -> None:
    """None, some in two places, an unknown character, a file that is no word list."""
    Path("blank.txt").write_text(" \n\n")
    Path("latin.txt").write_bytes(b"loi\n\xe9t\xe9\n")
    assert by_hand("score", *arguments) == f"error: {message}"


def test_scores_of_another_vocabulary_are_refused(by_hand: ByHand) -> None:
    """A model that was trained again without what follows it."""
    save_network_scores(["ac"], [".", "a", "c"])
    assert by_hand("score", "lo") == (
        "error: data/network.npz: not the vocabulary of data/model.pt; "
        "make both again: dvc repro"
    )


def test_the_lines_of_a_text_have_examples_and_no_endings(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words stand apart in a context; what exchanges endings is a word list."""
    vocabulary = ["</s>", "<unk>", "the", "cat"]
    save_vocabulary(vocabulary, Path("data/vocab.json"))
    assert by_hand("examples", "the cat sat") is None
    assert capsys.readouterr().out.splitlines() == [
        "the cat sat",
        "</s> </s> </s> ---> the",
        "</s> </s> the ---> cat",
        "</s> the cat ---> <unk>",
        "the cat <unk> ---> </s>",
    ]
    error = str(by_hand("endings"))
    assert error.startswith("error: data/sequences.txt: has lines of text, and only")
