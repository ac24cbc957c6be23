"""Splits: from words to the examples of train, dev and test.

In: the words and the vocabulary of prepare. Out: three tensor files. By hand,
`--examples WORD …` prints the examples of some words and writes nothing.
"""

import random
import unicodedata
from dataclasses import dataclass

from stages.shared.arguments import add_files, file_arguments
from stages.shared.errors import InputError, reported_on_one_line
from stages.shared.parameters import MAX_SEED, load_parameters, parameter
from stages.shared.split import Split, save_split
from stages.shared.vocabulary import encode, load_vocabulary
from stages.shared.windows import build_windows


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    split_seed: int = parameter("split_seed", 0, MAX_SEED)
    context_size: int = parameter("context_size", 1, 50)


def cut(words: list[str], seed: int) -> tuple[list[str], list[str], list[str]]:
    """Return words shuffled and cut at 80 % and 90 %, as the notebook does."""
    shuffled = words.copy()
    random.Random(seed).shuffle(shuffled)
    dev, test = int(0.8 * len(words)), int(0.9 * len(words))
    return shuffled[:dev], shuffled[dev:test], shuffled[test:]


def print_examples(words: list[str], vocabulary: list[str], context_size: int) -> None:
    """Print each context with the symbol that follows, as the notebook does.

    Words are in Unicode NFC, as prepare makes them. A combining character, which NFC
    leaves where no letter has it built in, stands on a dotted circle.
    """
    legible = [
        f"\u25cc{symbol}" if unicodedata.category(symbol)[0] == "M" else symbol
        for symbol in vocabulary
    ]
    for written in words:
        word = unicodedata.normalize("NFC", written)
        encode(word, vocabulary)  # an unknown character is an InputError
        print(word)
        for context, symbol in zip(
            *build_windows([word], vocabulary, context_size), strict=True
        ):
            seen = "".join(legible[i] for i in context.tolist())
            print(f"{seen} ---> {legible[int(symbol)]}")


def main() -> None:
    parser = file_arguments(__doc__, vocabulary="read the symbols here")
    add_files(
        parser,
        required=False,
        words="read the words here",
        train="write the train split here, a tensor file",
        dev="write the dev split here",
        test="write the test split here",
    )
    parser.add_argument(
        "--examples", nargs="+", metavar="WORD", help="print the examples of WORDs"
    )
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    vocabulary = load_vocabulary(arguments.vocabulary)
    if arguments.examples:
        print_examples(arguments.examples, vocabulary, parameters.context_size)
        return
    outputs = (arguments.train, arguments.dev, arguments.test)
    if None in (arguments.words, *outputs):
        parser.error("needs --words, --train, --dev and --test, or --examples")

    words = arguments.words.read_text("utf-8").split()
    shares = cut(words, parameters.split_seed)
    if not all(shares):
        raise InputError(
            f"{arguments.words}: {len(words)} words leave dev or test empty; "
            "add words to the corpus, 6 are enough"
        )
    for share, path in zip(shares, outputs, strict=True):
        path.parent.mkdir(exist_ok=True)
        X_NxT, Y_N = build_windows(share, vocabulary, parameters.context_size)
        save_split(Split(vocabulary, share, X_NxT, Y_N), path)
        print(f"{path.stem}: {len(share)} words, {len(Y_N)} examples")


if __name__ == "__main__":
    with reported_on_one_line():
        main()
