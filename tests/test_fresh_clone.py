"""A fresh clone: DVC's commands in it, lists that Git does not have, line ends."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Pipeline

EVERY_COMMAND = """
dvc exp run --name nine -S sample.count=9
dvc exp run --name ten -S sample.count=10
dvc gc --workspace --all-experiments --force
dvc exp apply nine
dvc exp save --name saved
dvc exp branch ten branch-ten
dvc exp diff nine ten
dvc exp show --csv
dvc checkout
git commit --all --quiet --message Nine
dvc install
git checkout --quiet branch-ten
dvc status
git checkout --quiet -
dvc remote add --default here ../remote
dvc push
dvc gc --workspace --force
rm -r .dvc/cache data/model.pt
dvc pull
"""


@pytest.mark.slow
def test_every_command_of_dvc_ends_well_after_make_repro(pipeline: Pipeline) -> None:
    """Each with exit status 0: none misses data that no cache and no remote has."""
    for command in EVERY_COMMAND.strip().splitlines():
        pipeline.run(*command.split())
    assert "up to date" in pipeline.run("dvc", "status")


@pytest.mark.slow
def test_a_list_that_git_ignores_is_learned_in_a_copy_of_the_project(
    pipeline: Pipeline,
) -> None:
    """With --copy-paths, from the queue; the workspace stays as it is."""
    corpus = "data/civil_mots.txt"
    (pipeline.folder / corpus).write_text("".join(f"mot{i}\n" for i in range(60)))
    options = ("--copy-paths", corpus, "-S", f"corpus={corpus}", "--name", "ignored")
    pipeline.run("dvc", "exp", "run", "--queue", *options, "prepare")
    pipeline.run("dvc", "exp", "run", "--run-all")
    assert pipeline.run("git", "status", "--short") == ""
    diff = json.loads(pipeline.run("dvc", "metrics", "diff", "ignored", "--json"))
    assert diff["metrics/corpus.json"]["words"]["old"] == 60


def test_git_changes_no_byte_of_a_file(tmp_path: Path) -> None:
    """Also where core.autocrlf asks for it: DVC compares bytes."""
    project = Pipeline(tmp_path / "project")
    project.commit()
    convert = ("-c", "core.autocrlf=true")
    project.run("git", "clone", "--quiet", *convert, ".", "../windows")
    names = project.run("git", "ls-files").splitlines()
    assert "dvc.lock" in names
    for name in names:
        here, there = project.folder / name, tmp_path / "windows" / name
        assert here.read_bytes() == there.read_bytes()


@pytest.mark.slow
def test_the_library_is_installed_by_pip(tmp_path: Path) -> None:
    """All of nplm and nothing else, usable elsewhere; Git sees nothing new."""
    project = Pipeline(tmp_path / "project")
    project.commit()
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    offline = ("--no-deps", "--no-index", "--no-build-isolation")
    project.run(*pip, "install", *offline, "--target", str(tmp_path / "site"), ".")
    assert project.run("git", "status", "--short") == ""

    installed = {
        path.relative_to(tmp_path / "site").as_posix()
        for path in (tmp_path / "site").rglob("*.py")
    }
    assert installed == set(project.run("git", "ls-files", "nplm/*.py").splitlines())
    subprocess.run(
        [sys.executable, "-c", "import nplm.models.network"],
        cwd=tmp_path / "site",
        check=True,
    )


@pytest.mark.slow
def test_a_project_in_a_folder_of_a_repository_works_whole(
    ran: Pipeline, tmp_path: Path
) -> None:
    """Git's index has the same files after it, and DVC's cache is found.

    Experiments that are kept have names that no branch has.
    """
    course = ran.copy(tmp_path / "mono" / "course")
    shutil.rmtree(course.folder / ".git")
    course.run("git", "init", "--quiet", "..")
    course.commit()
    course.run("git", "branch", "seed-1")
    files = course.run("git", "ls-files", "--full-name", "..")
    assert "Running" not in course.run("make", "repro")
    course.run("make", "seeds", "N=2", "KEEP=1")
    output = course.run("make", "compare", "REV=seed-1-2")
    assert re.search(r"^dev  ngram +(\d\.\d{4}) \1 .* the same$", output, re.M)
    course.run("make", "report", "REV=seed-2")
    html = (course.folder / "report" / "report.html").read_text("utf-8")
    assert "seed-2 (" in html
    names = {line.split()[0] for line in course.run("make", "experiments").splitlines()}
    assert {"seed-1-2", "seed-2"} <= names
    course.run("dvc", "exp", "apply", "seed-2")
    course.run("git", "checkout", "HEAD", "--", "params.yaml")
    assert course.run("make", "restore") == ""
    assert course.run("git", "status", "--short", "..") == ""
    assert course.run("git", "ls-files", "--full-name", "..") == files
