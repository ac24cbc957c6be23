"""Texts: every text of the report, in French or in English, and its numbers.

The file of texts is a tree in YAML; each leaf has the text in both languages.
"""

import re
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from nplm.errors import InputError

Language = Literal["en", "fr"]

LOCALES = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""]},
    "fr": {
        "decimal": ",",
        "thousands": "\u202f",
        "grouping": [3],
        "currency": ["", "\u00a0€"],
        "percent": "\u202f%",
    },
}
"""How numbers are written, as Vega's charts are told too (d3-format's locales)."""


class Texts:
    """The texts of a language, by their keys: `texts("losses.title")`."""

    def __init__(self, tree: dict[str, Any], language: Language) -> None:
        """Take what the file of texts holds."""
        self._tree = tree
        self.language = language
        self.locale = LOCALES[language]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of key, with values filled in; KeyError if there is none."""
        group, name = key.split(".")
        return _typeset(self._tree[group][name][self.language].format(**values))

    def rung(self, name: str) -> str:
        """Return how a rung of the ladder is called; people name their own anyhow."""
        known: dict[str, dict[str, str]] = self._tree["rungs"]
        return _typeset(known[name][self.language]) if name in known else name

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """Return a number with digits after the point, as the language writes it.

        >>> Texts({}, "en").number(1234.5, 2, sign=True)
        '+1,234.50'
        """
        text = f"{value:{'+' if sign else ''},.{digits}f}"
        marks = {",": self.locale["thousands"], ".": self.locale["decimal"]}
        return "".join(str(marks.get(c, c)) for c in text).replace("-", "\u2212")

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share as a percentage.

        >>> Texts({}, "en").percent(0.125, 1)
        '12.5%'
        """
        return f"{self.number(100 * share, digits)}{self.locale.get('percent', '%')}"


def read_texts(path: Path, language: Language) -> Texts:
    """Return the texts at path; raises InputError for a file that has none."""
    try:
        tree = YAML(typ="safe", pure=True).load(path.read_bytes())
        return Texts(dict(tree), language)
    except OSError:
        raise
    except Exception as error:  # whatever a scalar's constructor raises
        raise InputError(f"{path}: not valid YAML; bring it back by git") from error


def _typeset(text: str) -> str:
    """Keep a high mark of French, as in `oui ; non`, on the line of its word."""
    return re.sub(r" (?=[;:!?])", "\u00a0", text)
