"""By hand: words that the model makes up or the list lacks, what models give words.

    python -m nplm words --prefix ju --count 5
    python -m nplm score loi lio
    python -m nplm neighbours travail
    python -m nplm words --model model.pt
    python -m nplm page --output play.html
    python -m nplm arpa --output ngram.arpa
    python -m nplm endings --count 20
    python -m nplm examples loi lois
    python -m nplm lr

Reads what `dvc repro` has made, and params.yaml, in the current folder; with --model
that file alone.
"""

import argparse
from importlib import import_module

from nplm.arithmetic.processor import settle
from nplm.errors import reported_on_one_line


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m nplm",
        description="Look at the model and at what it learns from.",
        epilog="The commands read what `dvc repro` has made, in the current folder.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, allow_abbrev=False)

    words = command("words", "print words that the model makes up")
    words.add_argument("--prefix", default="", help="how they begin; default: anyhow")
    for option, metavar, meaning in (
        ("count", "N", "how many"),
        ("seed", "N", "of the draws"),
        ("temperature", "T", "below 1 more cautious, above wilder"),
        ("top-k", "K", "draw among the K likeliest symbols"),
        (
            "top-p",
            "P",
            "draw among the likeliest symbols, P of the probability",
        ),
    ):
        key = option.replace("-", "_")
        text = f"{meaning}; default: sample.{key}"
        words.add_argument(f"--{option}", metavar=metavar, help=text)
    words.add_argument(
        "--new-only",
        action="store_const",
        const="true",
        help="no word of the list, and none twice; default: sample.new_only",
    )
    score = command("score", "print the log-probability of each symbol by each model")
    score.add_argument("words", nargs="*", metavar="WORD")
    score.add_argument("--file", help="words, one a line; - is standard input")
    score.add_argument("--csv", action="store_true", help="a row for each symbol")
    near = command("neighbours", "print the symbols that are nearest in the embedding")
    near.add_argument("symbols", nargs="+", metavar="SYMBOL")
    arpa = command("arpa", "write the n-gram in the format of SRILM and KenLM")
    arpa.add_argument("--output", metavar="FILE", default="ngram.arpa", help="to write")
    page = command("page", "write a page in which one asks the models")
    page.add_argument("--output", metavar="FILE", default="play.html", help="to write")
    page.add_argument("--language", choices=("en", "fr"), default="en")
    page.add_argument("--open", action="store_true", help="in a browser, too")
    for one in (words, score, near, page):
        text = "a model file, which alone is read; default: data/model.pt"
        one.add_argument("--model", metavar="FILE", help=text)
    for one in (words, score):
        text = "what a text has said so far; with it, lines are drawn from the mixture"
        one.add_argument("--before", metavar="FILE", help=text)
    endings = command("endings", "print words that the list ought to have, and why")
    for one, count in ((near, "10"), (endings, "20")):
        text = f"how many; default: {count}"
        one.add_argument("--count", metavar="N", default=count, help=text)
    examples = command("examples", "print the examples of some words")
    examples.add_argument("words", nargs="+", metavar="WORD")
    command("lr", "print the learning rates that the sweep suggests")

    options = vars(parser.parse_args())
    name = options.pop("command")
    settle()
    getattr(import_module("nplm.commands"), name)(**options)  # imports torch: a second


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
