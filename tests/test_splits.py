"""The cut into train, dev and test, and the examples, against the notebook."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
import torch

from stages.prepare import build_vocabulary
from stages.shared.cut import cut
from stages.shared.split import load_split
from stages.splits import build_windows
from tests.conftest import ROOT
from tests.notebook import notebook_windows


def test_words_5_to_9_give_the_examples_that_the_notebook_prints(
    civil: list[str],
) -> None:
    """abandonné … abandons give 53 examples with these first rows."""
    words = civil[5:10]
    assert " ".join(words) == "abandonné abandonnée abandonnées abandonnés abandons"
    X, Y = build_windows(words, build_vocabulary(civil), context_size=3)
    assert X.shape == (53, 3)
    assert Y.tolist()[:10] == [3, 4, 3, 15, 6, 16, 15, 15, 32, 0]
    assert X.tolist()[:5] == [[0, 0, 0], [0, 0, 3], [0, 3, 4], [3, 4, 3], [4, 3, 15]]


@pytest.mark.parametrize("context_size", [3, 10])
def test_words_40_to_44_give_51_examples(civil: list[str], context_size: int) -> None:
    """The notebook counts 46 characters and 5 ends, whatever the context."""
    words = civil[40:45]
    assert " ".join(words) == "acceptée acceptées accessible accession accessoire"
    X, Y = build_windows(words, build_vocabulary(civil), context_size)
    assert sum(map(len, words)) == 46
    assert X.shape == (51, context_size)
    assert Y.shape == (51,)


def test_the_whole_civil_list_gives_the_sizes_of_the_notebook(
    civil: list[str],
) -> None:
    """67,652 examples in all; 54,139, 6,735 and 6,778 in train, dev and test."""
    vocabulary = build_vocabulary(civil)
    X, Y = build_windows(civil, vocabulary, context_size=3)
    assert X.shape == (67652, 3)
    assert Y.tolist()[:5] == [3, 0, 3, 4, 3]
    sizes = [len(build_windows(share, vocabulary, 3)[1]) for share in cut(civil, 42)]
    assert sizes == [54139, 6735, 6778]


def test_a_split_is_a_share_of_the_words_and_no_word_is_in_two() -> None:
    """Every word is in exactly one split, and the cuts are at 80 % and 90 %."""
    words = [str(number) for number in range(1009)]
    shares = cut(words, seed=42)
    assert [len(share) for share in shares] == [807, 101, 101]
    assert sorted(chain(*shares)) == sorted(words)
    assert cut(words, seed=43) != shares


@pytest.mark.parametrize("context_size", [1, 2, 3, 10, 30])
def test_windows_are_those_of_the_notebook_loop(context_size: int) -> None:
    """Tensor operations give what the loop over characters gives."""
    words = ["loi", "à", "l'œuvre", "abc-def", "zz"]
    vocabulary = build_vocabulary(words)
    X, Y = build_windows(words, vocabulary, context_size)
    assert (X.tolist(), Y.tolist()) == notebook_windows(words, vocabulary, context_size)


@pytest.mark.parametrize(
    ("symbols", "dtype"),
    [
        (256, torch.uint8),
        (257, torch.int16),
        (32768, torch.int16),
        (32769, torch.int32),
    ],
)
def test_ids_take_the_smallest_type_that_holds_the_vocabulary(
    symbols: int, dtype: torch.dtype
) -> None:
    """The last id is symbols - 1; uint8 ends at 255 and int16 at 32767."""
    alphabet = [chr(0x10000 + i) for i in range(symbols - 1)]
    X, Y = build_windows(["".join(alphabet)], [".", *alphabet], context_size=1)
    assert X.dtype == Y.dtype == dtype
    assert Y.tolist() == [*range(1, symbols), 0]


def test_examples_by_hand_are_printed_as_in_the_notebook(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`--examples` shows each context, an arrow and the symbol that follows."""
    (folder / "vocab.json").write_text('[".", "a", "c"]')
    assert run_stage("splits", "--vocabulary", "vocab.json", "--examples", "ac") is None
    expected = ["ac", "... ---> a", "..a ---> c", ".ac ---> ."]
    assert capsys.readouterr().out.splitlines() == expected


def test_examples_by_hand_are_normalized_and_legible(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An e with an acute is é, as in the corpus; the tilde of a q is on a circle."""
    vocabulary = '[".", "q", "é", "\u0303"]'
    (folder / "vocab.json").write_text(vocabulary, "utf-8")
    arguments = ("--vocabulary", "vocab.json", "--examples", "e\u0301", "q\u0303")
    assert run_stage("splits", *arguments) is None
    assert capsys.readouterr().out.splitlines() == [
        "é", "... ---> é", "..é ---> .",
        "q\u0303", "... ---> q", "..q ---> \u25cc\u0303", ".q\u25cc\u0303 ---> .",
    ]  # fmt: skip


def test_a_large_list_takes_seconds_and_little_memory(tmp_path: Path) -> None:
    """346,000 words, as in a French dictionary, take below 15 s and 1.5 GB."""
    words = (ROOT / "data" / "travail_mots.txt").read_text("utf-8").split()
    endings = [chr(ord("a") + i) for i in range(26)]
    many = dict.fromkeys(word + ending for ending in endings for word in words)
    corpus = tmp_path / "many.txt"
    corpus.write_text("\n".join(many), "utf-8")
    params = (ROOT / "params.yaml").read_text("utf-8")
    (tmp_path / "params.yaml").write_text(params.replace("data/travail_mots", "many"))
    commands = (
        "prepare --words words.txt --vocabulary vocab.json --metrics corpus.json",
        "splits --words words.txt --vocabulary vocab.json "
        "--train train.pt --dev dev.pt --test test.pt",
    )
    start = time.monotonic()
    for command in commands:
        subprocess.run(
            [sys.executable, "-m", *f"stages.{command}".split()],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
        )
    assert time.monotonic() - start < 15
    peak_kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak_kilobytes < 1.5e6
    assert len(many) > 335_000
    assert len(load_split(tmp_path / "train.pt").words) == int(0.8 * len(many))
