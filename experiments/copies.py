"""Copies: the workspace as bytes, and a run of the pipeline in a copy of it.

A worker on another machine gets run_copy along with the bytes. So it needs nothing of
its clone but the environment, DVC's cache and DVC's remotes.
"""

import io
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from dvc.config import Config, merge

TARGETS = ("mixture", "distinct")
"""Stages that lead to all losses."""


class Outcome(NamedTuple):
    """What is left of a run."""

    experiment: bytes
    """The DVC experiment, as a Git bundle; empty if a stage failed."""
    problem: str
    """What was printed by a stage that failed, or by DVC when it could not push."""


def pack(corpora: Iterable[str]) -> bytes:
    """Return a copy of the project: the last commit, and what was changed since.

    And those of corpora that Git does not have. It is a compressed tar archive of a
    Git repository without history.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        here = f"file://{Path.cwd()}"
        clone = ("clone", "--quiet", "--depth=1", "--no-tags", here, str(copy))
        git("-c", "advice.detachedHead=false", *clone)
        git("-C", str(copy), "remote", "remove", "origin")
        for key, value in _identity().items():
            git("-C", str(copy), "config", key, value)
        diff = ("diff", "--binary", "--no-ext-diff", "--no-color", "HEAD")
        prefixes = ("-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false")
        changes = git(*prefixes, *diff)
        if changes:
            git("-C", str(copy), "apply", "--index", "-", given=changes)
        for corpus in corpora:
            target = copy / corpus
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(Path(corpus).read_bytes())
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
            tar.add(copy, "project")
        return archive.getvalue()


def _identity() -> dict[str, str]:
    """Return who commits here, as Git's configuration has it; nothing if nobody does.

    DVC commits an experiment, and a worker may have no identity.
    """
    command = ["git", "var", "GIT_COMMITTER_IDENT"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.match(r"(.*) <(.*)> ", done.stdout)
    return {"user.name": match[1], "user.email": match[2]} if match else {}


def run_copy(
    copy: bytes, name: str, options: Sequence[str], parent: Path, *, push: bool
) -> Outcome:
    """Run what leads to the losses in a copy of the project, as the experiment name.

    The copy lies in the folder parent while it runs. It uses the cache of the clone in
    the current folder. With push, outputs and run cache go to the clone's remote, if it
    has one, and what others have pushed is not run again.
    """
    clone = Config(".dvc")
    push = push and bool(clone["core"].get("remote"))
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        with tarfile.open(fileobj=io.BytesIO(copy)) as tar:
            tar.extractall(folder, filter="data")
        project = Path(folder) / "project"
        share_cache(clone, project / ".dvc")
        pull = ["--pull"] if push else []
        command = ["dvc", "exp", "run", *pull, "--name", name, *options, *TARGETS]
        failed, output = _run(command, project)
        if failed:
            return Outcome(b"", output)
        problem = ""
        if push:
            failed, output = _run(["dvc", "push", "--run-cache"], project)
            problem = output if failed else ""
        here = ("-C", str(project))
        refs = git(*here, "for-each-ref", "--format=%(refname)", "refs/exps/*/*/*")
        (ref,) = (ref for ref in refs.decode().split() if ref.endswith(f"/{name}"))
        return Outcome(
            git(*here, "bundle", "create", "--quiet", "-", ref, "^HEAD"), problem
        )


def share_cache(clone: Config, folder: Path) -> None:
    """Give a copy, whose folder `.dvc` this is, the clone's cache and remotes."""
    cache = Path(clone["cache"].get("dir") or Path(clone.dvc_dir) / "cache")
    with Config(str(folder)).edit("local", validate=False) as config:
        for level in ("repo", "local"):
            merge(config, clone.load_one(level))
        # Relative, as DVC cannot write other characters than ASCII.
        config["cache"]["dir"] = os.path.relpath(cache.resolve(), folder.resolve())


def fetch(experiment: bytes) -> None:
    """Take the experiment of an outcome into this repository."""
    with tempfile.NamedTemporaryFile(suffix=".bundle") as file:
        file.write(experiment)
        file.flush()
        git("fetch", "--quiet", file.name, "+refs/exps/*:refs/exps/*")


def git(*arguments: str, given: bytes | None = None) -> bytes:
    """Return what git prints, given its standard input."""
    command = ["git", *arguments]
    return subprocess.run(
        command, input=given, stdout=subprocess.PIPE, check=True
    ).stdout


def _run(command: Sequence[str], folder: Path) -> tuple[bool, str]:
    """Run a command in a folder; return whether it failed, and what it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode != 0, done.stdout
