"""Put the notebook's word list, the words of the French Code civil, in its place.

In: the file in its public repository, or a local copy; either is checked. Out:
`civil_mots.txt` beside this script, which Git ignores.
"""

import argparse
import hashlib
import sys
import urllib.request
from pathlib import Path

SOURCE = (
    "https://raw.githubusercontent.com/gasilber/tp_nlp_tokens_mines/"
    "5c9af2ebe117d4a275e2f25b2326888f0f9448f9/civil_mots.txt"
)
SHA256 = "dfd990e6f4bfd01040d302bf8817a14199bd005b07e96f962b1430c1609bea69"
TARGET = Path(__file__).with_name("civil_mots.txt")


def read(copy: Path | None) -> bytes:
    """Return the bytes of the local copy, or of SOURCE where there is none."""
    try:
        if copy is not None:
            return copy.read_bytes()
        with urllib.request.urlopen(SOURCE, timeout=60) as response:
            content: bytes = response.read()
            return content
    except OSError as error:
        why = error.strerror if copy else error
        sys.exit(f"error: {copy or SOURCE}: {why}; have a copy? make civil FROM=path")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--from", dest="copy", type=Path, metavar="FILE", help="take a local copy"
    )
    copy: Path | None = parser.parse_args().copy
    content = read(copy)
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != SHA256:
        sys.exit(
            f"error: {copy or SOURCE}: its sha256 is {sha256}, the notebook's list has "
            f"{SHA256}; take that one"
        )
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content.split())} words")


if __name__ == "__main__":
    main()
