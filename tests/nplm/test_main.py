"""By hand: `python -m nplm`, its command line, and `examples` and `lr`."""

import json
from pathlib import Path

import pytest

from nplm.corpus.vocabulary import save_vocabulary
from tests.conftest import set_params
from tests.nplm.conftest import ByHand


def test_examples_are_printed_as_in_the_notebook(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its loop over `loi`, block_size 3."""
    assert by_hand("examples", "loi") is None
    assert capsys.readouterr().out.splitlines() == [
        "loi", "... ---> l", "..l ---> o", ".lo ---> i", "loi ---> .",
    ]  # fmt: skip


def test_eos_is_shown_in_full_where_a_full_stop_is_a_character(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a combining character, which would sit on its neighbour, on a circle.

    The context is that of params.yaml; an é typed as two characters is the letter é.
    """
    save_vocabulary(["</s>", ".", "x", "é", "\u0301"], Path("data/vocab.json"))
    set_params(Path(), context_size=1)
    assert by_hand("examples", "e\u0301x\u0301.") is None
    assert capsys.readouterr().out.splitlines() == [
        "éx\u0301.", "</s> ---> é", "é ---> x", "x ---> \u25cc\u0301",
        "\u25cc\u0301 ---> .", ". ---> </s>",
    ]  # fmt: skip


def test_a_word_that_begins_with_a_hyphen_comes_after_two(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `make examples WORDS=-il` calls it; without them it is an unknown option."""
    save_vocabulary([".", "-", "i", "l"], Path("data/vocab.json"))
    assert by_hand("examples", "--", "-il") is None
    assert capsys.readouterr().out.startswith("-il\n")
    assert by_hand("examples", "-il") == 2


MISSING = "No such file or directory; check the path"


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (("words",), "data/model.pt"),
        (("examples", "loi"), "data/vocab.json"),
        (("endings",), "data/splits/ids.npz"),
        (("score", "loi"), "data/ngram.npz"),
        (("score", "loi"), "params.yaml"),
    ],
)
def test_a_file_that_is_not_as_it_was_made_is_named(
    by_hand: ByHand, arguments: tuple[str, ...], path: str
) -> None:
    """Missing, or of another program."""
    Path(path).write_text("not ours")
    error = str(by_hand(*arguments))
    assert error.startswith(f"error: {path}: ")
    assert "\n" not in error
    Path(path).unlink()
    assert by_hand(*arguments) == f"error: {path}: {MISSING}"


def test_help_says_what_there_is(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands, their options, and how the program is called; within 80 columns."""
    for arguments, texts in (
        ((), ("words", "examples", "dvc repro")),
        (("words",), ("--prefix", "--count N", "default: sample.count", "--model")),
    ):
        assert by_hand(*arguments, "--help") == 0
        output = capsys.readouterr().out
        assert output.startswith("usage: python -m nplm ")
        assert all(text in " ".join(output.split()) for text in texts)
        assert max(map(len, output.splitlines())) <= 80


@pytest.mark.parametrize("arguments", [(), ("more",), ("words", "--temp=1")])
def test_a_wrong_command_line_gets_the_usage(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """As argparse has it: status 2, and a line that names the program.

    Not even the beginning of a known option is taken.
    """
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
    """From the metrics of the sweep, in two significant digits.

    Where the loss falls to the last step, the line after that names what to widen.
    """
    save_sweep([3 - step / 40 for step in range(40)])
    assert by_hand("lr") is None
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-2]] == list(SUGGESTED)
    assert lines[-2:] == [
        "To train with the lowest: dvc exp run -S lr=0.012",
        "The lowest is at the upper end of the range: raise lr_sweep.max_exponent",
    ]


def test_what_the_sweep_did_not_write_is_one_line(by_hand: ByHand) -> None:
    """Less than 25 steps, or metrics such as a merge of two branches has left."""
    save_sweep([1.0] * 24)
    error = str(by_hand("lr"))
    assert error.startswith("error: plots/lr_sweep.csv: 24 steps, and 25 are needed; ")
    for content in ("", "[]", '{"lowest": "a"}'):
        Path("metrics/lr_sweep.json").write_text(content)
        assert by_hand("lr") == (
            "error: metrics/lr_sweep.json: not metrics; make it again: dvc repro"
        )
