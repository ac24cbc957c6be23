"""A fresh clone: DVC's commands in it, lists that Git does not have, line ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Pipeline


@pytest.mark.slow
def test_every_command_of_dvc_ends_well_after_make_repro(pipeline: Pipeline) -> None:
    """Each with exit status 0: none misses data that no cache and no remote has."""
    run = pipeline.run
    run("dvc", "exp", "run", "--name", "nine", "-S", "hidden=9")
    run("dvc", "exp", "run", "--name", "ten", "-S", "hidden=10")
    run("dvc", "exp", "apply", "nine")
    run("dvc", "exp", "save", "--name", "saved")
    run("dvc", "exp", "branch", "ten", "branch-ten")
    run("dvc", "exp", "diff", "nine", "ten")
    run("dvc", "exp", "show", "--csv")
    run("dvc", "checkout")
    run("git", "commit", "--all", "--quiet", "--message", "Nine hidden units")
    run("dvc", "install")
    run("git", "checkout", "--quiet", "branch-ten")
    assert "up to date" in run("dvc", "status")
    run("git", "checkout", "--quiet", "-")
    run("dvc", "remote", "add", "--default", "here", "../remote")
    run("dvc", "push")
    run("dvc", "gc", "--workspace", "--force")
    run("rm", "-r", ".dvc/cache", "data/model.pt")
    run("dvc", "pull")
    assert "up to date" in run("dvc", "status")
    for hook in (pipeline.folder / ".git" / "hooks").iterdir():
        hook.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["--temp", "--queue"])
def test_a_list_that_git_ignores_is_learned_in_a_copy_of_the_project(
    pipeline: Pipeline, how: str
) -> None:
    """With --copy-paths, at once or from the queue; the workspace stays as it is."""
    corpus = "data/civil_mots.txt"
    (pipeline.folder / corpus).write_text("".join(f"mot{i}\n" for i in range(60)))
    name = f"ignored-{how.strip('-')}"
    options = ("--copy-paths", corpus, "-S", f"corpus={corpus}", "--name", name)
    pipeline.run("dvc", "exp", "run", how, *options)
    if how == "--queue":
        pipeline.run("dvc", "exp", "run", "--run-all")
    assert pipeline.run("git", "status", "--short") == ""
    diff = json.loads(pipeline.run("dvc", "metrics", "diff", "HEAD", name, "--json"))
    assert diff["metrics/corpus.json"]["words"]["new"] == 60


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
