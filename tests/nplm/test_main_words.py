"""By hand: `python -m nplm words`, `endings` and `score`."""

import csv
import io
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.ids import load_ids
from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import encode
from nplm.models.kneser_ney import fit_ngram
from tests.conftest import set_params
from tests.inputs import save_words
from tests.nplm.conftest import VOCABULARY, ByHand, save_list


def test_words_begin_with_the_prefix_and_nothing_is_written(
    by_hand: ByHand, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many as params.yaml says, those of its seed, or of the options."""
    set_params(folder, sample__count=7)
    before = sorted(folder.rglob("*"))
    assert by_hand("words") is None
    words = capsys.readouterr().out.splitlines()
    assert len(words) == 7
    assert by_hand("words", "--prefix", "lo", "--count", "5") is None
    words = capsys.readouterr().out.splitlines()
    assert len(words) == 5
    assert all(word.startswith("lo") for word in words)
    assert sorted(folder.rglob("*")) == before
    assert by_hand("words", "--before", "params.yaml") == (
        "error: --before: goes with lines of a text, and this model has words"
    )
    assert by_hand("words", "--prefix", "lox") == (
        "error: 'lox' has 'x', which is not in the vocabulary; use 'iloé'"
    )


def test_options_stand_for_the_parameters_of_the_file(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them changes what is printed; what they have in the file does not.

    New words are none of train, dev and test.
    """
    by_hand("words")
    default = capsys.readouterr().out
    assert default.count("\n") == 20
    neutral = ("--seed=2147483647", "--temperature=1", "--top-k=0", "--top-p=1e0")
    by_hand("words", *neutral)
    assert capsys.readouterr().out == default
    for option in ("--seed=1", "--temperature=9", "--top-k=2", "--top-p=0.8"):
        by_hand("words", option)
        assert capsys.readouterr().out != default
    listed = {"train": ["lo"], "dev": ["o"], "test": ["l"]}
    save_words(listed, VOCABULARY, Path("data/splits/ids.npz"))
    by_hand("words", "--new-only", "--count=100")
    words = capsys.readouterr().out.split("\n")[:-1]
    assert len(set(words)) == 100
    assert not {"", "lo", "o", "l"} & set(words)


def test_a_wrong_value_is_one_line_with_the_option(by_hand: ByHand) -> None:
    """The name of the option, the value, and what it needs to be."""
    for option, shown, needs in (
        ("--count=0", "0", "greater than or equal to 1"),
        ("--count=[", "'['", "a valid integer"),
        ("--count=" + "9" * 5000, f"'{'9' * 39}…", "a valid integer"),
        ("--top-p=1.01", "1.01", "less than or equal to 1"),
    ):
        name = option.partition("=")[0]
        assert by_hand("words", option) == f"error: {name}: {shown} needs to be {needs}"


def test_endings_prints_what_the_list_lacks_and_why(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: four stems take -er and -é, so "port" + -er proposes "porté"."""
    words = "aimer aimé parler parlé donner donné tomber tombé porter pont"
    save_list(*words.split())
    assert by_hand("endings", "--count", "5") is None
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["word", "chance", "from", "as"]
    word, chance, *why = line.split()
    assert [word, *why] == ["porté", "porter", "aimé", "from", "aimer"]
    assert 0 < float(chance) < 1


def test_endings_says_where_a_list_exchanges_none(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, which is no error; the lines of a text are one."""
    assert by_hand("endings") is None
    assert capsys.readouterr().out == (
        "data/splits/ids.npz: its words do not exchange endings; nothing to propose\n"
    )
    assert by_hand("endings", "--count", "0") == (
        "error: --count: '0' needs to be a whole number from 1 to 1000"
    )
    lines = {split: ["the cat"] for split in SPLITS}
    save_words(lines, ["</s>", "<unk>", "cat", "the"], Path("data/splits/ids.npz"))
    error = str(by_hand("endings"))
    assert error.startswith("error: data/splits/ids.npz: has lines of text, and only")


def test_words_are_scored_by_network_n_gram_and_mixture(
    by_hand: ByHand, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: logits of 1 for each letter and 0 for EOS; half of each model.

    The n-gram is that of train, with what params.yaml says. The weights suit dev, where
    the files of scores have both models alike.
    """
    set_params(folder, ngram__order=2)
    assert by_hand("score", "--csv", "loi") is None
    _, *rows = csv.reader(capsys.readouterr().out.splitlines())
    network, ngram, mixture = np.exp(
        np.transpose([row[3:6] for row in rows]).astype(float)
    )
    whole = 1 + 4 * math.e
    assert network == pytest.approx([*3 * [math.e / whole], 1 / whole], abs=1e-6)
    train = load_ids(Path("data/splits/ids.npz")).ids["train"]
    of_train = fit_ngram(train, VOCABULARY, 2, (0.75, 1, 1))
    expected = of_train.score(encode(["loi"], VOCABULARY)).values_N
    assert ngram == pytest.approx(np.exp(expected), abs=1e-6)
    assert mixture == pytest.approx((network + ngram) / 2, abs=1e-6)


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


def test_words_that_cannot_be_scored_are_one_line(by_hand: ByHand) -> None:
    """None, some in two places, a file that is no word list, another model's ids."""
    Path("blank.txt").write_text(" \n\n")
    Path("latin.txt").write_bytes(b"loi\n\xe9t\xe9\n")
    save_list("ac")
    no_words = "score: give some words, or --file; `--file -` reads input"
    for arguments, message in (
        ((), no_words),
        (("l", "--file=-"), no_words),
        (("--file=blank.txt",), "blank.txt: no words; put one on each line"),
        (("--file=latin.txt",), "latin.txt:2: byte 0xe9 is not UTF-8; save as UTF-8"),
        (
            ("lo",),
            "data/splits/ids.npz: not the vocabulary of data/model.pt; "
            "make both: dvc repro",
        ),
    ):
        assert by_hand("score", *arguments) == f"error: {message}"
