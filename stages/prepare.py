"""Prepare: from a corpus file to clean words and their vocabulary.

In: a word list, one word per line, UTF-8. Out: the distinct words in file order,
the vocabulary, and their sizes as metrics.
"""

import json
import shlex
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stages.shared.arguments import file_arguments
from stages.shared.errors import InputError, reported_on_one_line, shortened
from stages.shared.metrics import save_metrics
from stages.shared.parameters import load_parameters, parameter
from stages.shared.vocabulary import EOS

MAX_LENGTH = 100
"""Characters; the longest words of any language's dictionaries stay below."""
INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf"}
"""Unicode's categories of blanks, control characters and format characters."""
JOINERS = {"\u200c", "\u200d"}
"""Format characters that are part of a word: Persian parts letters by the first."""


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    corpus: str = parameter("corpus")


def read_words(corpus: Path) -> list[str]:
    """Return the distinct words of the file, in file order, in Unicode NFC.

    A byte-order mark, line ends (LF or CRLF), blanks around a word and empty lines
    go. Raises InputError for what cannot be a list of words.
    """
    return list(dict.fromkeys(_checked_words(corpus)))


def _checked_words(corpus: Path) -> Iterator[str]:
    content = corpus.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"{corpus}:{line}: byte 0x{content[error.start]:02x} is not UTF-8; "
            "save the file as UTF-8"
        ) from error
    if not text.strip():
        raise InputError(f"{corpus}: no words; put one on each line")
    for line, written in enumerate(text.split("\n"), start=1):
        word = unicodedata.normalize("NFC", written.strip())
        where = f"{corpus}:{line}: {shortened(word)}"
        if len(word) > MAX_LENGTH:
            raise InputError(
                f"{where} has {len(word)} characters, a word at most {MAX_LENGTH}; "
                "put one word on each line"
            )
        if EOS in word:
            raise InputError(
                f"{where} has a {EOS!r}, which marks the end; take it out "
                f"(grep -nF {EOS} {shlex.quote(str(corpus))} lists them all)"
            )
        for character in word:
            kind = unicodedata.category(character)
            if kind in INVISIBLE and character not in JOINERS:
                raise InputError(
                    f"{where} has {character!r}, a blank or control character; "
                    "put one word on each line, of visible characters"
                )
        if word:
            yield word


def build_vocabulary(words: list[str]) -> list[str]:
    """Return EOS, id 0, and the characters of words by code point, ids from 1."""
    return [EOS, *sorted(set().union(*words))]


def main() -> None:
    parser = file_arguments(
        __doc__,
        words="write the words here, as text",
        vocabulary="write the symbols here, as JSON",
        metrics="write the sizes here, as JSON",
    )
    arguments = parser.parse_args()
    corpus = Path(load_parameters(Parameters).corpus)

    words = read_words(corpus)
    vocabulary = build_vocabulary(words)
    sizes = {
        "words": len(words),
        "symbols": len(vocabulary),
        "examples": sum(len(word) + 1 for word in words),
    }

    text = "".join(f"{word}\n" for word in words)
    arguments.words.write_text(text, "utf-8", newline="\n")
    symbols = json.dumps(vocabulary, ensure_ascii=False)
    arguments.vocabulary.write_text(f"{symbols}\n", "utf-8")
    save_metrics(sizes, arguments.metrics)
    print(f"{corpus}: " + ", ".join(f"{size} {name}" for name, size in sizes.items()))


if __name__ == "__main__":
    with reported_on_one_line():
        main()
