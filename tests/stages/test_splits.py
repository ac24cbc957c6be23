"""The stage splits: from words to the examples of train, dev and test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nplm.corpus.examples import load_examples
from nplm.corpus.ids import load_ids
from nplm.corpus.split import SPLITS, cut
from nplm.corpus.vocabulary import EOS
from tests.conftest import ARGUMENTS, DEFAULT_LIST, ROOT, set_params
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
        vocabulary, X, Y = load_examples(folder / f"{split}.pt")
        assert X.shape == (size, 3)
        expected = notebook_windows(words, vocabulary, context_size=3)
        assert (X.tolist(), Y.tolist()) == expected
        assert load_ids(folder / "ids.npz").ids[split].tolist() == expected[1]


def test_the_ids_of_sequences_do_not_depend_on_the_context(
    splits: Callable[[str], object], folder: Path
) -> None:
    """So what reads them alone does not run again with another context_size."""
    contents = []
    for size in (1, 4):
        set_params(folder, context_size=size)
        assert splits("\n".join("abcdef")) is None
        assert load_examples(folder / "dev.pt").X_NxT.shape[1] == size
        contents.append((folder / "ids.npz").read_bytes())
    assert contents[0] == contents[1]


def test_a_word_that_the_vocabulary_cannot_spell_is_refused(
    splits: Callable[[str], object], run_stage: Callable[..., object], folder: Path
) -> None:
    """It is not taken for EOS."""
    assert splits("loi\na\nb\nc\nd\ne\nf\n") is None
    (folder / "sequences.txt").write_text("loi\naño\nb\nc\nd\ne\nf\n", "utf-8")
    assert run_stage("splits", *ARGUMENTS["splits"]) == (
        "error: sequences.txt: 'año' has 'ñ', which is not in the vocabulary; "
        "make it again: dvc repro prepare"
    )


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


@pytest.mark.slow
def test_a_large_list_takes_seconds_and_little_memory(tmp_path: Path) -> None:
    """346,000 words, as in a French dictionary, take below 15 s and 0.8 GB."""
    words = DEFAULT_LIST.read_text("utf-8").split()
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
    Y_N = load_examples(tmp_path / "train.pt").Y_N
    assert int((Y_N == EOS).sum()) == int(0.8 * len(many))
