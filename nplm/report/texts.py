"""Texts: every text of the report, in French or in English, and its numbers.

The file of texts is a tree in YAML; each leaf has the text in both languages.
"""

import re
from typing import Any, Literal, NamedTuple

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


class Texts(NamedTuple):
    """The texts of a language, by their keys: `texts("losses.title")`."""

    tree: dict[str, Any]
    """What the file of texts holds."""
    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of key, with values filled in; KeyError if there is none."""
        group, name = key.split(".")
        return _typeset(self.tree[group][name][self.language]).format(**values)

    def name(self, group: str, name: str) -> str:
        """Return how a name of a group is called; people give others of their own."""
        return self(f"{group}.{name}") if name in self.tree[group] else name

    def group(self, name: str) -> dict[str, str]:
        """Return the texts of a group, by their names; nothing is filled in."""
        return {
            key: _typeset(text[self.language]) for key, text in self.tree[name].items()
        }

    def number(self, value: float | None, form: str = ",.0f") -> str:
        """Return a number in a form of Python, as the language writes it; none is "".

        >>> Texts({}, "en").number(1234.5, "+,.2f")
        '+1,234.50'
        """
        if value is None:
            return ""
        locale = LOCALES[self.language]
        marks = {",": locale["thousands"], ".": locale["decimal"], "-": "\u2212"}
        marks["%"] = locale.get("percent", "%")
        return "".join(str(marks.get(c, c)) for c in format(value, form))


def _typeset(text: str) -> str:
    """Keep a high mark of French, as in `oui ; non`, on the line of its word.

    And make apostrophes curly.
    """
    return re.sub(r" (?=[;:!?])", "\u00a0", text).replace("'", "\u2019")
