"""Revisions: what a commit or an experiment has measured, and with which parameters.

DVC and Git take a branch or a tag of a name before an experiment, and a commit may have
metrics that other parameters than its own gave: after a run of some stages alone, or
where params.yaml was edited while a stage ran. dvc.lock says what was run.
"""

import subprocess
from collections.abc import Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from experiments.copies import git
from nplm.errors import InputError
from nplm.trees import flat

IDS = "data/splits/ids.npz"
"""The sequences of all splits, and their vocabulary."""
MODEL = "data/model.pt"
TIES = 3
"""Commits that an error names."""


class Experiment(NamedTuple):
    """An experiment of DVC's."""

    name: str
    commit: str
    baseline: str
    """The commit that it started from."""


class Revision(NamedTuple):
    """What a commit has."""

    parameters: dict[str, Any]
    """A dot between group and key."""
    metrics: dict[str, dict[str, float]]
    """Those that stages gave with these parameters, by the stem of their file's name.

    A dot stands between a group of metrics and a key in it.
    """
    unused: dict[str, Any]
    """Those parameters that every stage ran with another value of."""
    sequences: str
    """The hash of IDS: losses are comparable where it is the same."""
    model: str
    """The hash of MODEL."""


def experiments() -> Iterator[Experiment]:
    """Yield all experiments, of whatever commit."""
    refs = git("for-each-ref", "--format=%(objectname) %(refname)", "refs/exps/*/*/*")
    for line in refs.decode().splitlines():
        commit, _, ref = line.partition(" ")
        *_, start, rest, name = ref.split("/")
        yield Experiment(name, commit, start + rest)


def resolve(revision: str) -> str:
    """Return the commit that a revision of Git's or the name of an experiment means.

    Raises InputError where there is none, or more than one.
    """
    named = [one for one in experiments() if one.name == revision]
    here = [one for one in named if one.baseline == _commit("HEAD")]
    found = {one.commit for one in here or named} | {_commit(revision)} - {""}
    if len(found) == 1:
        return found.pop()
    if found:
        commits = ", ".join(commit[:7] for commit in sorted(found)[:TIES])
        raise InputError(
            f"REV={revision}: {len(found)} commits have this name; give one: {commits}"
        )
    raise InputError(
        f"REV={revision}: no such commit, branch or experiment; "
        "make experiments lists the experiments"
    )


def _commit(revision: str) -> str:
    """Return the commit of a revision of Git's; an empty text where there is none."""
    parse = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    try:
        return git(*parse, f"{revision}^{{commit}}", quiet=True).decode().strip()
    except subprocess.CalledProcessError:
        return ""


def read_revision(commit: str) -> Revision:
    """Return what a commit has; an old one may lack some or all of it."""
    stages: dict[str, Any] = read_tree(commit, "dvc.lock").get("stages", {})
    parameters = flat(read_tree(commit, "params.yaml"))
    ran: dict[str, list[Any]] = {}
    written: dict[str, str] = {}
    for stage in stages.values():
        written |= hashes(stage, "outs")
        for key, value in parameters_of(stage).items():
            ran.setdefault(key, []).append(value)
    return Revision(
        parameters=parameters,
        metrics={
            Path(path).stem: flat(read_tree(commit, path))
            for name, stage in stages.items()
            if _is_current(name, stages, parameters)
            for path in hashes(stage, "outs")
            if path.startswith("metrics/")
        },
        unused={
            key: value
            for key, value in parameters.items()
            if key in ran and value not in ran[key]
        },
        sequences=written.get(IDS, ""),
        model=written.get(MODEL, ""),
    )


def parameters_of(stage: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that a stage ran with, by dvc.lock."""
    values: dict[str, Any] = stage.get("params", {}).get("params.yaml", {})
    return values


def hashes(stage: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Return the hashes of the deps or outs of a stage, by path, in dvc.lock."""
    return {entry["path"]: entry["md5"] for entry in stage.get(kind, ())}


def _is_current(
    name: str, stages: Mapping[str, Any], parameters: Mapping[str, Any]
) -> bool:
    """Return whether a stage, and those before it, have run with these parameters."""
    read = hashes(stages[name], "deps")
    return all(
        parameters.get(key, value) == value
        for key, value in parameters_of(stages[name]).items()
    ) and all(
        read[path] == md5 and _is_current(producer, stages, parameters)
        for producer, stage in stages.items()
        for path, md5 in hashes(stage, "outs").items()
        if path in read
    )


def read_bytes(commit: str, path: str) -> bytes | None:
    """Return what a file of a commit has, or None where it is not there.

    The path is one in the project, which may be a folder of its repository.
    """
    try:
        return git("show", f"{commit}:./{path}", quiet=True)
    except subprocess.CalledProcessError:
        return None


def read_tree(commit: str, path: str) -> dict[str, Any]:
    """Return the tree that a file of a commit has; an empty one without the file."""
    text = read_bytes(commit, path)
    tree: dict[str, Any] = YAML(typ="safe").load(text or b"{}")  # JSON is YAML
    return tree


def free_name(name: str) -> str:
    """Return a name for a new experiment: this one, or with a number where it is taken.

    What has a name keeps it: an experiment, a branch or a tag.
    """
    taken = {one.name for one in experiments()}
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(one for one in names if one not in taken and not _commit(one))


def keep(commit: str, name: str) -> str:
    """Make a commit of a run an experiment; return the name that it got.

    Where it is the experiment of that name again, there is nothing to keep.
    """
    tree = _commit_tree(commit)
    for one in experiments():
        known = one.name == name or one.name.startswith(f"{name}-")
        if known and _commit_tree(one.commit) == tree:
            return one.name
    baseline = _commit(f"{commit}^")
    free = free_name(name)
    git("update-ref", f"refs/exps/{baseline[:2]}/{baseline[2:]}/{free}", commit)
    return free


def _commit_tree(commit: str) -> str:
    return git("rev-parse", f"{commit}^{{tree}}").decode().strip()
