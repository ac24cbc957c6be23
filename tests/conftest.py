"""What tests share: the notebook's words, a way to run a stage, and a pipeline."""

import fcntl
import os
import runpy
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nplm.arithmetic.processor import settle

settle()
os.environ["OMP_NUM_THREADS"] = "1"  # tests run side by side

ROOT = Path(__file__).parent.parent
CIVIL = ROOT / "data" / "civil_mots.txt"
DEFAULT_LIST = ROOT / "data" / "travail_mots.txt"
STAGES: dict[str, dict[str, Any]] = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
ARGUMENTS = {
    stage: [
        word if word.startswith("--") else Path(word).name
        for word in shlex.split(entry["cmd"])[3:]
    ]
    for stage, entry in STAGES.items()
}
"""Of the command of each stage in dvc.yaml, its files without their folders."""


def _report() -> dict[str, Any]:
    """Return the stage in report/dvc.yaml as dvc.yaml would have it."""
    text = (ROOT / "report" / "dvc.yaml").read_text("utf-8").replace("cd .. && ", "")
    stage: dict[str, Any] = YAML(typ="safe").load(text)["stages"]["report"]
    for kind in ("deps", "outs"):
        entries = [e if isinstance(e, str) else next(iter(e)) for e in stage[kind]]
        stage[kind] = [os.path.normpath(f"report/{path}") for path in entries]
    (stage["params"],) = (entry["../params.yaml"] for entry in stage["params"])
    return stage


REPORT = _report()


@pytest.fixture(scope="session")
def civil_path() -> Path:
    """Return the path of the notebook's list, or skip."""
    if not CIVIL.exists():
        pytest.skip(f"{CIVIL} is not there; get it with: make civil")
    return CIVIL


@pytest.fixture(scope="session")
def civil(civil_path: Path) -> list[str]:
    """Return the words of the notebook's list, in its order."""
    return civil_path.read_text("utf-8").split()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one, with the default params."""
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def set_in(params: Any, **values: Any) -> None:
    """Set values in a tree of parameters; a dot or __ in a name leads into a group."""
    for name, value in values.items():
        *groups, key = name.replace("__", ".").split(".")
        tree = params
        for group in groups:
            tree = tree[group]
        tree[key] = value


def set_params(folder: Path, **values: Any) -> None:
    """Write values to params.yaml in folder, by names as set_in takes them."""
    yaml = YAML()
    params = yaml.load(folder / "params.yaml")
    set_in(params, **values)
    yaml.dump(params, folder / "params.yaml")


@pytest.fixture
def run_module(monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Return a function that runs a module as `python -m` does.

    The function returns None, or what the module passed to sys.exit: a text is
    printed by Python as the one line of an error, with exit status 1.
    """

    def run(module: str, *arguments: str) -> object:
        monkeypatch.setattr(sys, "argv", [module, *arguments])
        monkeypatch.delitem(sys.modules, module, raising=False)
        try:
            runpy.run_module(module, run_name="__main__")
        except SystemExit as end:
            return end.code
        return None

    return run


@pytest.fixture
def run_stage(run_module: Callable[..., object]) -> Callable[..., object]:
    """Return a function that runs a stage as its command line would."""
    return lambda stage, *arguments: run_module(f"stages.{stage}", *arguments)


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, two minutes at most."""
    end = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


class Pipeline:
    """A clone of the project, working tree and compiled code included."""

    def __init__(self, folder: Path) -> None:
        """Take the clone in folder; make it where there is none."""
        self.folder = folder
        identity = {"NAME": "A tester", "EMAIL": "tester@example.org"}
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            **{f"GIT_AUTHOR_{key}": value for key, value in identity.items()},
            **{f"GIT_COMMITTER_{key}": value for key, value in identity.items()},
        }
        if not folder.exists():
            self._clone()

    def _clone(self) -> None:
        subprocess.run(["git", "clone", "--quiet", ROOT, self.folder], check=True)
        (self.folder / ".venv").symlink_to(sys.prefix)  # for make
        changed = subprocess.run(
            ["git", "ls-files", "-z", "--modified", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        compiled = [
            str(p.relative_to(ROOT)) for p in ROOT.glob("nplm/*/__pycache__/*.nb?")
        ]
        for name in filter(None, (*changed.stdout.split("\0"), *compiled)):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, self.folder / name)
            else:
                (self.folder / name).unlink()

    def copy(self, folder: Path) -> "Pipeline":
        """Return a copy in folder, with DVC's cache and compiled code."""
        shutil.copytree(self.folder, folder, symlinks=True)
        copied = Pipeline(folder)
        copied.run("git", "status")  # Git looks anew at files with other inodes
        return copied

    def shrink(self) -> None:
        """Commit a small corpus and few steps, so that a run takes seconds."""
        words = DEFAULT_LIST.read_text("utf-8").split()
        text = "".join(f"{word}\n" for word in words[::40])
        (self.folder / "data" / "small.txt").write_text(text, "utf-8")
        small = {"corpus": "data/small.txt", "steps": 40, "lr_sweep__steps": 30}
        set_params(self.folder, **small, hidden=8)
        self.commit()

    def call(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Return how command ends, and what it prints."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def run(self, *command: str, fails: bool = False) -> str:
        """Return what command prints; it has to succeed, or to fail."""
        done = self.call(*command)
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout

    def commit(self) -> None:
        """Commit everything, if only to have a state to go back to."""
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--allow-empty", "--message", "A state")

    def repro(self, *options: str) -> set[str]:
        """Run `dvc repro` and return the names of the stages that it ran."""
        return stages_run(self.run("dvc", "repro", *options))


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Return a clone in which `make repro` has run all stages, results committed.

    Running takes long: the first process of pytest-xdist that needs it makes it, the
    others wait, and tests change copies of it and leave it as it is.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (base / "ran.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "ran").exists():
            making = Pipeline(base / "making")
            making.shrink()
            assert stages_run(making.run("make", "repro")) == set(STAGES)
            making.commit()
            making.folder.rename(base / "ran")
    return Pipeline(base / "ran")


@pytest.fixture
def pipeline(ran: Pipeline, tmp_path: Path) -> Pipeline:
    """Return the test's own copy of a clone whose pipeline has run."""
    return ran.copy(tmp_path / "project")


def stages_run(output: str) -> set[str]:
    """Return the names of the stages that DVC says it ran."""
    start = "Running stage '"
    return {
        line.removeprefix(start).split("'")[0]
        for line in output.splitlines()
        if line.startswith(start)
    }
