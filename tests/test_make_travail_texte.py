"""The rules by which articles are cut into tokens, as data/README.md has them."""

import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from data.make_travail_texte import tokens_of, write
from tests.conftest import ROOT

TEXT = ROOT / "data" / "travail_texte.txt.xz"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("<p>la<br/>loi</p><p>du tra<em>vail</em></p>", "la loi du travail"),  # 2
        ("avant<table><tr><td>1</td></tr></table>après", "avant après"),  # 3
        ("à zéro\u00adun\u200b trois", "à zéroun trois"),
        ("voir https://a.fr/b?c=1 ou a@b.org ou", "voir ou ou"),  # 4
        ("7 500 € et 1\u202f932,52 €", "7500 € et 1932,52 €"),  # 5
        ("10 000 000 m2", "10000000 m2"),
        ("1234 500 et 2021-12 500 et 1 2000", "1234 500 et 2021-12 500 et 1 2000"),
        ("<td>12</td><td>345</td>", "12 345"),
        ("20,5 % 3.5.2. 1er 2°, n°3", "20,5 % 3.5.2 . 1er 2° , n° 3"),  # 6
        ("2021-12, 6331-1et 62-19-Largeur", "2021-12 , 6331-1 et 62-19 - Largeur"),
        ("articles L. 1-2,R.* 3-4 et LO. 5", "articles L. 1-2 , R. * 3-4 et LO. 5"),
        ("le plan D. Le Art. 3, 150-0-A", "le plan D . Le Art. 3 , 150-0-A"),
        ("L'Etat d'un QU'IL lorsqu'à", "L' Etat d' un QU' IL lorsqu' à"),  # 7
        ("jusqu'aujourd'hui l' “ avis”", "jusqu' aujourd'hui l' “ avis ”"),
        ("Prud'homme presqu'île", "Prud'homme presqu'île"),
        ("d'Ile-de-France la main-d'œuvre", "d' Ile-de-France la main-d'œuvre"),
        ("II.-Le A-Congés IV-Le a-t-il", "II . - Le A - Congés IV - Le a-t-il"),  # 8
        ("CFE-CGC vis-à-vis l_m", "CFE-CGC vis-à-vis l _ m"),
        ("fin.Début (et/ou) etc...;", "fin . Début ( et / ou ) etc ... ;"),  # 9
        ("« a » ― b : ____", "« a » ― b : ____"),
    ],
)  # fmt: skip
def test_an_article_is_cut_into_tokens(text: str, tokens: str) -> None:
    """Rules 2 to 9, and no token has a blank in it."""
    assert list(tokens_of(text)) == tokens.split(" ")


def test_the_same_text_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the file's name and time; every line ends in LF."""
    for name in ("a.xz", "b.xz"):
        write(["l' été", "fin"], tmp_path / name)
    content = (tmp_path / "a.xz").read_bytes()
    assert content == (tmp_path / "b.xz").read_bytes()
    assert lzma.decompress(content).decode() == "l' été\nfin\n"


def test_the_committed_text_has_tokens_parted_by_single_blanks() -> None:
    """No line is empty, and no piece of markup or address is left."""
    text = lzma.decompress(TEXT.read_bytes()).decode()
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 11_542
    assert all(line.split() == line.split(" ") for line in lines)
    assert not {"www", "http", "href", "td", "br", "nbsp"} & set(text.split())


def test_codes_that_are_not_there_are_refused() -> None:
    """In one line, before anything is fetched."""
    done = subprocess.run(
        [sys.executable, "-m", "data.make_travail_texte", "--codes=civil", "x.xz"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "error: CODES=civil: unknown; take travail or all\n"
