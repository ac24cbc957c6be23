"""The scripts that get a file of others: what they say where they cannot have it."""

import subprocess
import sys
from pathlib import Path

import pytest

from data.download import get
from tests.conftest import ROOT, Pipeline

SCRIPTS = {"civil": "get_civil_mots", "brown": "get_brown"}


@pytest.mark.parametrize(("target", "script"), SCRIPTS.items())
def test_a_copy_that_is_not_there_is_named_once_with_the_reason(
    target: str, script: str
) -> None:
    """One line, exit status 1."""
    done = subprocess.run(
        [sys.executable, "-m", f"data.{script}", "--from=nofile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    remedy = f"have a copy? make {target} FROM=path"
    assert done.stderr == f"error: nofile: No such file or directory; {remedy}\n"


def test_an_address_that_cannot_be_reached_is_named_with_the_remedy() -> None:
    """One line, which tells how to go on without a network."""
    with pytest.raises(SystemExit) as exit_:
        get("http://localhost:1/x.zip", "", None, target="brown", name="it")
    message = str(exit_.value)
    assert message.startswith("error: http://localhost:1/x.zip: <urlopen error ")
    assert message.endswith("; have a copy? make brown FROM=path")


def test_another_file_is_refused(tmp_path: Path) -> None:
    """By its checksum, that of the empty file here; nothing is written."""
    project = Pipeline(tmp_path / "project")
    (tmp_path / "empty").touch()
    for target in SCRIPTS:
        output = project.run("make", "--silent", target, "FROM=../empty", fails=True)
        found = "error: ../empty: its sha256 is e3b0c44298fc1c149afbf4c8996fb924"
        assert found in output
    assert not (project.folder / "data" / "civil_mots.txt").exists()
    assert not (project.folder / "data" / "brown.txt").exists()
