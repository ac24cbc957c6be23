"""Compare: the losses in the workspace with those of another revision, word by word.

Two things make the losses of two models differ by chance: which words dev and test
happen to have, and the seeds of the two trainings. For the first, the words are drawn
anew, with replacement, and each draw gives the difference of both models on the same
words (the paired bootstrap; Efron and Tibshirani 1993, chapter 6). For the second, a
normal draw is added: the difference of two seeds. The n-gram has none.

Letters in names: W words, D draws.
"""

import argparse
import csv
import io
import json
import shlex
import sys
from pathlib import Path

import dvc.api
import numpy as np
from dvc.exceptions import DvcException, PathMissingError
from dvc.scm import SCMError
from numpy.typing import NDArray

from nplm.errors import reported_on_one_line

Floats = NDArray[np.float64]
Rows = list[dict[str, str]]

SEQUENCES = "data/sequences.csv"
MODELS = ("network", "ngram", "mixture", "endings")
"""Columns of SEQUENCES; the last one is the mixture with endings."""
DRAWS = 10_000
SPREAD = Path(__file__).with_name("spread.json")
"""Standard deviations over seeds, nats per symbol; `make ladder` writes them.

Of networks, of mixtures and of mixtures with endings, the largest of the leaderboard:
better ones have less.
"""


def differences(change_W: Floats, symbols_W: Floats, spread: float) -> Floats:
    """Return DRAWS draws of the change per symbol, seeds and words by chance."""
    generator = np.random.default_rng(1)
    words = len(symbols_W)
    change_D = np.empty(DRAWS)
    for draw in range(DRAWS):
        drawn = generator.integers(words, size=words)
        change_D[draw] = change_W[drawn].sum() / symbols_W[drawn].sum()
    return change_D + generator.normal(scale=spread * 2**0.5, size=DRAWS)


def verdict(low: float, high: float) -> str:
    """Say whether the change is more than noise, from its interval.

    >>> verdict(-0.1, 0.2), verdict(-0.2, -0.1), verdict(0.0, 0.0)
    ('noise', 'better, by more than noise', 'the same')
    """
    if low == high == 0:
        return "the same"
    if low <= 0 <= high:
        return "noise"
    return f"{'better' if high < 0 else 'worse'}, by more than noise"


def read_rows(text: str) -> Rows:
    """Return the rows of a table of words."""
    return list(csv.DictReader(io.StringIO(text)))


def column(rows: Rows, name: str) -> Floats:
    """Return a column of numbers."""
    return np.array([float(row[name]) for row in rows])


def read_both(revision: str) -> tuple[Rows, Rows]:
    """Return the words of the workspace and of revision; they have to be the same."""
    try:
        here = read_rows(Path(SEQUENCES).read_text("utf-8"))
    except FileNotFoundError:
        sys.exit(f"error: {SEQUENCES}: not there; make it: dvc repro")
    try:
        there = read_rows(dvc.api.read(SEQUENCES, rev=revision, encoding="utf-8"))
    except PathMissingError:
        sys.exit(
            f"error: REV={revision}: its {SEQUENCES} is not in DVC's cache; make it: "
            f"git checkout {shlex.quote(revision)}, dvc repro, and come back"
        )
    except (DvcException, SCMError, OSError) as error:
        why = str(error).partition("\n")[0]
        sys.exit(f"error: REV={revision}: {why}; name a commit or an experiment")
    if [row["word"] for row in here] != [row["word"] for row in there]:
        sys.exit(
            f"error: REV={revision}: {SEQUENCES} has other words there; "
            "compare runs of the same corpus and split_seed"
        )
    return here, there


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("revision", help="a commit, branch or experiment")
    revision: str = parser.parse_args().revision
    here, there = read_both(revision)
    spreads: dict[str, float] = json.loads(SPREAD.read_text("utf-8"))
    print(f"Nats per symbol: from {revision} to the workspace, 95 % interval")
    for split in ("dev", "test"):
        ours = [row for row in here if row["split"] == split]
        theirs = [row for row in there if row["split"] == split]
        symbols_W = column(ours, "symbols")
        for model in (model for model in MODELS if model in theirs[0]):
            new_W, old_W = column(ours, model), column(theirs, model)
            change_W = new_W - old_W
            spread = spreads.get(model, 0.0) if change_W.any() else 0.0
            change_D = differences(change_W, symbols_W, spread)
            low, high = np.quantile(change_D, (0.025, 0.975))
            old, new = (x.sum() / symbols_W.sum() for x in (old_W, new_W))
            print(
                f"{split:<4} {model:<7} {old:.4f} {new:.4f} {new - old:+.4f} "
                f"[{low:+.4f}, {high:+.4f}] {verdict(low, high)}"
            )


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
