"""Check: are the results of the last commit those of its code? It runs nothing.

dvc.lock says what each stage read and wrote. The files and parameters of the commit
have to be those, and a stage has to have read what another one has written. What is in
DVC's cache alone is known by its hash: `make verify` makes it again.
"""

import sys
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

from experiments.revisions import (
    hashes,
    parameters_of,
    read_bytes,
    read_tree,
    resolve,
)
from nplm.errors import reported_on_one_line
from nplm.trees import flat


def problems(commit: str) -> Iterator[str]:
    """Yield what is not as dvc.lock says, a line each."""
    parameters = flat(read_tree(commit, "params.yaml"))
    stages = read_tree(commit, "dvc.yaml")["stages"]
    lock = read_tree(commit, "dvc.lock").get("stages", {})
    written = {
        path: found
        for stage in lock.values()
        for path, found in hashes(stage, "outs").items()
    }

    def hash_of(path: str) -> str | None:
        content = read_bytes(commit, path)
        if content is None and Path(path).is_file():  # a corpus that Git does not have
            content = Path(path).read_bytes()
        return None if content is None else md5(content).hexdigest()

    for name, stage in stages.items():
        if name not in lock:
            yield f"{name}: has not run"
            continue
        ran = lock[name]
        if ran["cmd"] != stage["cmd"]:
            yield f"{name}: ran as {ran['cmd']}"
        used = parameters_of(ran)
        for key in stage.get("params", ()):
            if key not in used or used[key] != parameters.get(key):
                then = used.get(key, "nothing")
                yield f"{name}: {key} is {parameters.get(key)}, and was {then}"
        read = hashes(ran, "deps")
        for dep in stage["deps"]:
            path = dep.replace("${corpus}", str(parameters["corpus"]))
            if path not in read:
                yield f"{name}: has not read {path}"
            elif read[path] != (written.get(path) or hash_of(path)):
                yield f"{name}: has read another {path}"
        for path, found in hashes(ran, "outs").items():
            if hash_of(path) not in (found, None):
                yield f"{name}: has written another {path}"


def main() -> None:
    commit = resolve("HEAD")
    found = list(problems(commit))
    if found:
        print(*found, sep="\n")
        sys.exit(
            f"error: {commit[:7]}: its results are not those of its code; make repro, "
            "and commit what it changes"
        )
    print(f"{commit[:7]}: its results are those of its code, by dvc.lock")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
