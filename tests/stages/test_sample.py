"""The stage sample: new words from a model."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nplm.corpus.examples import Examples, save_examples
from nplm.models.model_file import save_members
from tests.conftest import (
    ARGUMENTS,
    ROOT,
    examples_of,
    new_network,
    set_params,
    set_weights,
)

VOCABULARY = [".", "à", "日"]
WORDS = {"train": ["à", "à日"], "dev": ["日"], "test": ["日à", "日日"]}


@pytest.fixture
def files(folder: Path) -> Path:
    """Return a folder with the splits and a model that says à日 and nothing else."""
    for split, words in WORDS.items():
        examples = Examples(split, VOCABULARY, *examples_of(words, VOCABULARY))
        save_examples(examples, folder / f"{split}.pt")
    network = new_network(3, 3, 3, 1, direct=True)
    set_weights(network, C=torch.eye(3), W2=0, b2=0, D=0)
    with torch.no_grad():  # from the last symbol of the context to the next one
        network.D[6:] = 100 * torch.eye(3).roll(1, dims=1)
    save_members([network], VOCABULARY, folder / "model.pt")
    return folder


@pytest.mark.usefixtures("files")
def test_words_are_written_printed_and_counted(
    run_stage: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    """All are of train; twenty are printed, in lines of at most 80 characters."""
    set_params(Path(), sample__count=50)
    assert run_stage("sample", *ARGUMENTS["sample"]) is None
    assert Path("samples.txt").read_bytes() == 50 * "à日\n".encode()
    assert json.loads(Path("samples.json").read_text()) == {
        "words": 50, "new": 0, "in_train": 50, "in_dev": 0, "in_test": 0,
    }  # fmt: skip
    *lines, counts = capsys.readouterr().out.splitlines()
    assert " ".join(lines) == " ".join(20 * ["à日"])
    assert counts == "50 words, 0 new, 50 in_train, 0 in_dev, 0 in_test"
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("files")
def test_words_have_at_most_the_length_of_the_parameter(
    run_stage: Callable[..., object],
) -> None:
    """Cut after one character, they are words of train too."""
    set_params(Path(), sample__max_length=1, sample__count=3)
    assert run_stage("sample", *ARGUMENTS["sample"]) is None
    assert Path("samples.txt").read_text("utf-8") == "à\nà\nà\n"


@pytest.mark.usefixtures("files")
def test_the_seed_and_the_temperature_decide_the_words(
    run_stage: Callable[..., object],
) -> None:
    """So hot that every symbol is about as likely: two seeds, two lists of words."""
    texts = []
    for seed in (1, 2, 1):
        set_params(Path(), sample__temperature=100, seed=seed)
        assert run_stage("sample", *ARGUMENTS["sample"]) is None
        texts.append(Path("samples.txt").read_text("utf-8"))
    assert texts[0] == texts[2] != texts[1]
    assert len(set(texts[0].split())) > 5


def test_a_terminal_without_utf_8_does_not_fail_the_stage(files: Path) -> None:
    """It prints escapes, and writes the words in UTF-8 as ever."""
    variables = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "stages.sample", *ARGUMENTS["sample"]],
        cwd=files,
        env=os.environ | variables | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(rb"\xe0\u65e5 \xe0\u65e5 ")
    assert (files / "samples.txt").read_text("utf-8").split() == 20 * ["à日"]
