"""Scores: what is read is what a model wrote, or one line says what is wrong."""

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import encode
from nplm.errors import InputError
from nplm.scores import (
    Contexts,
    Scores,
    load_pair,
    load_scores,
    save_scores,
    word_losses,
)

VOCABULARY = [".", "a", "b", "é"]
WORDS = {"train": ["ab", "bé"], "dev": ["a"], "test": ["", "b"]}
REMEDY = "make it again: dvc repro"


def some_scores(p: float = 1 / 3) -> dict[str, Scores]:
    """Return scores of WORDS, p for each symbol."""
    ids = {split: encode(words, VOCABULARY) for split, words in WORDS.items()}
    return {
        split: Scores(ids_N, np.log([p] * len(ids_N)), some_contexts(len(ids_N)))
        for split, ids_N in ids.items()
    }


def some_contexts(symbols: int) -> Contexts:
    """Return contexts of one symbol, seen 4 to 7 times."""
    return Contexts(np.full(symbols, 1, np.uint8), np.full(symbols, 2, np.uint8))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of an n-gram's scores."""
    path = tmp_path / "ngram.npz"
    save_scores("ngram", VOCABULARY, some_scores(), path)
    return path


def save_arrays(path: Path, **changed: Any) -> None:
    """Write an n-gram's scores with some arrays changed; None takes one out."""
    with np.load(path) as arrays:
        content = dict(arrays) | changed
    np.savez(path, **{name: a for name, a in content.items() if a is not None})


def refusal(path: Path, model: str = "ngram") -> str:
    """Return the line with which load_scores refuses the file at path."""
    with pytest.raises(InputError) as error:
        load_scores(path, model)
    line = str(error.value)
    assert line.startswith(f"{path}: ")
    assert line.endswith(REMEDY)
    assert "\n" not in line
    return line


def test_scores_are_saved_with_six_digits(path: Path) -> None:
    """The others depend on the processor; log(1/3) is -1.098612 then."""
    vocabulary, scores = load_scores(path, "ngram")
    assert vocabulary == VOCABULARY
    assert list(scores) == list(SPLITS)
    assert scores["train"].ids_N.tolist() == [1, 2, 0, 2, 3, 0]
    assert scores["train"].values_N.tolist() == 6 * [-1.098612]
    assert scores["test"].ids_N.tolist() == [0, 2, 0]
    assert [array_N.tolist() for array_N in scores["test"].contexts or ()] == [
        [1, 1, 1], [2, 2, 2],
    ]  # fmt: skip


def test_the_same_scores_are_the_same_bytes(path: Path) -> None:
    """An archive could note the time of its files; this one does not."""
    first = path.read_bytes()
    save_scores("ngram", VOCABULARY, some_scores(), path.with_name("other.npz"))
    assert path.with_name("other.npz").read_bytes() == first
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_a_words_loss_is_the_sum_over_its_symbols_and_its_end() -> None:
    """By hand: a is 0.5 * 0.5, the empty word 0.25, bb 0.5 * 0.1 * 0.2."""
    values = np.log([0.5, 0.5, 0.25, 0.5, 0.1, 0.2])
    losses = word_losses(Scores(encode(["a", "", "bb"], VOCABULARY), values))
    assert np.exp(-losses).tolist() == pytest.approx([0.25, 0.25, 0.01])


def test_another_models_scores_are_refused(path: Path) -> None:
    """The line says whose they are, and whose are needed."""
    assert "has 'scores of ngram', not 'scores of network'" in refusal(path, "network")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kind": "examples"}, "has 'examples of ngram', not 'scores of ngram'"),
        ({"kind": None}, "not a file of scores"),
        ({"model": np.zeros(2)}, "has 'scores of [0. 0.]', not"),
        ({"vocabulary": [".", "a", "a", "b"]}, "not a file of scores"),
        ({"vocabulary": [".", "a", "b", "cd"]}, "not a file of scores"),
        ({"vocabulary": [".", "a", "b", "\ud800"]}, "not a file of scores"),
        ({"vocabulary": ["</s>", "\n", "a", "b"]}, "not a file of scores"),
        ({"vocabulary": []}, "not a file of scores"),
        ({"vocabulary": ".abc"}, "not a file of scores"),
        ({"vocabulary": [1, 2, 3, 4]}, "not a file of scores"),
        ({"vocabulary": [["."], ["a"]]}, "not a file of scores"),
        ({"vocabulary": [".", "a"]}, "train: an id is none of the 2 symbols"),
        ({"dev_ids": None}, "not a file of scores"),
        ({"dev_ids": np.array([-1, 0], np.int16)}, "dev: an id is none of the 4"),
        ({"dev_ids": np.array([4, 0], np.uint8)}, "dev: an id is none of the 4"),
        ({"dev_ids": np.array([1, 1], np.uint8)}, "dev: the last word has no end"),
        ({"dev_ids": np.array([1.0, 0.0])}, "dev: the ids are not a list of integers"),
        ({"dev_ids": np.array([1, 0], np.uint64)}, "dev: the ids are not a list of"),
        ({"dev_ids": np.array([[1, 0]], np.uint8)}, "dev: the ids are not a list of"),
        ({"dev_ids": np.array([1, "a"], object)}, "not a file of scores"),
        (
            {"dev_ids": np.zeros(0, np.uint8), "dev_values": np.zeros(0)},
            "dev: the last",
        ),
        ({"dev_lengths": None}, "not a file of scores"),
        ({"dev_log2": np.zeros(1, np.uint8)}, "dev: the contexts are not two uint8"),
        ({"dev_lengths": np.zeros(2)}, "dev: the contexts are not two uint8"),
        ({"dev_lengths": np.array([0, 20], np.uint8)}, "dev: a context is not of 0 to"),
        ({"dev_log2": np.array([0, 63], np.uint8)}, "dev: a context is more frequent"),
        ({"dev_values": np.zeros(1)}, "dev: the values are not a float64 for each id"),
        ({"dev_values": np.zeros((2, 1))}, "dev: the values are not a float64 for"),
        ({"dev_values": np.zeros(2, int)}, "dev: the values are not a float64 for"),
        ({"dev_values": np.zeros(2, ">f8")}, "dev: the values are not a float64 for"),
        ({"dev_values": np.array(["a", "b"])}, "dev: the values are not a float64"),
        ({"dev_values": np.array([-1, np.nan])}, "dev: a value is not the logarithm"),
        ({"dev_values": np.array([-1, -np.inf])}, "dev: a value is not the logarithm"),
        ({"dev_values": np.array([-1, 0.1])}, "dev: a value is not the logarithm of"),
    ],
)
def test_what_cannot_be_scores_is_refused(
    path: Path, changed: dict[str, Any], reason: str
) -> None:
    """The right keys are not enough: types, shapes, ids and values are checked."""
    save_arrays(path, **changed)
    assert reason in refusal(path)


