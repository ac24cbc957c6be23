"""Leftovers: what a killed process has left of its runs, and of DVC's locks."""

import contextlib
import re
import shutil
from pathlib import Path

import psutil

from experiments.cache import keep_results
from experiments.copies import COPIES, kill, owner

RWLOCK = Path(".dvc/tmp/rwlock")


def clear_runs(parent: Path) -> None:
    """End and delete the runs in a folder whose process is gone.

    What they have made goes into DVC's cache.
    """
    for folder in parent.glob("run-*-*-*"):
        with contextlib.suppress(psutil.NoSuchProcess):
            if folder.name.startswith(owner(int(folder.name.split("-")[1]))):
                continue
        for process in psutil.process_iter(["cwd"]):
            if Path(process.info["cwd"] or "/").is_relative_to(folder.resolve()):
                kill(process.pid)
        for dvc in folder.glob("project/**/.dvc"):
            keep_results(Path(".dvc"), dvc)
        shutil.rmtree(folder, ignore_errors=True)


def clear_locks() -> None:
    """Delete DVC's file of locks, unless a run of DVC holds one.

    DVC itself takes a lock for held as long as any process has its holder's number.
    """
    if RWLOCK.exists():
        holders = re.findall(r'"pid": (\d+)', RWLOCK.read_text("utf-8", "replace"))
        if not any(_is_dvc(int(pid)) for pid in holders):
            RWLOCK.unlink()


def _is_dvc(pid: int) -> bool:
    try:
        return any(Path(word).stem == "dvc" for word in psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


if __name__ == "__main__":
    clear_runs(COPIES)
    clear_locks()
