"""Put the running text of the Brown corpus in its place, for non-commercial use.

In: the archive that NLTK distributes, or a local copy; either is checked. Out:
`brown.txt` beside this script, which Git ignores: one line a text, tokens parted by
single blanks.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from data.download import get

SOURCE = (
    "https://raw.githubusercontent.com/nltk/nltk_data/"
    "5db857e6f7df11eabb5e5665836db9ec8df07e28/packages/corpora/brown.zip"
)
SHA256 = "9b275f9b3b95d7bd66ccfb7cd259f445a13bbe5d1f4107aba09fd3e8364bafa6"
TARGET = Path(__file__).with_name("brown.txt")
TEXT = re.compile(r"brown/c[a-r]\d\d")
"""The name of a text, after its category: ca01 to cr09."""


def tokens_of(tagged: str) -> Iterator[str]:
    r"""Yield the tokens of a tagged text, each as it stands before the last slash.

    >>> print(*tokens_of("The/at I/O/nn plan/nn-hl\n\n\tfailed/vbd ./."))
    The I/O plan failed .
    """
    for token in tagged.split():
        yield token.rpartition("/")[0]


def texts_of(archive: bytes) -> Iterator[str]:
    """Yield the tagged texts of the zip archive, in the order of their names."""
    with zipfile.ZipFile(io.BytesIO(archive)) as corpus:
        for name in sorted(filter(TEXT.fullmatch, corpus.namelist())):
            yield corpus.read(name).decode("ascii")


def main() -> None:
    name = "NLTK's archive"
    archive = get(__doc__, SOURCE, SHA256, target="brown", name=name)
    lines = [" ".join(tokens_of(text)) for text in texts_of(archive)]
    TARGET.write_text("".join(f"{line}\n" for line in lines), "ascii", newline="\n")
    count = sum(len(line.split(" ")) for line in lines)
    print(f"{TARGET.name}: {len(lines)} texts, {count} tokens")
    print("The Brown corpus may be used for non-commercial purposes only.")


if __name__ == "__main__":
    main()
