"""A file of others, from its public address or from a local copy, with its checksum."""

import argparse
import hashlib
import sys
import urllib.request
from pathlib import Path


def copy_given(doc: str | None) -> Path | None:
    """Return the path that the command line gives with --from; doc is the script's."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument(
        "--from", dest="copy", type=Path, metavar="FILE", help="take a local copy"
    )
    copy: Path | None = parser.parse_args().copy
    return copy


def get(
    address: str, sha256: str, copy: Path | None, *, target: str, name: str
) -> bytes:
    """Return the bytes of the local copy, or where there is none of what is at address.

    Exits with one line where they cannot be read, or have another checksum. In it,
    target is the one of make, and name is what the file ought to be.
    """
    content = read(address, copy, target)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(
            f"error: {copy or address}: its sha256 is {found}, {name} has "
            f"{sha256}; take that one"
        )
    return content


def read(address: str, copy: Path | None, target: str) -> bytes:
    """Return the bytes of the copy, or of what is at address."""
    try:
        if copy is not None:
            return copy.read_bytes()
        with urllib.request.urlopen(address, timeout=60) as response:
            content: bytes = response.read()
            return content
    except OSError as error:
        why = (error.strerror if copy else None) or error
        remedy = f"have a copy? make {target} FROM=path"
        sys.exit(f"error: {copy or address}: {why}; {remedy}")
