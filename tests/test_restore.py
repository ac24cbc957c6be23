"""`make restore`, after runs that really failed or were killed."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Pipeline

pytestmark = pytest.mark.slow

OTHER_FILES = "These are changed or new, and left alone (git checkout HEAD -- FILE)\n"
NO_BRANCH = "On no branch: if a killed experiment left it so, git switch - goes back\n"
TO_MAKE = "Some outputs are missing or out of date: make repro makes them\n"


def test_what_a_killed_experiment_leaves_is_said_and_mended(pipeline: Pipeline) -> None:
    """Git on no branch, a half-made split; the parameter that was changed stays."""
    branch = pipeline.run("git", "branch", "--show-current")
    train = pipeline.folder / "data" / "splits" / "train.pt"
    process = subprocess.Popen(
        ["dvc", "exp", "run", "-S", "split_seed=45"],
        cwd=pipeline.folder,
        env=pipeline.environment,
        start_new_session=True,
    )
    for is_there in (False, True):  # before a stage runs, DVC deletes what it writes
        while train.exists() != is_there:
            assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert pipeline.run("git", "branch", "--show-current") == ""
    output = pipeline.run("dvc", "checkout", "dvc.yaml", fails=True)
    assert "Can't remove the following unsaved files" in output

    output = pipeline.run("make", "restore")
    assert output == f"M  params.yaml\n{OTHER_FILES}{NO_BRANCH}{TO_MAKE}"
    pipeline.run("git", "switch", "-")
    assert pipeline.run("git", "branch", "--show-current") == branch
    pipeline.run("git", "checkout", "HEAD", "--", "params.yaml")
    assert "up to date" in pipeline.run("dvc", "status", "dvc.yaml")
    assert pipeline.run("git", "status", "--short") == ""


def test_an_emptied_list_of_locks_is_removed(pipeline: Pipeline) -> None:
    """Killed while it wrote the list, DVC leaves it so, and refuses every later run."""
    (pipeline.folder / ".dvc" / "tmp" / "rwlock").write_text("")
    output = pipeline.run("dvc", "repro", fails=True)
    assert "Unable to read RWLock-file" in output
    assert pipeline.run("make", "restore") == ""
    assert pipeline.repro() == set()


def test_edited_staged_and_new_files_are_named_and_left_alone(
    pipeline: Pipeline,
) -> None:
    """Of the files that only a user writes; results are brought back."""
    folder = pipeline.folder
    for name in ("LICENSE", "README.md", "mine.txt", "dvc.lock", "plots/loss.csv"):
        (folder / name).write_text("mine\n")
    shutil.rmtree(folder / "metrics")
    pipeline.run("git", "add", "README.md", "plots")
    output = pipeline.run("make", "restore")
    assert output == f" M LICENSE\nM  README.md\n?? mine.txt\n{OTHER_FILES}"
    for name in ("LICENSE", "README.md", "mine.txt"):
        assert (folder / name).read_text() == "mine\n"
    assert "up to date" in pipeline.run("dvc", "status", "dvc.yaml")


def test_a_fresh_clone_gets_what_git_has(pipeline: Pipeline, tmp_path: Path) -> None:
    """Its cache is empty: the rest is to be made, which is said."""
    pipeline.run("git", "clone", "--quiet", ".", str(tmp_path / "fresh"))
    fresh = tmp_path / "fresh"
    (fresh / ".venv").symlink_to(pipeline.folder / ".venv")
    (fresh / "data" / "sequences.txt").write_text("half a word\n")
    shutil.rmtree(fresh / "metrics")
    make = ("make", "--no-print-directory", f"--directory={fresh}")
    assert pipeline.run(*make, "restore") == TO_MAKE
    assert pipeline.run("git", "-C", str(fresh), "status", "--short") == ""
