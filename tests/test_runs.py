"""Runs: what a copy needs besides what Git has, and where runs happen."""

import socket
import sys
from pathlib import Path

import pytest

from experiments import cluster
from experiments.copies import Changes, Copy, Job, Watch, pack, run_copy
from experiments.runs import corpora_to_copy
from nplm.errors import InputError
from tests.conftest import Pipeline, set_params

NOTHING = Copy(b"", "")


def test_a_corpus_inside_the_project_is_copied(folder: Path) -> None:
    """Each once; one elsewhere is read where it is, but for runs on other machines."""
    outside = str(folder.parent / "outside.txt")
    for path in ("mine.txt", "[new] *.txt", outside):
        Path(path).touch()
    set_params(folder, corpus="mine.txt")
    runs: list[Changes] = [{}, {"corpus": "[new] *.txt"}, {"corpus": "mine.txt"}]
    assert corpora_to_copy(runs, elsewhere=True) == ["[new] *.txt", "mine.txt"]
    assert corpora_to_copy([{"corpus": outside}], elsewhere=False) == []
    for path, elsewhere, problem in (
        (outside, True, "outside the project, and runs get copies"),
        ("../outside.txt", False, "outside the project, and runs get copies"),
        ("no/list.txt", False, "not there; give another, or get it"),
    ):
        with pytest.raises(InputError, match=f"^{path}: the corpus is {problem}"):
            corpora_to_copy([{"corpus": path}], elsewhere=elsewhere)


def test_a_scheduler_that_cannot_be_used_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No Dask, nobody, another program, no address; without Dask, runs here go on.

    A Client of Dask's waits for ever for another program to answer.
    """
    monkeypatch.setattr(cluster, "PORT_TIMEOUT", 0.5)
    monkeypatch.setattr(cluster, "TIMEOUT", 0.5)

    def refusal(address: str) -> str:
        with pytest.raises(InputError) as error:
            cluster.workplace(address, NOTHING, lambda *_: None).__enter__()
        return str(error.value)

    nobody = "tcp://127.0.0.1:9"
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "distributed", None)
        remedy = "Dask is not installed; make cluster installs it"
        assert refusal(nobody) == f"SCHEDULER={nobody}: {remedy}"
        with cluster.workplace("", NOTHING, lambda *_: None) as here:
            assert here.slots() >= 1
    pytest.importorskip("distributed")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        other = f"127.0.0.1:{silent.getsockname()[1]}"
        for address in (nobody, other, "no address", "http://x:1", "127.0.0.1:99999"):
            problem = f"SCHEDULER={address}: no Dask scheduler answers there; start one"
            assert refusal(address).startswith(problem)


@pytest.mark.slow
def test_runs_in_a_folder_with_an_accent(ran: Pipeline, tmp_path: Path) -> None:
    """Where DVC's own copies fail. The corpus is one that Git does not have."""
    clone = ran.copy(tmp_path / "Été 2026")
    (clone.folder / "lists").mkdir()
    (clone.folder / "data" / "small.txt").rename(clone.folder / "lists" / "mine.txt")
    set_params(clone.folder, corpus="lists/mine.txt")
    seeds = ("python", "-m", "experiments.seeds", "2")
    assert "std. deviation" in clone.run(*seeds)


@pytest.mark.slow
def test_a_run_that_is_watched_can_be_ended(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it trains: after a row of the new loss curve, and not of the old one."""
    monkeypatch.chdir(pipeline.folder)
    for key, value in pipeline.environment.items():
        monkeypatch.setenv(key, value)
    rows: list[tuple[int, float]] = []
    watch = Watch(lambda *row: rows.append(row), lambda: bool(rows))
    job = Job("watched", {"steps": 10_000_000}, ["train"])
    copy = pack(["data/small.txt"])
    outcome = run_copy(copy, job, Path("runs"), push=False, watch=watch)
    assert outcome.experiment == b""
    assert rows
    assert rows[0][0] == 50_000
    assert 0 < rows[0][1] < 10
    assert list(Path("runs").iterdir()) == []
