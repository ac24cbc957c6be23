"""Verify: run the last commit in a new clone, without any cache, and compare.

What Git has of the results (dvc.lock, metrics, plots) has to come out byte for byte.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from experiments.copies import git
from experiments.repro import time_stages
from experiments.revisions import hashes, read_bytes, read_tree, resolve
from experiments.runs import check_corpus
from nplm.errors import reported_on_one_line
from nplm.trees import flat

RESULTS = ("dvc.lock", "metrics", "plots")


def cloned(folder: str, corpus: str) -> Path:
    """Return the project in a new clone of the repository, in a folder.

    A corpus that Git does not have is copied. Raises InputError where it is not there.
    """
    where = git("rev-parse", "--show-toplevel", "--show-prefix").decode()
    top, prefix, *_ = where.split("\n")
    git("clone", "--quiet", "--depth=1", f"file://{top}", folder)
    project = Path(folder) / prefix
    if not (project / corpus).exists():
        check_corpus(corpus)
        (project / corpus).write_bytes(Path(corpus).read_bytes())
    return project


def differences(path: str, old: bytes, new: bytes) -> Iterator[str]:
    """Yield what is not the same in a file of results, a line each."""
    if path.endswith(".json"):
        before, after = (flat(YAML(typ="safe").load(text)) for text in (old, new))
        for key in sorted(before | after):
            if before.get(key) != after.get(key):
                yield f"{path}: {key} was {before.get(key)}, is {after.get(key)}"
    elif path == "dvc.lock":
        before, after = (YAML(typ="safe").load(text)["stages"] for text in (old, new))
        for stage in after:
            was = hashes(before.get(stage, {}), "outs")
            for name, found in hashes(after[stage], "outs").items():
                if was.get(name) != found:
                    yield f"{path}: {stage} has written another {name}"
    else:
        lines = zip(old.splitlines(), new.splitlines(), strict=False)
        changed = sum(before != after for before, after in lines)
        yield f"{path}: {changed} lines differ, and {len(new) - len(old)} bytes more"


def main() -> None:
    commit = resolve("HEAD")
    if git("status", "--porcelain", "--untracked-files=no", "."):
        print("What is not committed is left out", file=sys.stderr)
    corpus = str(read_tree(commit, "params.yaml")["corpus"])
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        project = cloned(f"{folder}/project", corpus)
        time_stages(project, "--force")
        changed = git("-C", str(project), "diff", "--name-only", "--relative", "HEAD")
        for path in changed.decode().splitlines():
            new = (project / path).read_bytes()
            found += differences(path, read_bytes(commit, path) or b"", new)
        names = git("-C", str(project), "ls-files", *RESULTS).decode().splitlines()
    if found:
        print(*found, sep="\n")
        sys.exit(f"error: {commit[:7]}: its results do not come out here")
    print(f"{commit[:7]}: {len(names)} files of results come out, byte for byte")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
