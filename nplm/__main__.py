"""By hand: new words, words that the list lacks, and what the network learns from.

    python -m nplm words --prefix ju --count 5
    python -m nplm endings --count 20
    python -m nplm examples loi lois

Reads what `dvc repro` has made, and params.yaml, in the current folder.
"""

import argparse
import unicodedata
from pathlib import Path
from typing import Annotated

from pydantic import Field

from nplm.corpus.reading import read_words
from nplm.corpus.vocabulary import encode, load_vocabulary
from nplm.corpus.windows import windows
from nplm.errors import reported_on_one_line
from nplm.models.endings import EndingsParameters, propose
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.models.suggestions import suggest
from nplm.parameters import MAX_SEED, Frozen, read_number, read_parameters
from nplm.sampling import MAX_COUNT, SampleParameters, draw_words

PARAMS_FILE = Path("params.yaml")
MODEL = Path("data/model.pt")
VOCABULARY = Path("data/vocab.json")
WORDS = Path("data/words.txt")


class WordsParameters(Frozen):
    """What `words` reads from params.yaml."""

    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    sample: SampleParameters
    ensemble: EnsembleParameters


class SuggestionParameters(Frozen):
    """What `endings` reads from params.yaml."""

    endings: EndingsParameters


class ExamplesParameters(Frozen):
    """What `examples` reads from params.yaml."""

    context_size: Annotated[int, Field(ge=1, le=50)]


def print_words(prefix: str, count: str | None) -> None:
    """Print words that begin with prefix; count of them, or as many as params.yaml."""
    parameters = read_parameters(WordsParameters, PARAMS_FILE)
    sample = parameters.sample
    if count is not None:
        number = read_number("--count", count, 1, MAX_COUNT)
        sample = sample.model_copy(update={"count": number})
    ensemble = load_ensemble(MODEL, parameters.ensemble)
    for word in draw_words(ensemble, sample, parameters.seed, prefix):
        print(word)


def print_suggestions(count: str) -> None:
    """Print words that the whole list lacks, and two of its words that say why."""
    number = read_number("--count", count, 1, 1000)
    parameters = read_parameters(SuggestionParameters, PARAMS_FILE).endings
    words = read_words(WORDS, blank=True).words
    rows = [
        (found.word, f"{found.chance:.2f}", found.source, " from ".join(found.example))
        for found in suggest(propose(words, parameters), number)
    ]
    if not rows:
        print(f"{WORDS}: its words do not exchange endings; nothing to propose")
        return
    rows.insert(0, ("word", "chance", "from", "as"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


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
    for written in words:
        word = unicodedata.normalize("NFC", written)
        ids_N = encode([word], vocabulary)
        print(word)
        for context_T, symbol in zip(windows(ids_N, context_size), ids_N, strict=True):
            print(f"{''.join(legible[i] for i in context_T)} ---> {legible[symbol]}")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m nplm",
        description="Look at the model and at what it learns from.",
        epilog="They read what `dvc repro` has made, in the current folder.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    words = commands.add_parser("words", help="print new words")
    words.add_argument("--prefix", default="", help="how they begin; default: anyhow")
    words.add_argument(
        "--count", metavar="N", help="how many; default: sample.count of params.yaml"
    )
    endings = commands.add_parser(
        "endings", help="print words that the list ought to have, and why"
    )
    endings.add_argument("--count", metavar="N", default="20", help="how many; 20")
    examples = commands.add_parser("examples", help="print the examples of some words")
    examples.add_argument("words", nargs="+", metavar="WORD")
    arguments = parser.parse_args()
    if arguments.command == "words":
        print_words(arguments.prefix, arguments.count)
    elif arguments.command == "endings":
        print_suggestions(arguments.count)
    else:
        print_examples(arguments.words)


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
