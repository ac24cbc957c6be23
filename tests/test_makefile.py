"""The Makefile, with stand-ins for the programs that it runs."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

ELSEWHERE = dict.fromkeys(("PREFIX", "COUNT", "FROM", "WORDS", "REV", "N"), "not meant")


def arguments(folder: Path, *command: str) -> list[str]:
    """Return the arguments that make gives to python, each on its own."""
    (folder / "requirements.txt").touch()
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name, script in (("dvc", ""), ("python", 'printf "%s\\n" "$@"')):
        program = folder / ".venv" / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    (folder / ".venv" / ".requirements").touch()
    done = subprocess.run(
        ["make", "--silent", f"--file={ROOT / 'Makefile'}", *command],
        cwd=folder,
        env=os.environ | ELSEWHERE,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["words"], ["--prefix="]),
        (["words", "PREFIX=-x", "COUNT=3"], ["--prefix=-x", "--count=3"]),
        (["words", "PREFIX=a b"], ["--prefix=a b"]),
        (["examples"], ["--examples", "loi", "lois"]),
        (["examples", "WORDS=* l'an"], ["--examples", "*", "l'an"]),
        (["seeds"], ["experiments.seeds", "5"]),
        (["seeds", "N=3"], ["experiments.seeds", "3"]),
        (["compare"], ["experiments.compare", "HEAD"]),
        (["compare", "REV=HEAD~1"], ["experiments.compare", "HEAD~1"]),
        (["civil"], ["data/get_civil_mots.py"]),
        (["civil", "FROM=my list"], ["data/get_civil_mots.py", "--from=my list"]),
    ],
)  # fmt: skip
def test_what_stands_on_the_command_line_of_make_reaches_the_program(
    tmp_path: Path, command: list[str], expected: list[str]
) -> None:
    """As it was written, and nothing from variables of the same name elsewhere."""
    assert arguments(tmp_path, *command)[-len(expected) :] == expected
