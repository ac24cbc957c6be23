"""Cache: DVC's cache and remotes, as a clone shares them with copies of it."""

import contextlib
import os
import shutil
from pathlib import Path
from uuid import uuid4

from dvc.config import Config, merge
from dvc.exceptions import DownloadError
from dvc.repo import Repo


def share_cache(clone: Path, copy: Path) -> None:
    """Give a copy a clone's cache and remotes; these are their folders `.dvc`.

    What the cache has of runs is copied, as DVC takes what another process is about to
    write there for damaged, and deletes it.
    """
    ours = Config(str(clone))
    with Config(str(copy)).edit("local", validate=False) as config:
        for level in ("repo", "local"):
            merge(config, ours.load_one(level))
        # A relative path, from here; DVC writes it as one from there. It cannot write
        # other characters than ASCII, and the path of the project may have some.
        config["cache"]["dir"] = os.path.relpath(copy / "cache")
    shared = Path(ours["cache"].get("dir") or clone / "cache").resolve()
    (shared / "files").mkdir(parents=True, exist_ok=True)
    (copy / "cache").mkdir()
    (copy / "cache" / "files").symlink_to(shared / "files")
    if (shared / "runs").exists():
        unfinished = shutil.ignore_patterns("*.tmp")
        shutil.copytree(shared / "runs", copy / "cache" / "runs", ignore=unfinished)


def keep_runs(copy: Path) -> None:
    """Put what has run in a copy, its folder `.dvc`, into the cache that it shares.

    Each file comes whole, or not at all.
    """
    runs = copy / "cache" / "runs"
    shared = (copy / "cache" / "files").resolve().parent
    for path in runs.glob("*/*/*"):
        target = shared / "runs" / path.relative_to(runs)
        if path.suffix != ".tmp" and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = Path(shutil.copy(path, shared / f"{uuid4()}.tmp"))
            part.replace(target)


def push_results(project: Path) -> str:
    """Push outputs and run cache of a project to its remote; return what went wrong.

    `dvc push --run-cache` leaves out what is in no cache, as plots and metrics are; the
    run cache has copies of them, and is worth nothing elsewhere without them.
    """
    try:
        with Repo(str(project)) as repo:
            repo.stage_cache.push(None)
            hashes = (
                out.hash_info for stage in repo.index.stages for out in stage.outs
            )
            cache = repo.cache.local
            here = {h for h in hashes if h and h.value and cache.exists(h.value)}
            failed = repo.cloud.push(here).failed
    except Exception as error:  # whatever the remote raises
        return str(error)
    return f"{len(failed)} files were refused" if failed else ""


def fetch_outputs(commit: str) -> None:
    """Get what an experiment made elsewhere, from the DVC remote, if there is one.

    A file that a worker could not push is missing; measured has said so.
    """
    with Repo() as repo, contextlib.suppress(DownloadError):
        if repo.config["core"].get("remote"):
            repo.fetch(revs=[commit], workspace=False)
