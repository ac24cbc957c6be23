"""Revisions: which commit a name means, and which metrics belong to its parameters."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from experiments.revisions import free_name, keep, read_revision, resolve
from experiments.side_by_side import row, table
from nplm.errors import InputError

LOCK = """
stages:
  splits:
    params: {{params.yaml: {{context_size: {context}}}}}
    outs: [{{path: data/splits/ids.npz, md5: {ids}}}]
  train:
    deps: [{{path: data/splits/ids.npz, md5: {ids}}}]
    params: {{params.yaml: {{lr: {lr}}}}}
    outs: [{{path: data/model.pt, md5: {trained}}}]
  evaluate:
    deps: [{{path: data/model.pt, md5: {evaluated}}}]
    outs: [{{path: metrics/loss.json, md5: any}}]
"""
RAN = {
    "context": 3, "lr": 0.1, "ids": "of a list", "trained": "a", "evaluated": "a",
}  # fmt: skip


class Repository:
    """A Git repository, of which the project is the current folder."""

    def git(self, *arguments: str) -> str:
        """Return what git prints."""
        identity = ("-c", "user.name=A tester", "-c", "user.email=tester@example.org")
        command = ("git", *identity, *arguments)
        return subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self, loss: float, params: str, ran: Mapping[str, object]) -> str:
        """Commit a loss on dev, parameters, and what dvc.lock says of them."""
        Path("metrics").mkdir(exist_ok=True)
        Path("metrics/loss.json").write_text(json.dumps({"dev": loss}))
        Path("params.yaml").write_text(f"corpus: a.txt\nunit: character\n{params}")
        Path("dvc.lock").write_text(LOCK.format_map({**RAN, **ran}))
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A state")
        return self.git("rev-parse", "HEAD")

    def experiment(self, name: str, *state: object) -> str:
        """Return the commit of an experiment, which starts from the last commit."""
        base = self.git("rev-parse", "HEAD")
        commit = self.commit(*state)  # type: ignore[arg-type] # those of commit
        self.git("reset", "--quiet", "--hard", base)
        self.git("update-ref", f"refs/exps/{base[:2]}/{base[2:]}/{name}", commit)
        return commit


@pytest.fixture(params=["", "mono/course"])
def repository(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Repository:
    """Return a repository that is the project, and one that has it in a folder."""
    folder = tmp_path / request.param
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path)
    made = Repository()
    made.git("init", "--quiet", "--initial-branch=main")
    os.chdir(folder)
    made.commit(2.5, "lr: 0.1\ncontext_size: 3\n", {})
    return made


def test_a_name_means_one_commit_or_is_refused(repository: Repository) -> None:
    """An experiment is found beside branches; a branch of its name makes it two."""
    commit = repository.experiment("seed-1", 2.0, "lr: 0.2\n", {"lr": 0.2})
    assert resolve("seed-1") == commit
    assert resolve("HEAD") == resolve("main") == repository.git("rev-parse", "HEAD")
    repository.git("branch", "seed-1")
    with pytest.raises(InputError, match="REV=seed-1: 2 commits have this name; give"):
        resolve("seed-1")
    with pytest.raises(InputError, match=r"^REV=--all: no such commit, "):
        resolve("--all")


def test_what_is_kept_stays_and_a_taken_name_is_counted_on(
    repository: Repository,
) -> None:
    """By an experiment, a branch or a tag; the same again is not kept twice."""
    first = repository.experiment("seed-1", 2.0, "lr: 0.2\n", {"lr": 0.2})
    repository.git("tag", "seed-1-2")
    other = repository.experiment("elsewhere", 1.5, "lr: 0.3\n", {"lr": 0.3})
    assert free_name("seed-2") == "seed-2"
    assert keep(first, "seed-1") == "seed-1"
    assert keep(other, "seed-1") == "seed-1-3"
    assert keep(other, "seed-1") == "seed-1-3"
    assert (resolve("seed-1"), resolve("seed-1-3")) == (first, other)


@pytest.mark.parametrize(
    ("ran", "shown", "unused"),
    [
        ({"lr": 0.2}, True, ""),
        ({"lr": 0.2, "trained": "b"}, False, ""),  # evaluate has not run
        ({"lr": 0.1}, False, " (no stage ran with lr=0.2)"),
        ({"lr": 0.2, "context": 4}, False, " (no stage ran with context_size=3)"),
    ],
)
def test_a_loss_is_that_of_the_parameters_or_left_out(
    repository: Repository, ran: dict[str, object], shown: bool, unused: str
) -> None:
    """All stages before it have run with them; what no stage ran with is said."""
    params = "lr: 0.2\ncontext_size: 3\n"
    there = read_revision(repository.experiment("any", 2.0, params, ran))
    assert there.metrics == ({"loss": {"dev": 2.0}} if shown else {})
    base = read_revision(resolve("HEAD"))
    assert row("any", there, base).changes == f"lr=0.2{unused}"


def test_losses_on_other_sequences_stand_apart(repository: Repository) -> None:
    """Though they are lower; within a group the best on dev is the first."""
    params = "lr: 0.2\ncontext_size: 3\n"
    base = read_revision(resolve("HEAD"))
    rows = [row("(last commit)", base, base)]
    for name, loss, ids in (("text", 1.0, "b"), ("worse", 3.0, RAN["ids"])):
        commit = repository.experiment(name, loss, params, {"lr": 0.2, "ids": ids})
        rows.append(row(name, read_revision(commit), base))
    lines = "\n".join(table(rows[0], rows)).splitlines()
    assert lines[0] == "a.txt, nats per character"
    assert [line.split()[0] for line in lines[2:4]] == ["(last", "worse"]
    assert lines[5].endswith("on other sequences, not comparable with those above")
    assert lines[6].split() == ["text", "1.0000", "-", "-", "lr=0.2"]
