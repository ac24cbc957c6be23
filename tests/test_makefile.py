"""The Makefile, with stand-ins for the programs that it runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

VARIABLES = re.findall("^([A-Z_]+) =", (ROOT / "Makefile").read_text(), re.M)
ELSEWHERE = dict.fromkeys(VARIABLES, "not meant")
DVC = """
echo "Stage 'splits' didn't change, skipping"
[ -e fail ] || exit 0
echo "step 10 of 100: loss 2.0"
echo "ERROR: failed to reproduce 'train'" >&2
exit 255
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder whose .venv has stand-ins, and what its requirements.txt names.

    The stand-in of python prints its arguments, each on its own line; dvc says what it
    is doing, and fails where the folder has a file fail.
    """
    folder = tmp_path / "project"
    environment = folder / ".venv"
    (environment / "bin").mkdir(parents=True)
    for name, script in (("dvc", DVC), ("python", 'printf "%s\\n" "$@"')):
        program = environment / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    for place in (folder, environment):
        (place / "requirements.txt").write_text("numpy==2.4.6\n")
        (place / "requirements-cluster.txt").write_text("dask==2026.8.0\n")
    return folder


def make(project: Path, *command: str) -> list[str]:
    """Return what make prints, line by line."""
    done = subprocess.run(
        ["make", "--silent", f"--file={ROOT / 'Makefile'}", "PYTHON=python", *command],
        cwd=project,
        env=os.environ | ELSEWHERE,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["words", "NEW=no"], ["-m", "nplm", "words", "--prefix="]),
        (["words", "PREFIX=a$b$$(c) \"d'#e\\`f` "], ["--prefix=a$b$$(c) \"d'#e\\`f` "]),
        (
            ["words", "PREFIX=-x y", "COUNT=5", "TOP_K=3", "NEW=1"],
            ["--prefix=-x y", "--count=5", "--top-k=3", "--new-only"],
        ),
        (["examples", "WORDS=* l'an -x"], ["examples", "--", "*", "l'an", "-x"]),
        (
            ["seeds", "KEEP=1", "SCHEDULER=tcp://x:1"],
            ["experiments.seeds", "5", "--keep", "--scheduler=tcp://x:1"],
        ),
        (
            ["search", "STORAGE=a b", "TRIALS=-1"],
            ["--space=notebook", "--storage=a b", "--", "-1"],
        ),
        (["civil", "FROM=my list"], ["data.get_civil_mots", "--from=my list"]),
        (["text-model", "CORPUS=my text"], ["text", "--corpus=my text"]),
        (["text-model", "STEPS=9"], ["experiments.here", "text", "--steps=9"]),
        (["search", "CORPUS=a b"], ["--space=notebook", "--corpus=a b", "--", "50"]),
        (["paper", "NETWORKS=MLP9 ours"], ["--", "MLP9", "ours"]),
        (["text", "CODES=all"], ["--codes=all", "data/codes_texte.txt.xz"]),
    ],
)  # fmt: skip
def test_what_stands_on_the_command_line_of_make_reaches_the_program(
    project: Path, command: list[str], expected: list[str]
) -> None:
    """As it was written, and nothing from variables of the same name elsewhere."""
    assert make(project, *command)[-len(expected) :] == expected


AFTER_DVC = (
    "words",
    "neighbours WORD=e",
    "lr",
    "endings",
    "examples",
    "compare",
    "report",
)
DVC_FAILED = "ERROR: failed to reproduce 'train'\nstep 10 of 100: loss 2.0"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["words", "REV=x"], "REV: unknown to make words; it takes PREFIX COUNT SEED"),
        (["hidden=3"], "hidden: unknown to make; it takes nothing"),
        (["wrods", "COUNT=3"], "wrods: no target; the nearest is words."),
        (["words", "NEW=maybe"], "NEW=maybe: needs to be yes or no."),
        (["neighbours", "COUNT=3"], "error: WORD: is missing; give a symbol: "),
        (["examples", "WORDS="], "error: WORDS: is missing; give some: "),
        (["compare", "REV="], "error: REV: is missing; give a commit, a branch or an "),
        *((target.split(), DVC_FAILED) for target in AFTER_DVC),
    ],
)
def test_what_make_or_dvc_cannot_do_is_said(
    project: Path, command: list[str], message: str
) -> None:
    """And nothing else: a name that make itself would ignore, the reason that DVC has.

    What DVC runs before it fails is shown, as it may take minutes.
    """
    (project / "fail").touch()
    with pytest.raises(subprocess.CalledProcessError) as error:
        make(project, f"PYTHON={sys.executable}", *command)
    lines = error.value.stderr.splitlines()
    said = [line for line in lines if not re.match(r"make(\[\d+\])?: \*", line)]
    for line, part in zip(sorted(said), message.splitlines(), strict=True):
        assert part in line
    assert "nplm" not in error.value.stdout


@pytest.mark.parametrize(
    ("target", "file", "options"),
    [
        ("setup", "requirements.txt", []),
        ("cluster", "requirements-cluster.txt", ["-c", "requirements.txt"]),
    ],
)
def test_other_requirements_are_installed_once(
    project: Path, target: str, file: str, options: list[str]
) -> None:
    """Newer ones of the same content, as a checkout leaves them, are not.

    What a cluster needs has the versions of the other packages as they are locked.
    """
    (project / file).touch()
    assert make(project, target) == []
    (project / file).write_text("numpy==2.4.7\n")
    install = ["-m", "experiments.install", "-r", file, *options]
    assert make(project, target)[-len(install) :] == install
    assert make(project, target) == []


def test_an_environment_that_is_a_link_is_used_and_never_written_to(
    project: Path, tmp_path: Path
) -> None:
    """One for a class: nothing is installed into it, and clean deletes the link."""
    shared = tmp_path / "shared"
    (project / ".venv").rename(shared)
    (project / ".venv").symlink_to(shared)
    (project / "requirements.txt").write_text("numpy==2.4.7\n")
    assert make(project, "seeds")[2:] == ["-m", "experiments.seeds", "5"]
    make(project, "clean")
    assert not (project / ".venv").is_symlink()
    assert (shared / "bin" / "python").exists()
