"""Exchanges of endings, and how often an ending comes with another one."""

import pytest

from nplm.endings.exchanges import cut_words, find_exchanges, find_rates

WORDS = ["aimer", "aimé", "chanter", "chanté", "planter", "planté", "vanter"]


def test_a_rate_by_one_letter_less_counts_as_five_words() -> None:
    """By hand: of the four words in -er three have -é too, and "vanter" lacks it.

    For a word that the list lacks that is 3 / (4 - 1 + 5). Of the three in -ter two
    have it: (2 + 5 * 3/8) / (3 - 1 + 5); -nter and -anter alike, from rate to rate. For
    one that the list has, as if it did not, it is one less of each: 2 / 8, and so on.
    """
    rows = cut_words(WORDS, stem=3, ending=6)
    exchanges = find_exchanges(rows, partners=20)
    start_E, rates_2xI = find_rates(rows, exchanges)
    is_row_R = (rows.word_R == WORDS.index("vanter")) & (rows.length_R == 4)
    (start,) = start_E[rows.ends_LxR[-1, is_row_R]]
    expected = []
    for with_it in (2, 1):
        rate = (with_it + 1) / 8
        for _ in ("ter", "nter", "anter"):
            rate = (with_it + 5 * rate) / 7
        expected.append(rate)
    assert rates_2xI[:, start].tolist() == pytest.approx(expected)


def test_an_exchange_has_two_stems_at_least_and_the_commonest_partners() -> None:
    """By hand: -er and -é have three stems; with one partner at most, -er keeps it.

    "aimer" and "aimable" alone exchange -er for -able.
    """
    rows = cut_words(sorted([*WORDS, "aimable", "chanta", "planta"]), 3, 6)
    for partners, expected in (
        (20, {("a", "er"): 2, ("a", "é"): 2, ("er", "é"): 3}),
        (1, {("er", "é"): 3}),
    ):
        found = find_exchanges(rows, partners)
        pairs = zip(found.a_X, found.b_X, found.stems_X, strict=True)
        stems = {(rows.endings[a], rows.endings[b]): int(n) for a, b, n in pairs}
        known = {pair: stems[pair] for pair in expected}
        assert known == expected
        assert {pair for pair in stems if pair[0] < pair[1]} == expected.keys()
