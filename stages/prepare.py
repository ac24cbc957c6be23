"""Prepare: from a corpus file to clean words and their vocabulary.

In: a word list, one word per line, UTF-8. Out: the distinct words in file order,
the vocabulary, and their sizes as metrics.
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from nplm.corpus.reading import VocabularyParameters, read_words
from nplm.corpus.vocabulary import build_vocabulary, save_vocabulary
from nplm.metrics import save_metrics
from nplm.parameters import Frozen
from stages.command import load_parameters, read_files, run

NOT_IN_A_LINE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line ends, and halves of a character."""


def _one_line(path: str) -> str:
    if not path or NOT_IN_A_LINE.search(path):
        raise ValueError("needs to be a text of one line, such as a path")
    return path


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    corpus: Annotated[str, AfterValidator(_one_line)]
    vocabulary: VocabularyParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={},
        writes={
            "sequences": "the words, as text,",
            "vocabulary": "the symbols, as JSON,",
            "metrics": "the sizes, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    corpus = Path(parameters.corpus)

    words, repeated = read_words(corpus, blank=parameters.vocabulary.blank)
    vocabulary = build_vocabulary(words)
    sizes = {
        "words": len(words),
        "symbols": len(vocabulary),
        "examples": sum(map(len, words)) + len(words),
    }

    text = "".join(f"{word}\n" for word in words)
    arguments.sequences.write_text(text, "utf-8", newline="\n")
    save_vocabulary(vocabulary, arguments.vocabulary)
    save_metrics(sizes, arguments.metrics)
    print(f"{corpus}: " + ", ".join(f"{size} {name}" for name, size in sizes.items()))
    if repeated:
        print(f"{corpus}: lines that repeat an earlier one, left out: {repeated}")


if __name__ == "__main__":
    run(main)
