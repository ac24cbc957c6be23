"""A file of others, from its public address or from a local copy, with its checksum."""

import argparse
import hashlib
import sys
import urllib.request
from pathlib import Path


def get(doc: str | None, address: str, sha256: str, *, target: str, name: str) -> bytes:
    """Return the bytes at address, or of the copy that the command line gives.

    doc is the script's. Exits with one line where they cannot be read, or have another
    checksum. In it, target is the one of make, and name is what the file ought to be.
    """
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument(
        "--from", dest="copy", type=Path, metavar="FILE", help="take a local copy"
    )
    copy: Path | None = parser.parse_args().copy
    try:
        if copy:
            content = copy.read_bytes()
        else:
            with urllib.request.urlopen(address, timeout=60) as response:
                content = response.read()
    except OSError as error:
        why = (error.strerror if copy else None) or error
        remedy = f"have a copy? make {target} FROM=path"
        sys.exit(f"error: {copy or address}: {why}; {remedy}")
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(
            f"error: {copy or address}: its sha256 is {found}, {name} has "
            f"{sha256}; take that one"
        )
    return content
