"""The Makefile, with stand-ins for the programs that it runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

VARIABLES = (
    "PREFIX", "COUNT", "SEED", "TEMPERATURE", "TOP_K", "TOP_P", "NEW", "FROM", "WORDS",
    "REV", "N", "CODES", "NETWORKS", "SCHEDULER", "KEEP", "TRIALS", "SPACE", "STORAGE",
)  # fmt: skip
ELSEWHERE = dict.fromkeys(VARIABLES, "not meant")
INSTALLS = ["-m", "pip", "install", "--quiet", "-r", "requirements.txt"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder whose .venv has stand-ins, and what its requirements.txt names.

    The stand-in of python prints its arguments, each on its own line; dvc does nothing.
    """
    folder = tmp_path / "project"
    environment = folder / ".venv"
    (environment / "bin").mkdir(parents=True)
    for name, script in (("dvc", ""), ("python", 'printf "%s\\n" "$@"')):
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
        (["words"], ["-m", "nplm", "words", "--prefix="]),
        (["words", "PREFIX=-x", "COUNT=3"], ["words", "--prefix=-x", "--count=3"]),
        (["words", "PREFIX=a b"], ["words", "--prefix=a b"]),
        (["endings"], ["-m", "nplm", "endings"]),
        (["endings", "COUNT=7"], ["nplm", "endings", "--count=7"]),
        (
            ["words", "SEED=1", "TEMPERATURE=2", "TOP_K=3", "TOP_P=0.4", "NEW=1"],
            ["--seed=1", "--temperature=2", "--top-k=3", "--top-p=0.4", "--new-only"],
        ),
        (["words", "NEW=0"], ["words", "--prefix="]),
        (["examples"], ["-m", "nplm", "examples", "--", "loi", "lois"]),
        (["examples", "WORDS=* l'an -x"], ["examples", "--", "*", "l'an", "-x"]),
        (["lr"], ["-m", "nplm", "lr"]),
        (["seeds"], ["experiments.seeds", "5"]),
        (["seeds", "N=3"], ["experiments.seeds", "3"]),
        (
            ["seeds", "KEEP=1", "SCHEDULER=tcp://x:1"],
            ["experiments.seeds", "5", "--keep", "--scheduler=tcp://x:1"],
        ),
        (["ladder"], ["-m", "experiments.ladder"]),
        (
            ["paper", "SCHEDULER=tcp://x:1", "NETWORKS=MLP9"],
            ["experiments.paper", "--scheduler=tcp://x:1", "--", "MLP9"],
        ),
        (["search"], ["experiments.search", "--space=notebook", "--", "50"]),
        (
            ["search", "STORAGE=a b", "TRIALS=-1", "SCHEDULER=tcp://x:1"],
            [
                *("experiments.search", "--scheduler=tcp://x:1", "--space=notebook"),
                *("--storage=a b", "--", "-1"),
            ],
        ),
        (["experiments"], ["-m", "experiments.side_by_side"]),
        (["compare"], ["experiments.compare", "HEAD"]),
        (["compare", "REV=HEAD~1"], ["experiments.compare", "HEAD~1"]),
        (["civil"], ["-m", "data.get_civil_mots"]),
        (["civil", "FROM=my list"], ["data.get_civil_mots", "--from=my list"]),
        (["brown"], ["-m", "data.get_brown"]),
        (["brown", "FROM=my.zip"], ["data.get_brown", "--from=my.zip"]),
        (["neighbours", "WORD=-x"], ["-m", "nplm", "neighbours", "--", "-x"]),
        (["neighbours", "WORD=a", "COUNT=3"], ["--count=3", "--", "a"]),
        (["text-model"], ["-m", "experiments.text_model"]),
        (["text-model", "CORPUS=my text"], ["experiments.text_model", "--", "my text"]),
        (["paper"], ["-m", "experiments.paper", "--"]),
        (["paper", "NETWORKS=MLP9 ours"], ["--", "MLP9", "ours"]),
        (["text"], ["--codes=travail", "data/travail_texte.txt.xz"]),
        (["text", "CODES=all"], ["--codes=all", "data/codes_texte.txt.xz"]),
        (["test"], ["-m", "pytest", "-m", "not slow"]),
        (["test-all"], ["-m", "pytest"]),
    ],
)  # fmt: skip
def test_what_stands_on_the_command_line_of_make_reaches_the_program(
    project: Path, command: list[str], expected: list[str]
) -> None:
    """As it was written, and nothing from variables of the same name elsewhere."""
    assert make(project, *command)[-len(expected) :] == expected


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            ["words", "TEMP=1"],
            "TEMP: unknown to make words; it takes PREFIX COUNT SEED",
        ),
        (["words", "REV=x"], "REV: unknown to make words; it takes PREFIX COUNT SEED"),
        (["repro", "hidden=3"], "hidden: unknown to make repro; it takes nothing"),
        (["hidden=3"], "hidden: unknown to make; it takes nothing"),
    ],
)
def test_a_variable_that_the_target_does_not_take_is_an_error(
    project: Path, command: list[str], message: str
) -> None:
    """Make itself would ignore it in silence."""
    with pytest.raises(subprocess.CalledProcessError) as error:
        make(project, *command)
    assert message in error.value.stderr
    assert error.value.stdout == ""


def test_other_requirements_are_installed_once(project: Path) -> None:
    """Newer ones of the same content, as a checkout leaves them, are not."""
    (project / "requirements.txt").touch()
    assert make(project, "setup") == []
    (project / "requirements.txt").write_text("numpy==2.4.7\n")
    assert make(project, "setup")[-len(INSTALLS) :] == INSTALLS
    assert make(project, "setup") == []


def test_what_a_cluster_needs_is_installed_once_besides(project: Path) -> None:
    """With the versions of the other packages as they are locked."""
    (project / "requirements-cluster.txt").write_text("dask==2026.9.0\n")
    extra = ["-r", "requirements-cluster.txt", "-c", "requirements.txt"]
    assert make(project, "cluster")[-len(extra) :] == extra
    assert make(project, "cluster") == []


def test_an_environment_that_is_a_link_is_used_and_never_written_to(
    project: Path, tmp_path: Path
) -> None:
    """One for a class: nothing is installed into it, and clean deletes the link."""
    shared = tmp_path / "shared"
    (project / ".venv").rename(shared)
    (project / ".venv").symlink_to(shared)
    (project / "requirements.txt").write_text("numpy==2.4.7\n")
    assert make(project, "seeds") == ["-m", "experiments.seeds", "5"]
    make(project, "clean")
    assert not (project / ".venv").is_symlink()
    assert (shared / "bin" / "python").exists()


def test_git_ignores_an_environment_that_is_a_link(project: Path) -> None:
    """A pattern that ends in / is for folders alone."""
    shutil.copy(ROOT / ".gitignore", project)
    (project / ".venv").rename(project.parent / "shared")
    (project / ".venv").symlink_to(project.parent / "shared")
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    status = ["git", "status", "--short"]
    done = subprocess.run(status, cwd=project, check=True, capture_output=True)
    assert (
        done.stdout
        == b"?? .gitignore\n?? requirements-cluster.txt\n?? requirements.txt\n"
    )
