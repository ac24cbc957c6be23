"""Commands: what a person asks the model by hand, and where the answer lies.

Each reads what `dvc repro` has made, and params.yaml, in the current folder.
"""

import json
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from nplm.corpus.decoding import text_of
from nplm.corpus.readable import readable
from nplm.corpus.reading import read_words
from nplm.corpus.vocabulary import encode, load_vocabulary, unit_of
from nplm.corpus.windows import windows
from nplm.errors import InputError
from nplm.models.endings import EndingsParameters, propose
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.models.kneser_ney import NgramParameters
from nplm.models.mixture import MixtureParameters
from nplm.models.model_file import load_members
from nplm.models.suggestions import proposal_table, suggest
from nplm.neighbours import neighbour_lines, neighbours
from nplm.parameters import (
    MAX_SEED,
    Frozen,
    change_parameters,
    read_number,
    read_parameters,
)
from nplm.report.results import read_columns
from nplm.sampling import SampleParameters, draw_words
from nplm.scores import load_scores
from nplm.training.sweep import FEWEST, suggestion_table
from nplm.training.sweep_range import advice
from nplm.word_scores import score_table, score_words, write_scores

PARAMS_FILE = Path("params.yaml")
MODEL = Path("data/model.pt")
VOCABULARY = Path("data/vocab.json")
SEQUENCES = Path("data/sequences.txt")
NETWORK = Path("data/network.npz")
SWEEP = Path("metrics/lr_sweep.json")
CURVE = Path("plots/lr_sweep.csv")


class WordsParameters(Frozen):
    """What `words` reads from params.yaml."""

    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    sample: SampleParameters
    ensemble: EnsembleParameters


class ProposalParameters(Frozen):
    """What `endings` reads from params.yaml."""

    endings: EndingsParameters


class ExamplesParameters(Frozen):
    """What `examples` reads from params.yaml."""

    context_size: Annotated[int, Field(ge=1, le=50)]


class ScoreParameters(Frozen):
    """What `score` reads from params.yaml."""

    ensemble: EnsembleParameters
    ngram: NgramParameters
    mixture: MixtureParameters


def print_words(prefix: str, options: Mapping[str, str | None]) -> None:
    """Print words that begin with prefix; options stand for those of params.yaml."""
    parameters = read_parameters(WordsParameters, PARAMS_FILE)
    sample = change_parameters(parameters.sample, options)
    known = SEQUENCES.read_text("utf-8").split("\n") if sample.new_only else []
    ensemble = load_ensemble(MODEL, parameters.ensemble)
    for word in draw_words(ensemble, sample, parameters.seed, prefix, known):
        print(readable(word, unit_of(ensemble.vocabulary)))


def print_neighbours(symbols: list[str], count: str) -> None:
    """Print the symbols nearest to each of symbols, with the cosine between the two."""
    number = read_number("--count", count, 1, 1000)
    (network, *_), vocabulary = load_members(MODEL)
    for symbol in symbols:
        near = neighbours(network.C.detach(), vocabulary, symbol, number)
        print(symbol, *neighbour_lines(near), sep="\n")


def print_endings(count: str) -> None:
    """Print words that the whole list lacks, and two of its words that say why."""
    number = read_number("--count", count, 1, 1000)
    if unit_of(load_vocabulary(VOCABULARY)) == "word":
        raise InputError(
            f"{SEQUENCES}: has lines of text, and only words of a list exchange "
            "endings; set unit to character"
        )
    parameters = read_parameters(ProposalParameters, PARAMS_FILE).endings
    words = read_words(SEQUENCES, blank=True).words
    found = suggest(propose(words, parameters), number)
    if found:
        print(proposal_table(found))
    else:
        print(f"{SEQUENCES}: its words do not exchange endings; nothing to propose")


def print_examples(words: list[str]) -> None:
    """Print each context with the symbol that follows, as the notebook does.

    Words are brought to Unicode NFC, as prepare does. A combining character, which NFC
    leaves where no letter has it built in, stands on a dotted circle.
    """
    context_size = read_parameters(ExamplesParameters, PARAMS_FILE).context_size
    vocabulary = load_vocabulary(VOCABULARY)
    legible = [
        f"\u25cc{symbol}" if unicodedata.category(symbol[0])[0] == "M" else symbol
        for symbol in vocabulary
    ]
    between = " " if unit_of(vocabulary) == "word" else ""
    for written in words:
        word = unicodedata.normalize("NFC", written)
        ids_N = encode([word], vocabulary)
        print(word)
        for context_T, symbol in zip(windows(ids_N, context_size), ids_N, strict=True):
            context = between.join(legible[i] for i in context_T)
            print(f"{context} ---> {legible[symbol]}")


def print_scores(words: list[str], file: str | None, *, as_csv: bool) -> None:
    """Print what each model gives each symbol of words, or of those in file."""
    if bool(words) == (file is not None):
        raise InputError("score: give some words, or --file; `--file -` reads input")
    parameters = read_parameters(ScoreParameters, PARAMS_FILE)
    ensemble = load_ensemble(MODEL, parameters.ensemble)
    vocabulary, network = load_scores(NETWORK, "network")
    if vocabulary != ensemble.vocabulary:
        raise InputError(
            f"{NETWORK}: not the vocabulary of {MODEL}; make both again: dvc repro"
        )
    scores = score_words(
        [unicodedata.normalize("NFC", word) for word in words or read_lines(file)],
        ensemble,
        network,
        parameters.ngram,
        parameters.mixture,
    )
    if as_csv:
        write_scores(scores, sys.stdout)
    else:
        print(score_table(scores))


def read_lines(file: str | None) -> list[str]:
    """Return the lines of file, or of standard input for `-`, that are not empty.

    Raises InputError where there are none, and for bytes that are not UTF-8.
    """
    content = sys.stdin.buffer.read() if file == "-" else Path(str(file)).read_bytes()
    lines = text_of(content, file, "save as UTF-8").splitlines()
    words = [line.strip() for line in lines if line.strip()]
    if not words:
        raise InputError(f"{file}: no words; put one on each line")
    return words


def print_learning_rates() -> None:
    """Print what the sweep suggests, and the command that trains with it.

    And where its lowest point is at an end of the range, which end to widen.
    """
    try:
        table = suggestion_table(json.loads(SWEEP.read_text("utf-8")))
    except (ValueError, TypeError, LookupError) as error:
        raise InputError(
            f"{SWEEP}: not what the sweep wrote; make it again: dvc repro -f lr_sweep"
        ) from error
    steps = read_columns(CURVE, ("lr", "smoothed"))
    lr_S, smoothed_S = (np.array([s[key] for s in steps]) for key in ("lr", "smoothed"))
    if len(steps) < FEWEST:
        raise InputError(
            f"{CURVE}: {len(steps)} steps, and {FEWEST} are needed; "
            "make it again: dvc repro -f lr_sweep"
        )
    print(table)
    widen = advice(lr_S, smoothed_S)
    if widen:
        print(widen)
