"""Lines of text as a person writes them."""

import pytest

from nplm.corpus.readable import readable


@pytest.mark.parametrize(
    ("tokens", "line"),
    [
        ("The cat , he said , sat .", "The cat, he said, sat."),
        ("`` Come in ! '' he said", "“Come in!” he said"),
        ("it ( the law ) is 5 % old", "it (the law) is 5% old"),
        ("he 's here ; they do n't know", "he's here; they don't know"),
        ("L' article L. 1221-1 , d' un an", "L'article L. 1221-1, d'un an"),
        (". x", ". x"),
    ],
)
def test_marks_stand_where_a_person_puts_them(tokens: str, line: str) -> None:
    """After what they close, before what they open; elisions stay together."""
    assert readable(tokens, "word") == line


def test_a_word_of_a_list_is_left_as_it_is() -> None:
    """A blank of its own is one of its characters."""
    assert readable("La Haye ( b )", "character") == "La Haye ( b )"
