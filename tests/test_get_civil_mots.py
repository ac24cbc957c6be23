"""The script that gets the notebook's list."""

import subprocess
import sys

from tests.conftest import ROOT


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
