"""Scores: the log-probability that a model gives each symbol of the words of a split.

Letters in names: N symbols, W words.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import EOS, Ids, is_vocabulary
from nplm.errors import InputError, shortened

Floats = NDArray[np.float64]

KIND = "scores"
TYPES = (np.uint8, np.int16, np.int32)
LENGTHS = 20
"""Of the contexts of an n-gram model: 0 to 19 symbols, as its order is at most 20."""


class Contexts(NamedTuple):
    """How well an n-gram model knows what stands before each symbol."""

    length_N: NDArray[np.uint8]
    """Symbols of the longest context before it that train has."""
    log2_N: NDArray[np.uint8]
    """Of the count of that context, the logarithm to base 2, rounded down."""


class Scores(NamedTuple):
    """What a model gives the words of a split."""

    ids_N: Ids
    """The words: the ids of the symbols of each, and EOS after each."""
    values_N: Floats
    """The log-probability in nats of each symbol, EOS included."""
    contexts: Contexts | None = None
    """Of an n-gram model alone."""


def word_starts(ids_N: Ids) -> NDArray[np.intp]:
    """Return starts_W: where in ids_N each word begins.

    >>> word_starts(np.array([1, 2, 0, 3, 0])).tolist()
    [0, 3]
    """
    return np.flatnonzero(np.roll(ids_N, 1) == EOS)


def word_lengths(ids_N: Ids) -> NDArray[np.intp]:
    """Return lengths_W: how many symbols each word has, EOS included.

    >>> word_lengths(np.array([1, 2, 0, 3, 0])).tolist()
    [3, 2]
    """
    return np.diff(word_starts(ids_N), append=len(ids_N))


def positions_in_word(ids_N: Ids) -> NDArray[np.intp]:
    """Return for each symbol how many symbols of its word stand before it.

    >>> positions_in_word(np.array([1, 2, 0, 3, 0])).tolist()
    [0, 1, 2, 0, 1]
    """
    starts_W = word_starts(ids_N)
    return np.arange(len(ids_N)) - np.repeat(starts_W, word_lengths(ids_N))


def word_losses(scores: Scores) -> Floats:
    """Return losses_W: the loss of each word in nats, the sum over its symbols."""
    losses_W: Floats = -np.add.reduceat(scores.values_N, word_starts(scores.ids_N))
    return losses_W


def split_scores(
    parts: Mapping[str, Ids], p_N: Floats, contexts: Contexts
) -> dict[str, Scores]:
    """Return the n-gram's scores of each of parts, which N symbols are cut into.

    >>> parts = {"dev": np.array([1, 0]), "test": np.array([0])}
    >>> contexts = Contexts(np.zeros(3, np.uint8), np.zeros(3, np.uint8))
    >>> split_scores(parts, np.exp([-1.0, -2.0, -3.0]), contexts)["test"].values_N
    array([-3.])
    """
    ends = np.cumsum([len(part) for part in parts.values()])[:-1]
    arrays = (np.split(array_N, ends) for array_N in (np.log(p_N), *contexts))
    return {
        name: Scores(ids_N, values_N, Contexts(length_N, log2_N))
        for (name, ids_N), values_N, length_N, log2_N in zip(
            parts.items(), *arrays, strict=True
        )
    }


def save_scores(
    model: str, vocabulary: list[str], scores: Mapping[str, Scores], path: Path
) -> None:
    """Write what model, `network` or `ngram`, gives each of SPLITS, a NumPy archive.

    Rounded to six digits after the point: the last ones depend on the processor.
    """
    arrays: dict[str, Any] = {"kind": KIND, "model": model, "vocabulary": vocabulary}
    for name in SPLITS:
        ids_N, values_N, contexts = scores[name]
        arrays[f"{name}_ids"] = ids_N
        arrays[f"{name}_values"] = values_N.round(6)
        if contexts:
            arrays[f"{name}_lengths"], arrays[f"{name}_log2"] = contexts
    with path.open("wb") as file:
        np.savez(file, **arrays)


def load_scores(path: Path, model: str) -> tuple[list[str], dict[str, Scores]]:
    """Return the vocabulary and the scores that save_scores wrote to path for model.

    Raises InputError for another file, a damaged one, or what cannot be scores.
    """
    with path.open("rb") as file:
        try:
            content, vocabulary, scores = _read(file)
        except MemoryError:
            raise
        except Exception as error:  # whatever its parts raise on a damaged file
            raise InputError(
                f"{path}: not a file of scores, or damaged; make it again: dvc repro"
            ) from error
    wanted = f"{KIND} of {model}"
    if content != wanted:
        raise InputError(
            f"{path}: has {shortened(content)}, not {wanted!r}; "
            "give the right file, or make it again: dvc repro"
        )
    for name, split in scores.items():
        problem = _problem(split, len(vocabulary))
        if problem:
            raise InputError(f"{path}: {name}: {problem}; make it again: dvc repro")
    return vocabulary, scores


def load_pair(
    network: Path, ngram: Path
) -> tuple[list[str], dict[str, Scores], dict[str, Scores]]:
    """Return the vocabulary, the scores of the network, and those of the n-gram.

    Raises InputError as load_scores does, and if the two are not of the same words.
    """
    vocabulary, network_scores = load_scores(network, "network")
    ngram_vocabulary, ngram_scores = load_scores(ngram, "ngram")
    for name in SPLITS:
        same_words = np.array_equal(
            network_scores[name].ids_N, ngram_scores[name].ids_N
        )
        if vocabulary != ngram_vocabulary or not same_words:
            raise InputError(
                f"{ngram}: {name} has other words than in {network}; "
                "make both again: dvc repro"
            )
    return vocabulary, network_scores, ngram_scores


def _read(file: BinaryIO) -> tuple[str, list[str], dict[str, Scores]]:
    """Return whose scores these are, the vocabulary and the arrays of each split."""
    with zipfile.ZipFile(file) as archive:
        kind, model = read_array(archive, "kind"), read_array(archive, "model")
        vocabulary = read_array(archive, "vocabulary").tolist()
        if not is_vocabulary(vocabulary):
            raise ValueError
        scores = {
            split: Scores(
                read_array(archive, f"{split}_ids"),
                read_array(archive, f"{split}_values"),
                _read_contexts(archive, split) if str(model) == "ngram" else None,
            )
            for split in SPLITS
        }
        return f"{kind} of {model}", vocabulary, scores


def _read_contexts(archive: zipfile.ZipFile, split: str) -> Contexts:
    """Return the arrays of the contexts of a split."""
    return Contexts(
        read_array(archive, f"{split}_lengths"), read_array(archive, f"{split}_log2")
    )


def read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Return an array of an archive, read-only, or raise some exception.

    np.load would take the size from a damaged header.
    """
    content = archive.read(f"{name}.npy")  # checks the checksum
    header = io.BytesIO(content)
    np.lib.format.read_magic(header)
    shape, _, dtype = np.lib.format.read_array_header_1_0(header)
    return np.frombuffer(content, dtype, offset=header.tell()).reshape(shape)


