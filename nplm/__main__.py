"""By hand: words that the model makes up or the list lacks, what models give words.

    python -m nplm words --prefix ju --count 5
    python -m nplm endings --count 20
    python -m nplm score loi lio
    python -m nplm neighbours travail
    python -m nplm examples loi lois
    python -m nplm lr

Reads what `dvc repro` has made, and params.yaml, in the current folder.
"""

import argparse

from nplm.commands import (
    print_endings,
    print_examples,
    print_learning_rates,
    print_neighbours,
    print_scores,
    print_words,
)
from nplm.errors import reported_on_one_line

OPTIONS = (
    ("count", "N", "how many"),
    ("seed", "N", "of the draws"),
    ("temperature", "T", "below 1 more cautious, above wilder"),
    ("top_k", "K", "draw among the K likeliest symbols"),
    ("top_p", "P", "draw among the likeliest ones of probability P together"),
)
"""Of `words`: the key in the group `sample` of params.yaml, and the help text."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m nplm",
        description="Look at the model and at what it learns from.",
        epilog="They read what `dvc repro` has made, in the current folder.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    words = commands.add_parser(
        "words", help="print words that the model makes up", allow_abbrev=False
    )
    words.add_argument("--prefix", default="", help="how they begin; default: anyhow")
    for key, metavar, meaning in OPTIONS:
        option = f"--{key.replace('_', '-')}"
        text = f"{meaning}; default: sample.{key}"
        words.add_argument(option, metavar=metavar, help=text)
    words.add_argument(
        "--new-only",
        action="store_const",
        const="true",
        help="no word of the list, and none twice; default: sample.new_only",
    )
    endings = commands.add_parser(
        "endings", help="print words that the list ought to have, and why"
    )
    endings.add_argument(
        "--count", metavar="N", default="20", help="how many; default: 20"
    )
    near = commands.add_parser(
        "neighbours", help="print the symbols that training has put near some"
    )
    near.add_argument("symbols", nargs="+", metavar="SYMBOL")
    near.add_argument(
        "--count", metavar="N", default="10", help="how many; default: 10"
    )
    score = commands.add_parser(
        "score",
        help="print the log-probability of each symbol by each model",
        allow_abbrev=False,
    )
    score.add_argument("words", nargs="*", metavar="WORD")
    score.add_argument("--file", help="words, one a line; - is standard input")
    score.add_argument("--csv", action="store_true", help="a row for each symbol")
    examples = commands.add_parser("examples", help="print the examples of some words")
    examples.add_argument("words", nargs="+", metavar="WORD")
    commands.add_parser("lr", help="print the learning rates that the sweep suggests")
    options = vars(parser.parse_args())
    command = options.pop("command")
    if command == "words":
        print_words(options.pop("prefix"), options)
    elif command == "endings":
        print_endings(options["count"])
    elif command == "neighbours":
        print_neighbours(options["symbols"], options["count"])
    elif command == "score":
        print_scores(options["words"], options["file"], as_csv=options["csv"])
    elif command == "examples":
        print_examples(options["words"])
    else:
        print_learning_rates()


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
