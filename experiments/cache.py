"""Cache: DVC's cache and remotes, as a clone shares them with copies of it."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from dvc.config import Config, merge
from dvc.exceptions import DownloadError
from dvc.repo import Repo


def share_cache(clone: Path, copy: Path) -> None:
    """Give a copy a clone's cache and remotes; these are their folders `.dvc`.

    The copy gets a cache of its own, with links to all files of the clone's: DVC does
    not expect two processes in a cache. If both store the same file, one can empty or
    delete the other's. And DVC deletes what another process is about to write of a run,
    because it takes that for damaged.
    """
    ours = Config(str(clone))
    with Config(str(copy)).edit("local", validate=False) as config:
        for level in ("repo", "local"):
            merge(config, ours.load_one(level))
        # A relative path, from here; DVC writes it as one from there. It cannot write
        # other characters than ASCII, and the path of the project may have some.
        config["cache"]["dir"] = os.path.relpath(copy / "cache")
    shared = _cache_of(clone)
    for path in _whole_files(shared):
        link = copy / "cache" / path.relative_to(shared)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)


def keep_results(clone: Path, copy: Path) -> None:
    """Put what is new in a copy's cache into the clone's; these are folders `.dvc`.

    Each file comes whole, or not at all; that of a run, after what it names. It takes
    the place of one that is there: the same, or a damaged one.
    """
    own, shared = copy / "cache", _cache_of(clone)
    for path in sorted(_whole_files(own)):  # "files" before "runs"
        if not path.is_symlink():
            target = shared / path.relative_to(own)
            target.parent.mkdir(parents=True, exist_ok=True)
            part = Path(shutil.copy(path, shared / f"{uuid4()}.tmp"))
            part.replace(target)


def _cache_of(clone: Path) -> Path:
    """Return the folder of a clone's cache; the clone is its folder `.dvc`."""
    return Path(Config(str(clone))["cache"].get("dir") or clone / "cache").resolve()


def _whole_files(cache: Path) -> Iterator[Path]:
    """Return the files of a cache that are written to their end."""
    return (
        path for path in cache.rglob("*") if path.is_file() and path.suffix != ".tmp"
    )


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