def zip_with_text() -> bytes:
    """Return a zip archive that has a text under each name, and no array."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("kind", "model", "vocabulary"):
            archive.writestr(f"{name}.npy", name)
        for split in SPLITS:
            archive.writestr(f"{split}_ids.npy", "ids")
            archive.writestr(f"{split}_values.npy", "values")
    return content.getvalue()


def npy() -> bytes:
    """Return what np.save writes."""
    content = io.BytesIO()
    np.save(content, np.zeros(3))
    return content.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"PK\x03\x04", b"\0" * 1000, npy(), zip_with_text()]
)
def test_another_file_is_refused(path: Path, content: bytes) -> None:
    """Empty, a text, a single array, a zip of something else."""
    path.write_bytes(content)
    assert "not a file of scores, or damaged" in refusal(path)


def test_a_missing_file_is_not_called_damaged(tmp_path: Path) -> None:
    """The system's own error names it."""
    with pytest.raises(FileNotFoundError):
        load_scores(tmp_path / "none.npz", "ngram")


def test_a_damaged_file_is_refused_or_read_right(path: Path) -> None:
    """Of 500 damaged files, cut, overwritten or shuffled, none ends in a traceback.

    A byte that means nothing, such as a date, may change unnoticed, a score may not.
    """
    draw = random.Random(1)
    whole = path.read_bytes()
    vocabulary, scores = load_scores(path, "ngram")
    refused = 0
    for _ in range(500):
        path.write_bytes(damaged(whole, draw))
        try:
            found_vocabulary, found = load_scores(path, "ngram")
        except InputError:
            refused += 1
            continue
        assert found_vocabulary == vocabulary
        for split in SPLITS:
            assert found[split].ids_N.tolist() == scores[split].ids_N.tolist()
            assert found[split].values_N.tolist() == scores[split].values_N.tolist()
    assert refused > 250


def damaged(whole: bytes, draw: random.Random) -> bytes:
    """Return whole with a part cut off, changed, or at another place."""
    content = bytearray(whole)
    start, end = sorted(draw.choices(range(len(content)), k=2))
    kind = draw.randrange(5)
    if kind == 0:
        return bytes(content[:start])
    if kind == 1:
        content[start] ^= 1 << draw.randrange(8)
    elif kind == 2:
        for _ in range(draw.randint(1, 8)):
            content[draw.randrange(len(content))] = draw.randrange(256)
    elif kind == 3:
        content[start:end] = draw.randbytes(min(end - start, 64))
    else:
        content = content[end:] + content[start:end] + content[:start]
    return bytes(content)


def test_a_pair_has_the_same_vocabulary_and_the_same_words(path: Path) -> None:
    """The line names the two files and the remedy."""
    network = path.with_name("network.npz")
    save_scores("network", VOCABULARY, some_scores(0.5), network)
    vocabulary, *pair = load_pair(network, path)
    assert vocabulary == VOCABULARY
    assert [scores["dev"].values_N[0] for scores in pair] == [-0.693147, -1.098612]
    for other_vocabulary, split, words in (
        ([".", "a", "b", "c"], "train", WORDS["train"]),
        (VOCABULARY, "test", ["b", ""]),
    ):
        ids_N = encode(words, VOCABULARY)
        scores = some_scores() | {split: Scores(ids_N, np.zeros(len(ids_N)))}
        save_scores("network", other_vocabulary, scores, network)
        with pytest.raises(InputError) as error:
            load_pair(network, path)
        assert str(error.value) == (
            f"{path}: {split} has other words than in {network}; "
            "make both again: dvc repro"
        )
