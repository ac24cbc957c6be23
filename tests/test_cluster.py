"""Runs on workers of a real Dask scheduler; their clones share nothing with ours."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from experiments import cluster as cluster_of_runs
from tests.conftest import Pipeline, set_params, wait_until

distributed = pytest.importorskip("distributed", reason="make cluster installs Dask")
pytestmark = pytest.mark.slow

SEEDS = ("python", "-m", "experiments.seeds")


@dataclass
class Program:
    """A program that runs on while a test does, with all that it has started."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, pattern: str) -> str:
        """Return what pattern matches, as soon as it has been printed."""
        wait_until(lambda: bool(re.search(pattern, self.log.read_text())))
        return str(re.findall(pattern, self.log.read_text())[0])

    def kill(self) -> None:
        """Kill it at once, and what it has started, like a machine that is gone."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


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
        with log.open("w") as file:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | {"PATH": path, "HOME": str(home)} | env,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self.programs.append(Program(process, log))
        return self.programs[-1]

    def worker(self, name: str, *, remote: Path | None = None, **env: str) -> Program:
        """Start `make worker` in a new clone; return once the scheduler knows it."""
        clone = Pipeline(self.folder / name)
        if remote:
            clone.run("dvc", "remote", "add", "--local", "--default", "r", str(remote))
        command = ("make", "worker", f"SCHEDULER={self.address}")
        worker = self.start(clone.folder, name, *command, **env)
        worker.wait_for(r"Registered to: +(tcp://\S+)")
        return worker

    def seeds(self, pipeline: Pipeline, count: str) -> Program:
        """Start what `make seeds` does, by whoever commits in pipeline."""
        by = {k: v for k, v in pipeline.environment.items() if k.startswith("GIT_")}
        command = (*SEEDS, count, f"--scheduler={self.address}")
        return self.start(pipeline.folder, "ours", *command, **by)

    def runs_in(self, name: str) -> list[Path]:
        """Return the folders of the runs that a worker has under way."""
        scratch = self.folder / name / ".dvc" / "tmp" / "dask"
        return list(scratch.glob("*/*/*/project"))  # Dask's, the worker's, a run's


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a scheduler; end it, and its workers, after the test."""
    cluster = Cluster(tmp_path)
    yield cluster
    for program in cluster.programs:
        if program.process.poll() is None:
            program.kill()


def test_neither_a_killed_worker_nor_one_that_waits_changes_a_digit(
    pipeline: Pipeline, cluster: Cluster
) -> None:
    """A worker with another processor is refused; runs of a killed one start elsewhere.

    What is not committed, or not in Git, is sent. Where there is no terminal, a line
    says when workers fit, when a run starts and when it ends.
    """
    (pipeline.folder / "lists").mkdir()
    text = (pipeline.folder / "data" / "small.txt").read_text("utf-8")
    (pipeline.folder / "lists" / "mine.txt").write_text(text + "zzz\n", "utf-8")
    set_params(pipeline.folder, corpus="lists/mine.txt")
    here = pipeline.run(*SEEDS, "2")

    cluster.worker("other", ATEN_CPU_CAPABILITY="default")
    ours = cluster.seeds(pipeline, "2")
    refused = r"tcp://\S+ is not used: (processor \S+ DEFAULT.* \(here [^)]*\))"
    assert "(here" in ours.wait_for(refused)
    ours.wait_for("(waiting for a worker that fits)")
    doomed = cluster.worker("doomed")
    ours.wait_for(r"workers that fit: \d")
    wait_until(lambda: bool(cluster.runs_in("doomed")))
    doomed.kill()
    cluster.worker("fitting")
    assert ours.process.wait(300) == 0, ours.log.read_text()
    numbers = r".*\d\.\d{4}.*"  # a line for each seed, their mean and deviation
    assert len(re.findall(numbers, here)) == 4
    log = ours.log.read_text()
    assert re.findall(numbers, log) == re.findall(numbers, here)
    for output, where, starts in ((here, "", 2), (log, r" on tcp://\S+", 3)):
        assert len(re.findall(rf"^seed-[12]{where} starts$", output, re.M)) >= starts
        ends = re.findall(r"^seed-[12] has ended: (\d) of 2 runs$", output, re.M)
        assert ends == ["1", "2"]
    assert pipeline.run("dvc", "exp", "list", "--name-only") == ""


def test_a_model_comes_home_without_training(
    pipeline: Pipeline, cluster: Cluster, tmp_path: Path
) -> None:
    """By a DVC remote, to which workers push outputs and the run cache.

    Home is as a fresh clone is: it has no output of any stage.
    """
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


def test_ctrl_c_cancels_what_waits(pipeline: Pipeline, cluster: Cluster) -> None:
    """What runs goes on to its end, into the worker's cache; no experiment is left."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # else inherited as it is
    cluster.worker("worker")
    ours = cluster.seeds(pipeline, "9")
    wait_until(lambda: bool(cluster.runs_in("worker")))
    os.killpg(ours.process.pid, signal.SIGINT)
    assert ours.process.wait(60) != 0
    assert "Traceback" not in ours.log.read_text()
    wait_until(lambda: not cluster.runs_in("worker"))
    time.sleep(3)  # if there were another run, it would start now
    assert not cluster.runs_in("worker")
    assert pipeline.run("dvc", "exp", "list", "--name-only") == ""


@pytest.mark.parametrize("target", ["worker", "ladder"])
def test_a_scheduler_that_is_not_there_is_one_line(ran: Pipeline, target: str) -> None:
    """Before anything else is printed, and soon."""
    begin = time.monotonic()
    error, *rest = ran.run(
        "make", "--silent", target, "SCHEDULER=127.0.0.1:9", fails=True
    ).splitlines()
    assert error.startswith("error: SCHEDULER=127.0.0.1:9: no Dask scheduler answers")
    assert [line.partition(" ")[0] for line in rest] == ["make:"]
    assert time.monotonic() - begin < 15  # on a busy machine; idle, 5 to 7


def test_a_look_at_the_workers_sees_them_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also while Dask itself asks the scheduler for the totals alone."""
    settings = distributed.config["distributed"]["client"]
    monkeypatch.setitem(settings, "scheduler-info-interval", "1ms")
    with (
        distributed.LocalCluster(
            n_workers=2, processes=False, dashboard_address=None
        ) as local,
        distributed.Client(local) as client,
    ):
        wait_until(lambda: len(cluster_of_runs._workers(client)) == 2)
        assert {len(cluster_of_runs._workers(client)) for _ in range(2000)} == {2}
