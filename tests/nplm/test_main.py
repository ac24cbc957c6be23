"""By hand: `python -m nplm`, its command line, and `examples` and `lr`."""

import json
import unicodedata
from pathlib import Path

import pytest

from nplm.corpus.vocabulary import save_vocabulary
from tests.conftest import set_params
from tests.nplm.conftest import ByHand


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
        (("words",), ("--prefix", "--count N", "default: sample.count")),
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


SUGGESTED = ("lowest", "minimum_10", "steepest", "valley", "slide")


def save_sweep(losses: list[float]) -> None:
    """Write metrics of a sweep, and its curve: a loss at each rate from 0.1 on."""
    for folder in ("metrics", "plots"):
        Path(folder).mkdir()
    metrics = dict.fromkeys(("lr", "loss", *SUGGESTED), 0.0123456)
    Path("metrics/lr_sweep.json").write_text(json.dumps(metrics))
    rows = [f"{step / 10},{loss}\n" for step, loss in enumerate(losses, start=1)]
    Path("plots/lr_sweep.csv").write_text("".join(["lr,smoothed\n", *rows]))


def test_lr_prints_the_suggestions_and_the_command_that_trains_with_the_lowest(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the metrics of the sweep, in two significant digits."""
    save_sweep([3.0] * 20 + [2.0] + [3.0] * 20)
    assert by_hand("lr") is None
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == list(SUGGESTED)
    assert lines[-1] == "To train with the lowest: dvc exp run -S lr=0.012"


def test_lr_says_which_end_of_the_range_to_widen(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """A loss that falls to the last step: larger rates, by the parameter's name."""
    save_sweep([3 - step / 40 for step in range(40)])
    assert by_hand("lr") is None
    assert capsys.readouterr().out.splitlines()[-1] == (
        "The lowest is at the upper end of the range: raise lr_sweep.max_exponent"
    )


@pytest.mark.parametrize("losses", [[], [1.0] * 24])
def test_a_curve_that_is_too_short_is_one_line(
    by_hand: ByHand, losses: list[float]
) -> None:
    """25 steps are the fewest that a sweep writes."""
    save_sweep(losses)
    error = str(by_hand("lr"))
    assert error.startswith("error: plots/lr_sweep.csv: ")
    assert "; make it again: dvc repro" in error


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"lowest": "a"}', "null"])
def test_metrics_that_the_sweep_did_not_write_are_one_line(
    by_hand: ByHand, content: str
) -> None:
    """Such as those that a merge of two branches has left."""
    Path("metrics").mkdir()
    Path("metrics/lr_sweep.json").write_text(content)
    assert by_hand("lr") == (
        "error: metrics/lr_sweep.json: not what the sweep wrote; "
        "make it again: dvc repro -f lr_sweep"
    )
