"""The stage splits: from words to the examples of train, dev and test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nplm.corpus.examples import load_examples
from nplm.corpus.split import SPLITS, cut
from nplm.corpus.vocabulary import EOS, decode
from tests.conftest import ARGUMENTS, ROOT, set_params
from tests.notebook import notebook_windows


@pytest.fixture
def splits(folder: Path, run_stage: Callable[..., object]) -> Callable[[str], object]:
    """Return a function that runs prepare on a corpus of this text, then splits."""

    def run(text: str) -> object:
        set_params(folder, corpus="list.txt")
        (folder / "list.txt").write_text(text, "utf-8")
        assert run_stage("prepare", *ARGUMENTS["prepare"]) is None
        return run_stage("splits", *ARGUMENTS["splits"])

    return run


def test_the_examples_are_those_of_the_notebook(
    splits: Callable[[str], object], civil: list[str], civil_path: Path, folder: Path
) -> None:
    """54,139, 6,735 and 6,778 of them, from the notebook's loop over its words."""
    assert splits(civil_path.read_text("utf-8")) is None
    for split, words, size in zip(
        SPLITS, cut(civil, 42, (0.8, 0.1, 0.1)), (54139, 6735, 6778), strict=True
    ):
        name, vocabulary, X, Y = load_examples(folder / f"{split}.pt", split)
        assert name == split
        assert X.shape == (size, 3)
        expected = notebook_windows(words, vocabulary, context_size=3)
        assert (X.tolist(), Y.tolist()) == expected


def test_shares_and_entries_with_blanks_reach_the_files(
    splits: Callable[[str], object], folder: Path
) -> None:
    """Half of ten place names is train, a fifth dev; each is one entry."""
    set_params(folder, split__shares=[0.5, 0.2, 0.3], vocabulary__blank=True)
    names = [f"Port {letter}." for letter in "abcdefghij"]
    assert splits("\n".join(names)) is None
    found = []
    for split, count in zip(SPLITS, (5, 2, 3), strict=True):
        _, vocabulary, _, Y = load_examples(folder / f"{split}.pt", split)
        assert int((Y == EOS).sum()) == count
        found += decode(Y.numpy(), vocabulary)
    assert sorted(found) == names
    assert vocabulary[:3] == ["</s>", " ", "."]


@pytest.mark.parametrize("count", [1, 2, 5, 6])
def test_too_few_words_to_fill_dev_and_test_are_refused(
    splits: Callable[[str], object], folder: Path, count: int
) -> None:
    """int(0.8 n) and int(0.9 n) leave dev or test empty below six words."""
    error = splits("\n".join("abcdef"[:count]))
    if count == 6:
        assert error is None
        return
    problem = f"too few lines ({count}) to fill train, dev and test; add some"
    assert str(error).startswith(f"error: sequences.txt: {problem}")
    assert not (folder / "train.pt").exists()


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            "sequences.txt",
            "loi\naño\nb\nc\nd\ne\nf\n",
            "sequences.txt: 'año' has 'ñ', which is not in the vocabulary; "
            "make it again: dvc repro prepare",
        ),
        (
            "sequences.txt",
            "",
            "sequences.txt: not a sequence on each line, in UTF-8; "
            "make it again: dvc repro prepare",
        ),
        (
            "vocab.json",
            '[".", "a"',
            "vocab.json: not the vocabulary of a corpus; "
            "make it again: dvc repro prepare",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    splits: Callable[[str], object],
    run_stage: Callable[..., object],
    folder: Path,
    file: str,
    content: str,
    message: str,
) -> None:
    """A word that the vocabulary cannot spell, an empty list, a broken vocabulary."""
    assert splits("loi\na\nb\nc\nd\ne\nf\n") is None
    (folder / file).write_text(content, "utf-8")
    assert run_stage("splits", *ARGUMENTS["splits"]) == f"error: {message}"


PEAK = """
import re, runpy, sys
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__")
with open("/proc/self/status") as file:
    print(re.search(r"VmHWM:\\s+(\\d+)", file.read())[1])
"""
"""Runs a module and prints the peak of its memory in kilobytes.

What the system counts for a child process includes the memory of its parent.
"""


def test_a_large_list_takes_seconds_and_little_memory(tmp_path: Path) -> None:
    """346,000 words, as in a French dictionary, take below 15 s and 0.8 GB."""
    words = (ROOT / "data" / "travail_mots.txt").read_text("utf-8").split()
    endings = [chr(ord("a") + i) for i in range(26)]
    many = dict.fromkeys(word + ending for ending in endings for word in words)
    corpus = tmp_path / "many.txt"
    corpus.write_text("\n".join(many), "utf-8")
    params = (ROOT / "params.yaml").read_text("utf-8")
    (tmp_path / "params.yaml").write_text(params.replace("data/travail_mots", "many"))
    start = time.monotonic()
    for stage in ("prepare", "splits"):
        done = subprocess.run(
            [sys.executable, "-c", PEAK, f"stages.{stage}", *ARGUMENTS[stage]],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        assert int(done.stdout.split()[-1]) < 0.8e6  # kilobytes
    assert time.monotonic() - start < 15
    assert len(many) > 335_000
    Y_N = load_examples(tmp_path / "train.pt", "train").Y_N
    assert int((Y_N == EOS).sum()) == int(0.8 * len(many))
