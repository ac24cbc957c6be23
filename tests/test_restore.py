"""`make restore`, after runs that really failed or were killed."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Pipeline, set_params

pytestmark = pytest.mark.slow

OTHER_FILES = "These are changed or new, and left alone (git checkout HEAD -- FILE)\n"
TO_MAKE = "Some outputs are missing or out of date: make repro makes them\n"


def kill(pipeline: Pipeline, *command: str, when: Callable[[], bool]) -> None:
    """Start command, and kill it with all that it has started, at the moment given."""
    process = subprocess.Popen(
        command,
        cwd=pipeline.folder,
        env=pipeline.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    stopped_or_ended = os.WSTOPPED | os.WEXITED | os.WNOWAIT
    while process.poll() is None:
        if when():
            os.killpg(process.pid, signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, stopped_or_ended)
            if when():  # and not an instant ago alone
                break
            os.killpg(process.pid, signal.SIGCONT)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def is_as_committed(pipeline: Pipeline) -> bool:
    """Return whether Git and DVC, which compares checksums, find no difference."""
    assert "up to date" in pipeline.run("dvc", "status", "dvc.yaml")
    return pipeline.run("git", "status", "--short") == ""


def test_outputs_of_a_killed_stage_are_replaced(pipeline: Pipeline) -> None:
    """The split that it had written; the parameter that a user has edited stays."""
    train = pipeline.folder / "data" / "splits" / "train.pt"
    set_params(pipeline.folder, split_seed=43)
    train.unlink()
    kill(pipeline, "dvc", "repro", when=train.exists)
    output = pipeline.run("dvc", "checkout", "dvc.yaml", fails=True)
    assert "Can't remove the following unsaved files" in output
    output = pipeline.run("make", "restore")
    assert output == f" M params.yaml\n{OTHER_FILES}{TO_MAKE}"
    pipeline.run("git", "checkout", "HEAD", "--", "params.yaml")
    assert is_as_committed(pipeline)


def test_an_emptied_list_of_locks_is_removed(pipeline: Pipeline) -> None:
    """Killed while it wrote the list, DVC refuses every later run."""
    locks = pipeline.folder / ".dvc" / "tmp" / "rwlock"
    locks.unlink()
    kill(
        pipeline,
        *("dvc", "repro"),
        when=lambda: locks.exists() and locks.stat().st_size == 0,
    )
    output = pipeline.run("dvc", "repro", fails=True)
    assert "Unable to read RWLock-file" in output
    assert pipeline.run("make", "restore") == ""
    assert pipeline.repro() == set()
    assert is_as_committed(pipeline)


def test_a_failed_experiment_leaves_its_parameter_and_nothing_else(
    pipeline: Pipeline,
) -> None:
    """With the metrics of the stages that ran before the one that failed."""
    pipeline.run("dvc", "exp", "run", "-S", "split_seed=44", "-S", "lr=-1", fails=True)
    output = pipeline.run("make", "restore")
    assert output == f" M params.yaml\n{OTHER_FILES}{TO_MAKE}"
    pipeline.run("git", "checkout", "HEAD", "--", "params.yaml")
    assert is_as_committed(pipeline)


def test_a_killed_experiment_leaves_git_on_no_branch(pipeline: Pipeline) -> None:
    """What takes one back to it is said, and is right."""
    branch = pipeline.run("git", "branch", "--show-current")
    train = pipeline.folder / "data" / "splits" / "train.pt"
    train.unlink()
    kill(pipeline, "dvc", "exp", "run", "-S", "split_seed=45", when=train.exists)
    assert pipeline.run("git", "branch", "--show-current") == ""
    output = pipeline.run("make", "restore")
    assert "if a killed experiment left it so, git switch - goes back" in output
    pipeline.run("git", "switch", "-")
    assert pipeline.run("git", "branch", "--show-current") == branch
    pipeline.run("git", "checkout", "HEAD", "--", "params.yaml")
    assert is_as_committed(pipeline)


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
    (folder / "mine.txt").unlink()
    pipeline.run("git", "checkout", "HEAD", "--", "LICENSE", "README.md")
    assert is_as_committed(pipeline)


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
