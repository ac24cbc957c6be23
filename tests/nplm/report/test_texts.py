"""The texts of the report, in both languages."""

import re

import pytest
from ruamel.yaml import YAML

from nplm.report.texts import Language, read_texts
from tests.conftest import ROOT

PATH = ROOT / "nplm" / "report" / "texts.yaml"


def test_every_text_is_in_both_languages_with_the_same_values() -> None:
    """A value is {NAME} in a text."""
    for group in YAML(typ="safe").load(PATH).values():
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
    texts = read_texts(PATH, language)
    assert texts.number(-1234.5, 2) == number
    assert texts.percent(0.125, 1) == share
