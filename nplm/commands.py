"""Commands: what a person asks the model by hand, and where the answer lies.

Each reads what `dvc repro` has made, and params.yaml, in the current folder; given the
file of a model, nothing else. A function has the name and the options of its command.
"""

import sys
import unicodedata
import webbrowser
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from pydantic import Field

from nplm.corpus.ids import load_ids
from nplm.corpus.readable import readable
from nplm.corpus.vocabulary import decode, encode, load_vocabulary, unit_of
from nplm.corpus.windows import windows
from nplm.endings.proposals import EndingsParameters, propose
from nplm.endings.suggestions import proposal_table, suggest
from nplm.errors import InputError
from nplm.given import read_lines, read_so_far
from nplm.held_out import MIXTURE
from nplm.loaded import PLAIN, load
from nplm.metrics import load_metrics
from nplm.models.arpa import write_arpa
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.models.kneser_ney import fit_ngram
from nplm.models.model import Model
from nplm.models.together import NAMES, ModelParameters, fit_models
from nplm.neighbours import neighbour_lines
from nplm.parameters import (
    Seed,
    change_parameters,
    read_number,
    read_parameters,
)
from nplm.report.texts import Language
from nplm.sampling import SampleParameters, draw_words
from nplm.scores import load_scores
from nplm.tables import read_table
from nplm.training.sweep import FEWEST_STEPS, advice, suggestion_table
from nplm.word_scores import score_table, score_words, write_scores

PARAMS_FILE = Path("params.yaml")
MODEL = Path("data/model.pt")
VOCABULARY = Path("data/vocab.json")
IDS = Path("data/splits/ids.npz")
SCORES = {name: Path(f"data/{name}.npz") for name in NAMES}
SWEEP = Path("metrics/lr_sweep.json")
CURVE = Path("plots/lr_sweep.csv")


class Parameters(ModelParameters):
    """What the commands read from params.yaml."""

    seed: Seed
    context_size: Annotated[int, Field(ge=1, le=50)]
    sample: SampleParameters
    ensemble: EnsembleParameters
    endings: EndingsParameters


def words(
    model: str | None, prefix: str, before: str | None, **options: str | None
) -> None:
    """Print words that begin with prefix; options stand for those of params.yaml.

    They are lines after what a text has said in the file before, by the mixture.
    """
    asked: Model
    if model:
        asked, seed = load(model).ensemble, 1
        sample = change_parameters(PLAIN, options)
        if sample.new_only:
            raise InputError(
                f"--new-only: {model} does not have the list; leave out --model"
            )
    else:
        parameters = read_parameters(Parameters, PARAMS_FILE)
        sample, seed = change_parameters(parameters.sample, options), parameters.seed
        asked = load_ensemble(MODEL, **parameters.ensemble.model_dump())
    so_far = read_so_far(before, asked.vocabulary)
    if so_far and not model:
        asked = load_models()[MIXTURE]
    length = sample.max_length + len(so_far.split())
    sample = sample.model_copy(update={"max_length": length})
    known = []
    if sample.new_only:
        vocabulary, ids = load_ids(IDS)
        known = [word for ids_N in ids.values() for word in decode(ids_N, vocabulary)]
    begin = f"{so_far} {prefix}" if so_far else prefix
    for word in draw_words(asked, sample, seed, begin, known):
        print(readable(word.removeprefix(so_far).lstrip(), unit_of(asked.vocabulary)))


def neighbours(model: str | None, symbols: list[str], count: str) -> None:
    """Print the symbols nearest to each of symbols, with the cosine between the two."""
    number = read_number("--count", count, 1, 1000)
    loaded = load(model or MODEL)
    for symbol in symbols:
        near = loaded.neighbours(symbol, number)
        print(symbol, *neighbour_lines(near), sep="\n")


def endings(count: str) -> None:
    """Print words that the whole list lacks, and two of its words that say why."""
    number = read_number("--count", count, 1, 1000)
    vocabulary, ids = load_ids(IDS)
    if unit_of(vocabulary) == "word":
        raise InputError(
            f"{IDS}: has lines of text, and only words of a list exchange endings; "
            "set unit to character"
        )
    parameters = read_parameters(Parameters, PARAMS_FILE).endings
    listed = [word for ids_N in ids.values() for word in decode(ids_N, vocabulary)]
    found = suggest(propose(listed, parameters), number)
    if found:
        print(proposal_table(found))
    else:
        print(f"{IDS}: its words do not exchange endings; nothing to propose")


