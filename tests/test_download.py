"""The scripts that get a file of others, and the Brown corpus where that is there."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

from data.download import get
from data.get_brown import texts_of
from tests.conftest import ROOT, Pipeline

BROWN = ROOT / "data" / "brown.txt"


def test_an_address_that_cannot_be_reached_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line, which tells how to go on without a network."""
    monkeypatch.setattr(sys, "argv", ["get_brown"])
    with pytest.raises(SystemExit) as exit_:
        get("", "http://localhost:1/x.zip", "", target="brown", name="it")
    message = str(exit_.value)
    assert message.startswith("error: http://localhost:1/x.zip: <urlopen error ")
    assert message.endswith("; have a copy? make brown FROM=path")


def test_a_copy_is_put_where_git_ignores_it_if_it_is_the_right_one(
    tmp_path: Path, civil_path: Path
) -> None:
    """Else nothing is written, and one line names the copy: missing, or empty here."""
    project = Pipeline(tmp_path / "project")
    before = project.run("git", "status", "--short")
    (tmp_path / "empty").touch()
    for target in ("civil", "brown"):
        make = ("make", "--silent", target)
        output = project.run(*make, "FROM=../empty", fails=True)
        found = "e3b0c44298fc1c149afbf4c8996fb924"
        assert f"error: ../empty: its sha256 is {found}" in output
        output = project.run(*make, "FROM=no", fails=True)
        remedy = f"have a copy? make {target} FROM=path"
        assert f"error: no: No such file or directory; {remedy}\n" in output
    assert not list((project.folder / "data").glob("[bc]*.txt"))

    output = project.run("make", "--silent", "civil", f"FROM={civil_path}")
    assert output == "civil_mots.txt: 7223 words\n"
    copy = project.folder / "data" / "civil_mots.txt"
    assert copy.read_bytes() == civil_path.read_bytes()
    (project.folder / "data" / "brown.txt").touch()
    assert project.run("git", "status", "--short") == before
    assert project.run("git", "ls-files", "*.dvc") == ""


def test_texts_of_brown_are_taken_in_alphabetical_order_without_the_lists() -> None:
    """The archive has a README and tables beside the texts, in any order."""
    names = ["brown/cr09", "brown/README", "brown/cats.txt", "brown/ca01", "brown/"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as corpus:
        for name in names:
            corpus.writestr(name, name)
    assert list(texts_of(archive.getvalue())) == ["brown/ca01", "brown/cr09"]


def test_brown_has_the_published_numbers() -> None:
    """Of texts, tokens and types, as counted in the archive by other means."""
    if not BROWN.exists():
        pytest.skip(f"{BROWN} is not there; get it with: make brown")
    lines = BROWN.read_text("ascii").splitlines()
    tokens = [token for line in lines for token in line.split(" ")]
    assert (len(lines), len(tokens), len(set(tokens))) == (500, 1_161_192, 56_057)
    assert tokens[:5] == ["The", "Fulton", "County", "Grand", "Jury"]
