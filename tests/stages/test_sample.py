"""The stage sample: new words from a model."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nplm.models.model_file import save_members
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import new_network, save_words, set_weights

VOCABULARY = [".", "à", "日"]
WORDS = {"train": ["à", "à日"], "dev": ["日"], "test": ["日à", "日日"]}


@pytest.fixture
def files(folder: Path) -> Path:
    """Return a folder with the splits and a model that says à日 and nothing else."""
    save_words(WORDS, VOCABULARY, folder / "ids.npz")
    network = new_network(3, 3, 3, 1, direct=True)
    set_weights(network, C=torch.eye(3), W2=0, b2=0, D=0)
    with torch.no_grad():  # from the last symbol of the context to the next one
        network.D[6:] = 100 * torch.eye(3).roll(1, dims=1)
    save_members([network], VOCABULARY, folder / "model.pt")
    return folder


def drawn() -> list[str]:
    """Return the words of the table in the current folder."""
    with Path("samples.csv").open(encoding="utf-8", newline="") as file:
        return [row["word"] for row in csv.DictReader(file)]


@pytest.mark.usefixtures("files")
def test_words_are_written_printed_and_counted(
    run_stage: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    """All are of train; twenty are printed, in lines of at most 80 characters.

    The model is sure of them; eight characters in five words are the corpus.
    """
    set_params(Path(), sample__count=50)
    assert run_stage("sample", *ARGUMENTS["sample"]) is None
    header = "word,log_probability,split,nearest,edits\n"
    rows = 50 * "à日,0.000000,train,à日,0\n"
    content = Path("samples.csv").read_bytes().decode().replace("-0.0", "0.0")
    assert content == header + rows
    metrics = {
        "words": 50, "new": 0, "in_train": 50, "in_dev": 0, "in_test": 0,
        "new_share": 0, "log_probability": 0, "length": 2, "corpus_length": 8 / 5,
    }  # fmt: skip
    assert json.loads(Path("samples.json").read_text()) == pytest.approx(metrics)
    lines = capsys.readouterr().out.splitlines()
    assert " ".join(lines[: -len(metrics)]) == " ".join(20 * ["à日"])
    printed = dict(line.split() for line in lines[-len(metrics) :])
    assert printed.keys() == metrics.keys()
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("files")
def test_new_words_are_those_of_no_split(run_stage: Callable[..., object]) -> None:
    """A model that says à日 alone has none to say; one that says anything has many.

    Of at most as many characters as the parameter says.
    """
    set_params(Path(), sample__new_only=True)
    error = str(run_stage("sample", *ARGUMENTS["sample"]))
    assert error.startswith("error: sample.new_only: 0 of 10")
    set_params(Path(), sample__temperature=1e6, sample__max_length=6)
    assert run_stage("sample", *ARGUMENTS["sample"]) is None
    words = drawn()
    assert len(set(words)) == 20
    assert max(map(len, words)) == 6
    assert not set(words) & {"", *WORDS["train"], *WORDS["dev"], *WORDS["test"]}


@pytest.mark.usefixtures("files")
def test_the_seed_and_the_temperature_decide_the_words(
    run_stage: Callable[..., object],
) -> None:
    """So hot that every symbol is about as likely: two seeds, two lists of words."""
    texts = []
    for change in ({"seed": 1}, {"seed": 2}, {"seed": 1}, {"sample__seed": 2}):
        set_params(Path(), sample__temperature=100, **change)
        assert run_stage("sample", *ARGUMENTS["sample"]) is None
        texts.append(drawn())
    assert texts[0] == texts[2] != texts[1] == texts[3]
    assert len(set(texts[0])) > 5
