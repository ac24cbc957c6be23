"""Splits: from words to the examples of train, dev and test.

In: the words and the vocabulary of prepare. Out: three tensor files. By hand,
`--examples WORD …` prints the examples of some words and writes nothing.

Letters in names: N examples, T context positions.
"""

import random
import unicodedata
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from stages.shared.arguments import add_files, file_arguments
from stages.shared.errors import InputError, reported_on_one_line
from stages.shared.parameters import MAX_SEED, load_parameters, parameter
from stages.shared.split import Split, save_split
from stages.shared.vocabulary import EOS, encode, load_vocabulary


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


def build_windows(
    words: list[str], vocabulary: list[str], context_size: int
) -> tuple[Tensor, Tensor]:
    """Return X_NxT and Y_N: each symbol of each word, EOS included, is a Y.

    Every character has to be in vocabulary. The integer type is the smallest of
    uint8, int16 and int32 that holds every id.

    >>> X, Y = build_windows(["au"], [".", "a", "u"], context_size=3)
    >>> X.tolist(), Y.tolist()
    ([[0, 0, 0], [0, 0, 1], [0, 1, 2]], [1, 2, 0])
    """
    text = "".join(f"{word}{EOS}" for word in words)
    code_points_N = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    code_points_V = [ord(symbol) for symbol in vocabulary]
    ids = np.zeros(max(code_points_V) + 1, dtype=smallest_type(len(vocabulary)))
    ids[code_points_V] = np.arange(len(vocabulary))
    Y_N = torch.from_numpy(ids[code_points_N])

    lengths = torch.tensor([len(word) + 1 for word in words])
    starts = torch.repeat_interleave(lengths.cumsum(0) - lengths, lengths)
    position_N = torch.arange(len(Y_N)) - starts
    X_NxT = torch.zeros(len(Y_N), context_size, dtype=Y_N.dtype)
    for back in range(1, context_size + 1):
        in_word = position_N[back:] >= back
        X_NxT[back:, context_size - back] = Y_N[:-back] * in_word
    return X_NxT, Y_N


def smallest_type(vocabulary_size: int) -> type[np.integer]:
    """Return the smallest of uint8, int16 and int32 that holds every id."""
    for integer in (np.uint8, np.int16):
        if vocabulary_size - 1 <= np.iinfo(integer).max:
            return integer
    return np.int32


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