def examples(words: list[str]) -> None:
    """Print each context with the symbol that follows, as the notebook does.

    Words are brought to Unicode NFC, as prepare does. A combining character, which NFC
    leaves where no letter has it built in, stands on a dotted circle.
    """
    context_size = read_parameters(Parameters, PARAMS_FILE).context_size
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


def score(
    words: list[str],
    file: str | None,
    model: str | None,
    before: str | None,
    *,
    csv: bool,
) -> None:
    """Print what each model gives each symbol of words, or of those in file.

    They are lines after what a text has said in the file before, if there is one.
    """
    if bool(words) == (file is not None):
        raise InputError("score: give some words, or --file; `--file -` reads input")
    asked = words if file is None else read_lines(file)
    asked = [unicodedata.normalize("NFC", word) for word in asked]
    models = {"network": load(model).ensemble} if model else load_models()
    so_far = read_so_far(before, models["network"].vocabulary)
    scores = score_words(asked, models, so_far)
    if csv:
        write_scores(scores, [*models], sys.stdout)
    else:
        print(score_table(scores, [*models]))


def arpa(output: str) -> None:
    """Write the n-gram of the project in the format of SRILM and KenLM."""
    parameters = read_parameters(Parameters, PARAMS_FILE).ngram
    vocabulary, ids = load_ids(IDS)
    order, discounts = parameters.order, parameters.fixed
    with Path(output).open("w", encoding="utf-8", newline="\n") as file:
        write_arpa(fit_ngram(ids["train"], vocabulary, order, discounts), file)
    print(output)


def page(model: str | None, language: Language, output: str, *, open: bool) -> None:
    """Write a page in which one asks the models, and open it if open says so.

    They are those of the project, or the networks of a model file alone.
    """
    from nplm.report.alone import write_alone  # noqa: PLC0415 takes half a second

    words: dict[str, list[str]] = {}
    if model:
        ensemble = load(model).ensemble
        models: dict[str, Model] = {"network": ensemble}
        sample, seed = PLAIN, 1
        count_V = torch.ones(len(ensemble.vocabulary))
    else:
        models = load_models()
        parameters = read_parameters(Parameters, PARAMS_FILE)
        sample, seed = parameters.sample, parameters.seed
        vocabulary, ids = load_ids(IDS)
        words = {split: decode(ids_N, vocabulary) for split, ids_N in ids.items()}
        count_V = torch.bincount(torch.tensor(ids["train"]), minlength=len(vocabulary))
    path = Path(output)
    write_alone(models, words, count_V, sample, seed, language, path)
    print(path)
    if open:
        webbrowser.open(path.absolute().as_uri())


def load_models() -> dict[str, Model]:
    """Return the models of the project, and their mixture as it suits dev."""
    parameters = read_parameters(Parameters, PARAMS_FILE)
    ensemble = load_ensemble(MODEL, **parameters.ensemble.model_dump())
    vocabulary, ids = splits = load_ids(IDS)
    if vocabulary != ensemble.vocabulary:
        raise InputError(f"{IDS}: not the vocabulary of {MODEL}; make both: dvc repro")
    scores = {name: load_scores(path, ids) for name, path in SCORES.items()}
    return fit_models(ensemble, splits, scores, parameters)


def lr() -> None:
    """Print what the sweep suggests, and the command that trains with it.

    And where its lowest point is at an end of the range, which end to widen.
    """
    suggested = load_metrics(SWEEP)
    steps = read_table(CURVE, ("smoothed",))
    if len(steps) < FEWEST_STEPS:
        raise InputError(
            f"{CURVE}: {len(steps)} steps, and {FEWEST_STEPS} are needed; "
            "lower lr_sweep.min_exponent"
        )
    print(suggestion_table(suggested))
    widen = advice(np.array([step["smoothed"] for step in steps]))
    if widen:
        print(widen)
