"""Copies: the workspace as bytes, and a run of the pipeline in a copy of it.

A worker on another machine gets run_copy along with the bytes. So it needs nothing of
its clone but the environment, DVC's cache and DVC's remotes.
"""

import contextlib
import io
import os
import re
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil
from dvc.config import Config
from dvc.utils.serialize import modify_yaml

from experiments.cache import keep_results, push_results, share_cache
from nplm.errors import InputError

CURVE = Path("plots/loss.csv")
"""What grows while a network trains: step, log10 of the loss on train, and on dev."""
EVERY = 1.0
"""Seconds between two looks at the curve."""
COPIES = Path(".dvc/tmp/exps")
"""Where runs here have their copies of the project; DVC has its own in it."""

Changes = Mapping[str, bool | int | float | str | list[float] | None]
"""Of params.yaml: values by key, a dot between group and key."""


class Copy(NamedTuple):
    """A copy of the repository that the project is in."""

    archive: bytes
    """Compressed by tar; without history."""
    folder: str
    """That of the project in it; empty where the project is the repository."""


class Outcome(NamedTuple):
    """What is left of a run."""

    experiment: bytes
    """The DVC experiment, as a Git bundle; empty if a stage failed."""
    problem: str
    """What was printed by a stage that failed, or by DVC when it could not push."""


class Watch(NamedTuple):
    """What a run is watched for while it trains."""

    report: Callable[[int, float], None]
    """Takes a step and the loss on dev at it, of each row of the curve."""
    stopped: Callable[[], bool]
    """Returns whether the run is to end at once."""


class Job(NamedTuple):
    """A run: what it changes, and the stages that it runs."""

    name: str
    changes: Changes
    targets: Sequence[str]
    """Stages to run, with those before them; none means all stages."""


def pack(corpora: Iterable[str]) -> Copy:
    """Return a copy of the project: the last commit, and what was changed since.

    And those of corpora that Git does not have, and compiled code: without it a run
    compiles for seven seconds. Raises InputError outside a Git repository.
    """
    try:
        where = git("rev-parse", "--show-toplevel", "--show-prefix", quiet=True)
    except subprocess.CalledProcessError as error:
        raise InputError(
            ".git: is not here, and runs start from a commit; clone the project"
        ) from error
    top, prefix, *_ = os.fsdecode(where).split("\n")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        clone = ("clone", "--quiet", "--depth=1", "--no-tags", f"file://{top}")
        git("-c", "advice.detachedHead=false", *clone, str(copy))
        git("-C", str(copy), "remote", "remove", "origin")
        for key, value in _identity().items():
            git("-C", str(copy), "config", key, value)
        diff = ("diff", "--binary", "--no-ext-diff", "--no-color", "--no-relative")
        prefixes = ("-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false")
        changes = git(*prefixes, *diff, "HEAD")
        if changes:
            git("-C", str(copy), "apply", "--index", "-", given=changes)
        for path in (*map(Path, corpora), *Path("nplm").rglob("__pycache__/*.nb?")):
            target = copy / prefix / path
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
            tar.add(copy, "project")
        return Copy(archive.getvalue(), prefix)


def unpack(copy: Copy, folder: str) -> Path:
    """Return the path of the project in a folder, where it puts a copy."""
    with tarfile.open(fileobj=io.BytesIO(copy.archive)) as tar:
        # extractall(filter="data"), which CPython has from 3.11.4 on
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)
    return Path(folder) / "project" / copy.folder


def _identity() -> dict[str, str]:
    """Return who commits here, as Git's configuration has it; nothing if nobody does.

    DVC commits an experiment, and a worker may have no identity.
    """
    command = ["git", "var", "GIT_COMMITTER_IDENT"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.match(r"(.*) <(.*)> ", done.stdout)
    return {"user.name": match[1], "user.email": match[2]} if match else {}


def set_parameters(changes: Changes, path: Path = Path("params.yaml")) -> None:
    """Write changes to a file of parameters, as `dvc exp run -S` would.

    No name of a file needs quotes here, and no value is taken for another type.
    """
    with modify_yaml(str(path)) as tree:
        for name, value in changes.items():
            *groups, key = name.split(".")
            group = tree
            for inner in groups:
                group = group[inner]
            group[key] = value


def run_copy(
    copy: Copy, job: Job, parent: Path, *, push: bool, watch: Watch | None = None
) -> Outcome:
    """Run the pipeline in a copy of the project.

    The copy lies in the folder parent while it runs. It takes from the cache of the
    clone in the current folder, which gets what is new when the run has ended. With
    push, outputs and run cache go to the clone's remote, if it has one, and what others
    have pushed is not run again.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=owner()) as folder:
        project = unpack(copy, folder)
        share_cache(Path(".dvc"), project / ".dvc")
        set_parameters(job.changes, project / "params.yaml")
        push = push and bool(Config(str(project / ".dvc"))["core"].get("remote"))
        pull = ["--pull"] if push else []
        command = ["dvc", "exp", "run", *pull, "--name", job.name, *job.targets]
        try:
            failed, output = _run(command, project, Path(folder) / "log.txt", watch)
        finally:
            keep_results(Path(".dvc"), project / ".dvc")
        if failed:
            return Outcome(b"", output)
        problem = push_results(project) if push else ""
        here = ("-C", str(Path(folder) / "project"))  # in its root, as - is a file else
        refs = git(*here, "for-each-ref", "--format=%(refname)", "refs/exps/*/*/*")
        (ref,) = (ref for ref in refs.decode().split() if ref.endswith(f"/{job.name}"))
        return Outcome(
            git(*here, "bundle", "create", "--quiet", "-", ref, "^HEAD"), problem
        )


def owner(pid: int | None = None) -> str:
    """Return how the names of a process's copies begin, by default of this one's.

    Two processes never have the same. Raises NoSuchProcess for one that is gone.
    """
    process = psutil.Process(pid)
    return f"run-{process.pid}-{process.create_time():.0f}-"


def fetch(experiment: bytes) -> str:
    """Take the experiment of an outcome into this repository; return its commit."""
    with tempfile.NamedTemporaryFile(suffix=".bundle") as file:
        file.write(experiment)
        file.flush()
        return git("bundle", "unbundle", file.name).split()[0].decode()


def git(*arguments: str, given: bytes | None = None, quiet: bool = False) -> bytes:
    """Return what git prints, given its standard input; quiet hides its errors."""
    command = ["git", *arguments]
    errors = subprocess.DEVNULL if quiet else None
    return subprocess.run(
        command, input=given, stdout=subprocess.PIPE, stderr=errors, check=True
    ).stdout


def _run(
    command: Sequence[str], folder: Path, log: Path, watch: Watch | None
) -> tuple[bool, str]:
    """Run a command in a folder; return whether it failed, and what it printed."""
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}  # others run beside it
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=file, env=one_thread
        )
    curve = folder / CURVE
    known = 0
    while watch and process.poll() is None:
        time.sleep(EVERY)
        if "Running stage 'train'" in log.read_text():  # else an old curve is there
            rows = curve.read_text().split("\n")[1:-1] if curve.exists() else []
            for row in rows[known:]:
                step, _, log10_dev = row.split(",")
                watch.report(int(step), 10 ** float(log10_dev))
            known = len(rows)
        if watch.stopped():
            kill(process.pid)
    return process.wait() != 0, log.read_text()


def kill(pid: int) -> None:
    """Kill a process and what it has started, where it still runs."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in (*process.children(recursive=True), process):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
