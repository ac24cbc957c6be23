"""`make restore`, after runs that really failed or were killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.conftest import Pipeline, set_params, wait_until

pytestmark = pytest.mark.slow

OTHER_FILES = "These are changed or new, and left alone (git checkout HEAD -- FILE)\n"
NO_BRANCH = "On no branch: if a killed experiment left it so, git switch - goes back\n"
LOCKS = "Locks: wait for DVC's run that holds them; if there is none, make restore\n"
SHALLOW = (
    "A shallow clone loses experiments of --queue and --temp: git fetch --unshallow"
)
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


def test_runs_of_a_killed_process_are_ended_and_deleted(pipeline: Pipeline) -> None:
    """They are in copies of the project, and would train on for ever."""
    set_params(pipeline.folder, steps=10**9)
    copies = pipeline.folder / ".dvc" / "tmp" / "exps"

    def training() -> list[int]:
        return [
            process.pid
            for process in psutil.process_iter(["cwd", "cmdline"])
            if str(copies) in (process.info["cwd"] or "")
            and "stages.train" in (process.info["cmdline"] or ())
        ]

    process = subprocess.Popen(
        [sys.executable, "-m", "experiments.seeds", "2"],
        cwd=pipeline.folder,
        env=pipeline.environment,
    )
    wait_until(lambda: len(training()) >= 1)
    process.kill()
    process.wait()
    assert training()
    assert "params.yaml" in pipeline.run("make", "restore")
    assert not training()
    assert not list(copies.glob("run-*"))


def test_an_emptied_list_of_locks_is_removed(pipeline: Pipeline) -> None:
    """Killed while it wrote the list, DVC leaves it so, and refuses every later run."""
    (pipeline.folder / ".dvc" / "tmp" / "rwlock").write_text("")
    output = pipeline.run("dvc", "repro", fails=True)
    assert "Unable to read RWLock-file" in output
    assert pipeline.run("make", "restore") == ""
    assert pipeline.repro() == set()


def test_a_lock_of_no_run_of_dvc_is_removed(pipeline: Pipeline) -> None:
    """Another process has its holder's number. Until then, who needs DVC says so."""
    folder = pipeline.folder
    (folder / "data" / "model.pt").unlink()
    holder = {"pid": os.getpid(), "cmd": "dvc repro"}
    locks = folder / ".dvc" / "tmp" / "rwlock"
    locks.write_text(json.dumps({"write": {f"{folder}/data/model.pt": holder}}))
    for target in ("words", "repro"):
        output = pipeline.run("make", target, fails=True)
        assert "model.pt' is busy, it is being blocked by:" in output
        assert LOCKS in output
    assert pipeline.run("make", "restore") == ""
    assert pipeline.run("make", "words", "COUNT=1").count("\n") == 1


def test_a_value_that_failed_is_taken_back_as_the_error_says(
    pipeline: Pipeline,
) -> None:
    """DVC leaves it in params.yaml, and without a line of ours every run fails then."""
    for options in (["-S", "lr=abc"], ["-S", "hidden=9"]):
        output = pipeline.run("dvc", "exp", "run", *options, fails=True)
        assert "lr: 'abc' needs to be a valid number (`make defaults` takes" in output
    pipeline.run("make", "defaults")
    assert pipeline.run("git", "status", "--short") == ""
    assert pipeline.repro() == set()


def test_a_key_that_nobody_reads_is_refused_where_dvc_would_skip_all_stages(
    pipeline: Pipeline,
) -> None:
    """And so is a file that it cannot read. In a shallow clone, make repro says so."""
    params = pipeline.folder / "params.yaml"
    text = params.read_text("utf-8")
    for wrong, message in (
        (
            text + "droput: 0.5\n",
            "params.yaml: droput: 0.5 is read by nothing; the nea",
        ),
        (text + "lr: 1\n", 'not valid YAML (found duplicate key "lr"'),
        (text.replace("corpus: data", "corpus: 3 # "), "corpus: 3 needs to be a valid"),
    ):
        params.write_text(wrong)
        output = pipeline.run("make", "repro", fails=True)
        error, _ = output.splitlines()
        assert error.startswith("error: params.yaml")
        assert message in error
    params.write_text(text)
    assert "shallow" not in pipeline.run("make", "repro")
    (pipeline.folder / ".git" / "shallow").write_text(
        pipeline.run("git", "rev-parse", "HEAD")
    )
    assert SHALLOW in pipeline.run("make", "repro")


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
