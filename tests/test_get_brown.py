"""The script that gets the Brown corpus, and its text where that is there."""

import io
import subprocess
import zipfile

import pytest

from data.get_brown import texts_of, tokens_of
from tests.conftest import ROOT

BROWN = ROOT / "data" / "brown.txt"


def test_a_token_is_what_stands_before_the_last_slash() -> None:
    """Its letter case is kept; blanks and blank lines part tokens."""
    tagged = "\n\n\tThe/at and/or/cc 1/2/cd\n\tof/in-tl ''/'' ./.\n\n"
    assert list(tokens_of(tagged)) == ["The", "and/or", "1/2", "of", "''", "."]


def test_texts_are_taken_in_alphabetical_order_without_the_lists() -> None:
    """The archive has a README and tables beside the texts, in any order."""
    names = ["brown/cr09", "brown/README", "brown/cats.txt", "brown/ca01", "brown/"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as corpus:
        for name in names:
            corpus.writestr(name, name)
    assert list(texts_of(archive.getvalue())) == ["brown/ca01", "brown/cr09"]


def test_the_corpus_has_the_published_numbers() -> None:
    """Of texts, tokens and types, as counted in the archive by other means."""
    if not BROWN.exists():
        pytest.skip(f"{BROWN} is not there; get it with: make brown")
    lines = BROWN.read_text("ascii").splitlines()
    tokens = [token for line in lines for token in line.split(" ")]
    assert len(lines) == 500
    assert len(tokens) == 1_161_192
    assert len(set(tokens)) == 56_057
    assert tokens[:5] == ["The", "Fulton", "County", "Grand", "Jury"]


def test_git_ignores_the_corpus() -> None:
    """It may be used for non-commercial purposes only, and so is not ours to give."""
    command = ["git", "check-ignore", "--quiet", "data/brown.txt"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
