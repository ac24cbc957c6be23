"""Runs on workers of a real Dask scheduler; their clones share nothing with ours."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Pipeline, set_params

pytest.importorskip("distributed", reason="make cluster installs Dask")
pytestmark = pytest.mark.slow

SEEDS = ("python", "-m", "experiments.seeds")


class Program:
    """A program that runs on while a test does, with all that it has started."""

    def __init__(self, folder: Path, log: Path, *command: str, **env: str) -> None:
        """Start command in a folder, with additions to the environment."""
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | env,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def wait_for(self, pattern: str) -> str:
        """Return what pattern matches, as soon as it has been printed."""
        wait_until(lambda: re.search(pattern, self.log.read_text()) is not None)
        match = re.search(pattern, self.log.read_text())
        assert match
        return match[1]

    def kill(self) -> None:
        """Kill it at once, and what it has started, like a machine that is gone."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, two minutes at most."""
    end = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


class Cluster:
    """A scheduler, and workers in clones of their own, with homes of their own."""

    def __init__(self, folder: Path) -> None:
        """Start the scheduler; folder is for clones and logs."""
        self.folder = folder
        self.programs: list[Program] = []
        command = ("dask", "scheduler", "--host=127.0.0.1", "--port=0")
        scheduler = self.start(folder, "scheduler", *command, "--no-dashboard")
        self.address = scheduler.wait_for(r"Scheduler at: +(tcp://\S+)")

    def start(self, folder: Path, name: str, *command: str, **env: str) -> Program:
        """Start a program, whose log has this name."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        home = self.folder / f"home-of-{name}"
        home.mkdir()
        log = self.folder / f"{name}.log"
        program = Program(folder, log, *command, PATH=path, HOME=str(home), **env)
        self.programs.append(program)
        return program

    def worker(self, name: str, *, remote: Path | None = None, **env: str) -> Program:
        """Start `make worker` in a new clone; return once the scheduler knows it."""
        clone = Pipeline(self.folder / name)
        if remote:
            clone.run("dvc", "remote", "add", "--local", "--default", "r", str(remote))
        command = ("make", "worker", f"SCHEDULER={self.address}")
        worker = self.start(clone.folder, name, *command, **env)
        worker.wait_for(r"Registered to: +(tcp://\S+)")
        return worker

    def runs_in(self, name: str) -> list[Path]:
        """Return the folders of the runs that a worker has under way."""
        scratch = self.folder / name / ".dvc" / "tmp" / "dask"
        return list(
            scratch.glob("*/*/*/project")
        )  # Dask's folder, the worker's, a run's


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a scheduler; end it, and its workers, after the test."""
    cluster = Cluster(tmp_path)
    yield cluster
    for program in cluster.programs:
        if program.process.poll() is None:
            program.kill()


def table(output: str) -> list[str]:
    """Return the lines with numbers that `make seeds` prints."""
    return [line for line in output.splitlines() if re.search(r"\d\.\d{4}", line)]


def test_a_killed_worker_changes_no_digit(pipeline: Pipeline, cluster: Cluster) -> None:
    """Its runs start on the other; what is not committed, or not in Git, is sent."""
    (pipeline.folder / "lists").mkdir()
    text = (pipeline.folder / "data" / "small.txt").read_text("utf-8")
    (pipeline.folder / "lists" / "mine.txt").write_text(text + "zzz\n", "utf-8")
    params = pipeline.folder / "params.yaml"
    changed = params.read_text("utf-8").replace("data/small.txt", "lists/mine.txt")
    params.write_text(changed, "utf-8")
    here = pipeline.run(*SEEDS, "4")

    cluster.worker("first")
    doomed = cluster.worker("second")
    command = (*SEEDS, "4", f"--scheduler={cluster.address}")
    ours = cluster.start(pipeline.folder, "ours", "env", *identity(pipeline), *command)
    wait_until(lambda: bool(cluster.runs_in("second")))
    doomed.kill()
    assert ours.process.wait(300) == 0, ours.log.read_text()
    assert table(ours.log.read_text()) == table(here)
    assert len(table(here)) == 6
    assert pipeline.run("dvc", "exp", "list", "--name-only") == ""


def identity(pipeline: Pipeline) -> list[str]:
    """Return who commits, as the arguments of env."""
    return [f"{k}={v}" for k, v in pipeline.environment.items() if k.startswith("GIT_")]


