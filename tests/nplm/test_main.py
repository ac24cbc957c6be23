"""By hand: `python -m nplm` with `words`, `endings` and `examples`."""

import runpy
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from nplm.corpus.vocabulary import save_vocabulary
from nplm.models.model_file import save_members
from tests.conftest import new_network, set_params, set_weights

VOCABULARY = [".", "i", "l", "o", "é"]

ByHand = Callable[..., object]


@pytest.fixture
def by_hand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ByHand:
    """Return a function that runs `python -m nplm` beside a model and a vocabulary.

    It returns None, or what the program passed to sys.exit.
    """
    (folder / "data").mkdir()
    save_vocabulary(VOCABULARY, folder / "data" / "vocab.json")
    network = new_network(5, 3, 2, 4)
    set_weights(network, W2=0, b2=[0, 1, 1, 1, 1])
    save_members([network], VOCABULARY, folder / "data" / "model.pt")
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> object:
        monkeypatch.setattr(sys, "argv", ["nplm", *arguments])
        monkeypatch.delitem(sys.modules, "nplm.__main__", raising=False)
        try:
            runpy.run_module("nplm", run_name="__main__")
        except SystemExit as end:
            return end.code
        return None

    return run


def test_words_begin_with_the_prefix_and_nothing_is_written(
    by_hand: ByHand, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--prefix lo --count 5` prints five words that begin with lo, one on a line."""
    before = sorted(folder.rglob("*"))
    assert by_hand("words", "--prefix", "lo", "--count", "5") is None
    words = capsys.readouterr().out.splitlines()
    assert len(words) == 5
    assert all(word.startswith("lo") for word in words)
    assert sorted(folder.rglob("*")) == before


def test_without_options_there_are_as_many_words_as_params_yaml_says(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty prefix is none; the words are those of the seed, at every call."""
    set_params(Path(), sample__count=7)
    assert by_hand("words") is None
    words = capsys.readouterr().out.splitlines()
    assert len(words) == 7
    assert by_hand("words", "--prefix=", "--count", "3") is None
    assert capsys.readouterr().out.splitlines() == words[:3]


@pytest.mark.parametrize("count", ["0", "100001", "-1", "1.5", "two", "", "9" * 30])
def test_a_count_that_is_none_is_refused(by_hand: ByHand, count: str) -> None:
    """The line names the option, what was given, and the limits."""
    error = by_hand("words", f"--count={count}")
    needed = "needs to be a whole number from 1 to 100000"
    assert error == f"error: --count: {count!r} {needed}"


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("lox", "'lox' has 'x', which is not in the vocabulary; use 'iloé'"),
        ("l.", "'l.' has '.', which is not in the vocabulary; use 'iloé'"),
        ("l" * 40, "prefix: 'lll"),
    ],
)
def test_a_prefix_that_cannot_be_continued_is_one_line(
    by_hand: ByHand, prefix: str, message: str
) -> None:
    """An unknown character lists those known; a long prefix names its limit."""
    error = str(by_hand("words", "--prefix", prefix))
    assert error.startswith(f"error: {message}")
    assert "\n" not in error


def test_examples_are_printed_as_in_the_notebook(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its loop over `loi`, block_size 3."""
    assert by_hand("examples", "loi") is None
    assert capsys.readouterr().out.splitlines() == [
        "loi", "... ---> l", "..l ---> o", ".lo ---> i", "loi ---> .",
    ]  # fmt: skip


def test_examples_have_the_context_of_params_yaml_and_words_are_brought_to_nfc(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """An é typed as two characters is the letter é, as in the corpus."""
    set_params(Path(), context_size=1)
    assert by_hand("examples", unicodedata.normalize("NFD", "lé"), "o") is None
    assert capsys.readouterr().out.splitlines() == [
        "lé", ". ---> l", "l ---> é", "é ---> .", "o", ". ---> o", "o ---> .",
    ]  # fmt: skip


def test_eos_is_shown_in_full_where_a_full_stop_is_a_character(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a combining character, which would sit on its neighbour, on a circle."""
    save_vocabulary(["</s>", ".", "x", "\u0301"], Path("data/vocab.json"))
    set_params(Path(), context_size=1)
    assert by_hand("examples", "x\u0301.") is None
    assert capsys.readouterr().out.splitlines() == [
        "x\u0301.", "</s> ---> x", "x ---> \u25cc\u0301",
        "\u25cc\u0301 ---> .", ". ---> </s>",
    ]  # fmt: skip


def test_a_word_that_begins_with_a_hyphen_comes_after_two(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `make examples WORDS=-il` calls it; without them it is an unknown option."""
    save_vocabulary([".", "-", "i", "l"], Path("data/vocab.json"))
    assert by_hand("examples", "--", "-il", "--") is None
    output = capsys.readouterr().out.splitlines()
    assert output[:2] == ["-il", "... ---> -"]
    assert output[5:7] == ["--", "... ---> -"]
    assert by_hand("examples", "-il") == 2


def test_a_word_that_the_vocabulary_cannot_spell_is_refused(by_hand: ByHand) -> None:
    """The line names the word, the character, and what there is."""
    assert by_hand("examples", "loi", "lñ") == (
        "error: 'lñ' has 'ñ', which is not in the vocabulary; use 'iloé'"
    )


@pytest.mark.parametrize(
    ("command", "name"), [("words", "model.pt"), ("examples", "vocab.json")]
)
def test_what_dvc_repro_has_not_made_is_named(
    by_hand: ByHand, command: str, name: str
) -> None:
    """Missing, or of another program."""
    path = Path("data", name)
    arguments = [command] if command == "words" else [command, "loi"]
    path.write_text("not ours")
    error = str(by_hand(*arguments))
    assert error.startswith(f"error: {path}: not ")
    assert "dvc repro" in error
    path.unlink()
    missing = "No such file or directory; check the path"
    assert by_hand(*arguments) == f"error: {path}: {missing}"


@pytest.mark.parametrize("arguments", [("words",), ("examples", "loi")])
def test_params_yaml_is_checked(by_hand: ByHand, arguments: tuple[str, ...]) -> None:
    """A key that is missing is named."""
    Path("params.yaml").write_text("")
    error = str(by_hand(*arguments))
    assert error.startswith("error: params.yaml: ")
    assert "\n" not in error


def test_help_says_what_there_is(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands, their options, and how the program is called; within 80 columns."""
    for arguments, texts in (
        ((), ("words", "examples", "dvc repro")),
        (("words",), ("--prefix", "--count N", "sample.count of params.yaml")),
        (("examples",), ("WORD",)),
    ):
        assert by_hand(*arguments, "--help") == 0
        output = capsys.readouterr().out
        assert output.startswith("usage: python -m nplm ")
        assert all(text in " ".join(output.split()) for text in texts)
        assert max(map(len, output.splitlines())) <= 80


@pytest.mark.parametrize(
    "arguments", [(), ("more",), ("examples",), ("words", "--more"), ("words", "more")]
)
def test_a_wrong_command_line_gets_the_usage(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """As argparse has it: status 2, and a line that names the program."""
    assert by_hand(*arguments) == 2
    usage, *_, message = capsys.readouterr().err.splitlines()
    assert usage.startswith("usage: python -m nplm")
    assert message.startswith("python -m nplm")


def test_endings_prints_what_the_list_lacks_and_why(
    by_hand: ByHand, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: four stems take -er and -é, so "port" + -er proposes "porté"."""
    words = "aimer aimé parler parlé donner donné tomber tombé porter pont"
    (folder / "data" / "words.txt").write_text(words.replace(" ", "\n"), "utf-8")
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
    (folder / "data" / "words.txt").write_text("loi\npont\n", "utf-8")
    assert by_hand("endings") is None
    assert capsys.readouterr().out == (
        "data/words.txt: its words do not exchange endings; nothing to propose\n"
    )
    assert by_hand("endings", "--count", "0") == (
        "error: --count: '0' needs to be a whole number from 1 to 1000"
    )
