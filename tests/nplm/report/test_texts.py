"""The texts of the report, in both languages."""

import re

import pytest

from nplm.report.texts import Language, Texts


def test_every_text_is_in_both_languages_with_the_same_values(texts: Texts) -> None:
    """A value is {NAME} in a text."""
    for group in texts.tree.values():
        for name, text in group.items():
            assert set(text) == {"en", "fr"}, name
            english, french = (
                sorted(re.findall(r"\{\w+\}", text[key])) for key in ("en", "fr")
            )
            assert english == french, name


@pytest.mark.parametrize(
    ("language", "number", "share"),
    [("en", "\u22121,234.50", "12.5%"), ("fr", "\u22121\u202f234,50", "12,5\u202f%")],
)
def test_numbers_are_written_as_the_language_does(
    language: Language, number: str, share: str
) -> None:
    """A point or a comma, thousands, a minus sign, a percentage."""
    texts = Texts({}, language)
    assert texts.number(-1234.5, ",.2f") == number
    assert texts.number(0.125, ".1%") == share
