"""The script that gets the notebook's list."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Pipeline


def test_a_copy_that_is_not_there_is_named_once_with_the_reason() -> None:
    """One line, exit status 1."""
    done = subprocess.run(
        [sys.executable, "data/get_civil_mots.py", "--from=nofile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "error: nofile: No such file or directory; have a copy? make civil FROM=path\n"
    )


def test_another_list_is_refused(tmp_path: Path) -> None:
    """By its checksum, that of the empty file here."""
    project = Pipeline(tmp_path / "project")
    (tmp_path / "empty").touch()
    output = project.run("make", "--silent", "civil", "FROM=../empty", fails=True)
    assert "error: ../empty: its sha256 is e3b0c44298fc1c149afbf4c8996fb924" in output
    assert not (project.folder / "data" / "civil_mots.txt").exists()


def test_the_list_is_put_where_git_ignores_it(tmp_path: Path, civil_path: Path) -> None:
    """The bytes of the copy; nothing else changes, and DVC has nothing to fetch."""
    project = Pipeline(tmp_path / "project")
    before = project.run("git", "status", "--short")
    output = project.run("make", "--silent", "civil", f"FROM={civil_path}")
    assert output == "civil_mots.txt: 7223 words\n"
    copy = project.folder / "data" / "civil_mots.txt"
    assert copy.read_bytes() == civil_path.read_bytes()
    assert project.run("git", "status", "--short") == before
    assert project.run("git", "ls-files", "*.dvc") == ""