def _problem(scores: Scores, vocabulary_size: int) -> str | None:
    """Return what is wrong with scores, or None."""
    ids_N, values_N, contexts = scores
    if ids_N.ndim != 1 or ids_N.dtype not in TYPES:
        return "the ids are not a list of integers"
    if values_N.shape != ids_N.shape or values_N.dtype != np.float64:
        return "the values are not a float64 for each id"
    if not len(ids_N) or ids_N[-1] != EOS:
        return "the last word has no end"
    if ids_N.min() < 0 or ids_N.max() >= vocabulary_size:
        return f"an id is none of the {vocabulary_size} symbols of the vocabulary"
    if not (np.isfinite(values_N).all() and values_N.max() <= 0):
        return "a value is not the logarithm of a probability"
    return _problem_of_contexts(contexts, ids_N) if contexts else None


def _problem_of_contexts(contexts: Contexts, ids_N: Ids) -> str | None:
    """Return what is wrong with contexts, or None."""
    for array_N in contexts:
        if array_N.shape != ids_N.shape or array_N.dtype != np.uint8:
            return "the contexts are not two uint8 for each id"
    if contexts.length_N.max() >= LENGTHS:
        return f"a context is not of 0 to {LENGTHS - 1} symbols"
    if contexts.log2_N.max() >= 63:
        return "a context is more frequent than a count can be"
    return None