def test_a_model_comes_home_without_training(
    ran: Pipeline, cluster: Cluster, tmp_path: Path
) -> None:
    """By a DVC remote, to which workers push outputs and the run cache.

    Home is as a fresh clone is: it has no output of any stage.
    """
    pipeline = ran.copy(tmp_path / "project")
    shutil.rmtree(pipeline.folder / ".dvc" / "cache")
    remote = tmp_path / "remote"
    pipeline.run("dvc", "remote", "add", "--local", "--default", "r", str(remote))
    cluster.worker("worker", remote=remote)
    at = f"--scheduler={cluster.address}"
    pipeline.run(*SEEDS, "2", "--keep", at)
    pipeline.run("dvc", "exp", "apply", "seed-2")
    assert pipeline.repro() == set()
    pipeline.run("git", "checkout", "--quiet", "HEAD", ".")

    set_params(pipeline.folder, seed=1)  # by the run cache, with an empty cache
    shutil.rmtree(pipeline.folder / ".dvc" / "cache")
    assert pipeline.repro("--pull", "train") == set()


def test_a_worker_with_another_processor_is_refused(
    pipeline: Pipeline, cluster: Cluster
) -> None:
    """One line says what differs, and the run waits for one that fits."""
    cluster.worker("other", ATEN_CPU_CAPABILITY="default")
    command = ("env", *identity(pipeline), *SEEDS, "2")
    ours = cluster.start(
        pipeline.folder, "ours", *command, f"--scheduler={cluster.address}"
    )
    refused = r"tcp://\S+ is not used: (processor \S+ DEFAULT.* \(here [^)]*\))"
    assert "(here" in ours.wait_for(refused)
    ours.wait_for("(waiting for a worker that fits)")
    cluster.worker("fitting")
    assert ours.process.wait(300) == 0, ours.log.read_text()
    assert len(table(ours.log.read_text())) == 4


def test_a_scheduler_that_is_not_there_is_one_line(pipeline: Pipeline) -> None:
    """And so is an address that is none, and a corpus that workers cannot have."""
    for address in ("tcp://127.0.0.1:9", "no address"):
        output = pipeline.run(*SEEDS, "2", f"--scheduler={address}", fails=True)
        assert f"error: SCHEDULER={address}: no Dask scheduler answers" in output
        assert "Traceback" not in output
    corpus = pipeline.folder.parent / "outside.txt"
    corpus.write_text("loi\nlois\n", "utf-8")
    params = pipeline.folder / "params.yaml"
    text = params.read_text("utf-8").replace("data/small.txt", str(corpus))
    params.write_text(text, "utf-8")
    output = pipeline.run(*SEEDS, "2", "--scheduler=tcp://127.0.0.1:9", fails=True)
    assert f"error: {corpus}: the corpus is outside the project" in output


def test_ctrl_c_cancels_what_waits(pipeline: Pipeline, cluster: Cluster) -> None:
    """What runs goes on to its end, into the worker's cache; no experiment is left."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # else inherited as it is
    cluster.worker("worker")
    command = ("env", *identity(pipeline), *SEEDS, "9")
    ours = cluster.start(
        pipeline.folder, "ours", *command, f"--scheduler={cluster.address}"
    )
    wait_until(lambda: bool(cluster.runs_in("worker")))
    os.killpg(ours.process.pid, signal.SIGINT)
    assert ours.process.wait(60) != 0
    assert "Traceback" not in ours.log.read_text()
    wait_until(lambda: not cluster.runs_in("worker"))
    time.sleep(3)  # if there were another run, it would start now
    assert not cluster.runs_in("worker")
    assert pipeline.run("dvc", "exp", "list", "--name-only") == ""


def test_without_dask_runs_here_go_on(pipeline: Pipeline) -> None:
    """And SCHEDULER says in one line how to get it."""
    without = (
        "import runpy, sys; sys.modules['distributed'] = None; "
        "runpy.run_module('experiments.seeds', run_name='__main__', alter_sys=True)"
    )
    command = ("python", "-c", without, "2")
    assert len(table(pipeline.run(*command))) == 4
    output = pipeline.run(*command, "--scheduler=tcp://127.0.0.1:9", fails=True)
    expected = "Dask is not installed; make cluster installs it"
    assert f"error: SCHEDULER=tcp://127.0.0.1:9: {expected}" in output
