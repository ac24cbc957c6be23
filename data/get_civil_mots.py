"""Put the notebook's word list, the words of the French Code civil, in its place.

In: a local copy, or the file in the public repository that `civil_mots.txt.dvc`
names, along with its checksum. Out: `civil_mots.txt` beside that description.
"""

import argparse
import hashlib
import sys
import urllib.request
from pathlib import Path

from ruamel.yaml import YAML

DESCRIPTION = Path(__file__).with_name("civil_mots.txt.dvc")


def read(copy: Path | None, url: str) -> bytes:
    """Return the bytes of the local copy, or of url where there is none."""
    try:
        if copy is not None:
            return copy.read_bytes()
        with urllib.request.urlopen(url, timeout=60) as response:
            content: bytes = response.read()
            return content
    except OSError as error:
        why = error.strerror if copy else error
        sys.exit(f"error: {copy or url}: {why}; have a copy? make civil FROM=path")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--from", dest="copy", type=Path, metavar="FILE", help="take a local copy"
    )
    copy: Path | None = parser.parse_args().copy
    meta = YAML(typ="safe", pure=True).load(DESCRIPTION.read_bytes())["meta"]
    source = "https://raw.githubusercontent.com/{repository}/{commit}/{file}"
    url = source.format(**meta)
    content = read(copy, url)
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != meta["sha256"]:
        sys.exit(
            f"error: {copy or url}: its sha256 is {sha256}, the notebook's list has "
            f"{meta['sha256']}; take that one"
        )
    target = DESCRIPTION.with_suffix("")
    target.write_bytes(content)
    words = content.decode().split()
    print(f"{target.name}: {len(words)} words")


if __name__ == "__main__":
    main()
