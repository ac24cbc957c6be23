"""Splits: from words to the examples of train, dev and test.

In: the words and the vocabulary of prepare. Out: three tensor files. By hand,
`--examples WORD …` prints the examples of some words and writes nothing.

Letters in names: N examples, T context positions.
"""

import unicodedata
from dataclasses import dataclass

import torch
from torch import Tensor

from stages.shared.arguments import add_files, file_arguments
from stages.shared.cut import read_shares
from stages.shared.errors import reported_on_one_line
from stages.shared.parameters import MAX_SEED, load_parameters, parameter
from stages.shared.split import Split, save_split
from stages.shared.vocabulary import encode, load_vocabulary
from stages.shared.windows import windows


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    split_seed: int = parameter("split_seed", 0, MAX_SEED)
    context_size: int = parameter("context_size", 1, 50)


def build_windows(
    words: list[str], vocabulary: list[str], context_size: int
) -> tuple[Tensor, Tensor]:
    """Return the windows X_NxT and Y_N of the words as tensors."""
    X_NxT, Y_N = windows(words, vocabulary, context_size)
    return torch.from_numpy(X_NxT), torch.from_numpy(Y_N)


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

    shares = read_shares(arguments.words, parameters.split_seed)
    for share, path in zip(shares, outputs, strict=True):
        path.parent.mkdir(exist_ok=True)
        X_NxT, Y_N = build_windows(share, vocabulary, parameters.context_size)
        save_split(Split(vocabulary, share, X_NxT, Y_N), path)
        print(f"{path.stem}: {len(share)} words, {len(Y_N)} examples")


if __name__ == "__main__":
    with reported_on_one_line():
        main()
