"""The rules by which words of the Code du travail are picked, as data/README.md has."""

import pytest

from data.make_travail_mots import select, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>la<br/>loi</p><p>du travail</p>", "la loi du travail"),  # 2: tags part
        ("tra<em>vail</em> m<sup>me</sup>", "travail mme"),  # or are within a word
        ("Lib&eacute;r&#233;e l&rsquo;e\u0301té", "Libérée été"),
        ("a@b.fr http://x.y www.z loi.fr pour service-public.fr/x", "pour"),  # 3
        ("1er R1221-1 24h loi", "loi"),  # 4
        ("peut-être 'vis-à-vis' -- l_m", "peut-être vis-à-vis l m"),
        ("A-Congés II-Pour Saint-Malo A-t-on", "Congés Pour Saint-Malo A-t-on"),  # 5
        ("L'Etat d'un qu'il aujourd'hui s'y", "Etat un qu'il aujourd'hui y"),  # 6
    ],
)  # fmt: skip
def test_a_text_is_cut_into_words(text: str, words: str) -> None:
    """Rules 2 to 6: tags, addresses, tokens, list marks and elisions."""
    assert list(words_of(text)) == words.split()


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        ("URSSAF dB Saint-Malo Prud'Homme", "prud'homme saint-malo"),  # 7
        ("km kg \u03bcg naïve sœur niño da kPa", "naïve sœur"),  # 8
        ("ii iv IV Ier ier er a à y ô b o", "a y à ô"),  # 9
        ("Etat état Alinéa Ecole ecole école", "alinéa ecole école état"),  # 10
        ("loi Loi LOI", "loi"),
    ],
)  # fmt: skip
def test_the_words_of_french_are_selected(seen: str, kept: str) -> None:
    """Rules 7 to 10: capitals, letters, numerals and accents; sorted by code point."""
    assert select(seen.split()) == kept.split()
