"""The words and the text of the Code du travail, by the rules of data/README.md."""

import lzma
import sys
from collections.abc import Callable, Iterator

import pytest

from data import make_travail_mots, make_travail_texte
from data.legi import articles
from data.make_travail_mots import select
from tests.conftest import ROOT

TEXT = ROOT / "data" / "travail_texte.txt.xz"


def test_only_articles_in_force_count() -> None:
    """Those in force, and those whose repeal has not taken effect, in depth."""

    def article(text: str, state: str) -> dict[str, object]:
        return {"type": "article", "data": {"etat": state, "texteHtml": text}}

    section = {"type": "section", "children": [article("b", "ABROGE_DIFF")]}
    children = [article("a", "VIGUEUR"), article("x", "ABROGE"), section]
    assert list(articles({"type": "code", "children": children})) == ["a", "b"]


@pytest.mark.parametrize(
    ("cut", "text", "parts"),
    [
        *((make_travail_mots.words_of, *row) for row in (
            ("<p>la<br/>loi</p><p>du travail</p>", "la loi du travail"),  # 2: tags part
            ("tra<em>vail</em> m<sup>me</sup>", "travail mme"),  # or are within a word
            ("Lib&eacute;r&#233;e l&rsquo;e\u0301té", "Libérée été"),
            ("a@b.fr http://x.y www.z loi.fr pour service-public.fr/x", "pour"),  # 3
            ("1er R1221-1 24h loi", "loi"),  # 4
            ("peut-être 'vis-à-vis' -- l_m", "peut-être vis-à-vis l m"),
            ("A-Congés II-Pour Saint-Malo A-t-on", "Congés Pour Saint-Malo A-t-on"),
            ("L'Etat d'un qu'il aujourd'hui s'y", "Etat un qu'il aujourd'hui y"),  # 6
        )),
        *((make_travail_texte.tokens_of, *row) for row in (
            ("avant<table><tr><td>1</td></tr></table>après", "avant après"),  # 2, 3
            ("à zéro\u00adun\u200b trois", "à zéroun trois"),
            ("voir https://a.fr/b?c=1 ou a@b.org ou", "voir ou ou"),  # 4
            ("7 500 € et 1\u202f932,52 €", "7500 € et 1932,52 €"),  # 5
            ("1234 500 et 2021-12 500 et 1 2000", "1234 500 et 2021-12 500 et 1 2000"),
            ("<td>12</td><td>345</td>", "12 345"),
            ("20,5 % 3.5.2. 1er 2°, n°3", "20,5 % 3.5.2 . 1er 2° , n° 3"),  # 6
            ("2021-12, 6331-1et 62-19-Largeur", "2021-12 , 6331-1 et 62-19 - Largeur"),
            ("articles L. 1-2,R.* 3-4 et LO. 5", "articles L. 1-2 , R. * 3-4 et LO. 5"),
            ("le plan D. Le Art. 3, 150-0-A", "le plan D . Le Art. 3 , 150-0-A"),
            ("L'Etat d'un QU'IL lorsqu'à", "L' Etat d' un QU' IL lorsqu' à"),  # 7
            ("jusqu'aujourd'hui l' “ avis”", "jusqu' aujourd'hui l' “ avis ”"),
            ("d'Ile-de-France la main-d'œuvre", "d' Ile-de-France la main-d'œuvre"),
            ("II.-Le A-Congés IV-Le a-t-il", "II . - Le A - Congés IV - Le a-t-il"),
            ("fin.Début (et/ou) etc...;", "fin . Début ( et / ou ) etc ... ;"),  # 9
            ("« a » ― b : ____", "« a » ― b : ____"),
        )),
    ],
)  # fmt: skip
def test_an_article_is_cut_into_words_or_tokens(
    cut: Callable[[str], Iterator[str]], text: str, parts: str
) -> None:
    """Tags, addresses, numbers, list marks and elisions; no part has a blank in it."""
    assert list(cut(text)) == parts.split(" ")


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


def test_the_committed_text_has_tokens_parted_by_single_blanks() -> None:
    """No line is empty, and no piece of markup or address is left."""
    text = lzma.decompress(TEXT.read_bytes()).decode()
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 11_542
    assert all(line.split() == line.split(" ") for line in lines)
    assert not {"www", "http", "href", "td", "br", "nbsp"} & set(text.split())


def test_codes_that_are_not_there_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, before anything is fetched."""
    monkeypatch.setattr(sys, "argv", ["make_travail_texte", "--codes=civil", "x.xz"])
    with pytest.raises(SystemExit, match=r"^error: CODES=civil: unknown; take travail"):
        make_travail_texte.main()
