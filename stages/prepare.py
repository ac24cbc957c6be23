"""Prepare: from a corpus file to clean sequences and their vocabulary.

In: words (a list, a table or a hunspell dictionary) or a text, its tokens parted by
blanks; UTF-8. Out: the distinct words or the lines in file order, the vocabulary, and
their sizes as metrics.
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, PlainValidator, model_validator

from nplm.corpus.reading import read_text, read_words
from nplm.corpus.sizes import measure
from nplm.corpus.vocabulary import (
    Unit,
    VocabularyParameters,
    build_vocabulary,
    save_vocabulary,
)
from nplm.metrics import save_metrics
from nplm.parameters import Frozen, ReadWith
from stages.command import load_parameters, read_files, run

NOT_IN_A_LINE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line ends, and halves of a character."""


def _one_line(path: str) -> str:
    if not path or NOT_IN_A_LINE.search(path):
        raise ValueError("needs to be a text of one line, such as a path")
    return path


def _column(value: object) -> str | int | None:
    if value is None or (isinstance(value, str) and value):
        return value
    if isinstance(value, int) and value >= 1 and value is not True:
        return value
    raise ValueError("needs to be the name of a column, or its number from 1")


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    corpus: Annotated[str, AfterValidator(_one_line)]
    unit: Unit
    column: Annotated[
        str | int | None,
        PlainValidator(_column),
        ReadWith({"unit": "character"}, default=None),
    ]
    vocabulary: VocabularyParameters

    @model_validator(mode="after")
    def check_blank(self) -> "Parameters":
        """Refuse blanks inside a word of a text."""
        if self.unit == "word" and self.vocabulary.blank:
            raise ValueError(
                "vocabulary.blank: true is read with unit: character alone; set it to "
                "false with word"
            )
        return self


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={},
        writes={
            "sequences": "the sequences, as text,",
            "vocabulary": "the symbols, as JSON,",
            "metrics": "the sizes, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    corpus, blank = Path(parameters.corpus), parameters.vocabulary.blank

    if parameters.unit == "word":
        sequences, repeated = read_text(corpus), 0
    else:
        sequences, repeated = read_words(corpus, column=parameters.column, blank=blank)
    limits = parameters.vocabulary.model_dump(exclude={"blank"})
    vocabulary = build_vocabulary(sequences, parameters.unit, **limits)
    sizes = measure(sequences, vocabulary)

    with arguments.sequences.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{sequence}\n" for sequence in sequences)
    save_vocabulary(vocabulary, arguments.vocabulary)
    save_metrics(sizes, arguments.metrics)
    shown = (f"{n} {name}" for name, n in sizes.items() if isinstance(n, int))
    print(f"{corpus}: {', '.join(shown)}")
    if "unknown" in sizes:
        print(
            f"{corpus}: {sizes['unknown']:.2%} of its symbols are not in the vocabulary"
        )
    if repeated:
        print(f"{corpus}: lines that repeat an earlier one, left out: {repeated}")


if __name__ == "__main__":
    run(main)
