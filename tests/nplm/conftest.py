"""A folder in which `python -m nplm` runs."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.vocabulary import save_vocabulary
from nplm.models.model_file import save_members
from nplm.scores import Scores, save_scores
from tests.inputs import save_words, steady

VOCABULARY = [".", "i", "l", "o", "é"]

ByHand = Callable[..., object]


def save_list(*words: str) -> None:
    """Write words as train, and the last one as dev and test, with scores of -1."""
    splits = {"train": [*words], "dev": [*words[-1:]], "test": [*words[-1:]]}
    vocabulary = [".", *sorted(set("".join([*words, *VOCABULARY[1:]])))]
    ids = save_words(splits, vocabulary, Path("data/splits/ids.npz"))
    scores = {split: Scores(np.full(len(ids_N), -1.0)) for split, ids_N in ids.items()}
    for model in ("network", "ngram"):
        save_scores(scores, Path(f"data/{model}.npz"))
    save_scores({}, Path("data/cache.npz"))


@pytest.fixture
def by_hand(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_module: Callable[..., object],
) -> ByHand:
    """Return a function that runs `python -m nplm` beside a model and what it learnt.

    It returns None, or what the program passed to sys.exit.
    """
    (folder / "data" / "splits").mkdir(parents=True)
    save_vocabulary(VOCABULARY, folder / "data" / "vocab.json")
    save_members([steady([0, 1, 1, 1, 1])], VOCABULARY, folder / "data" / "model.pt")
    save_list("lo", "o", "ooi")
    monkeypatch.setenv("COLUMNS", "80")
    return partial(run_module, "nplm.__main__")
