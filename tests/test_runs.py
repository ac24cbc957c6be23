"""Runs: what a copy of the project needs besides what Git has."""

from pathlib import Path

import pytest

from experiments.copies import Job, Watch, pack, run_copy
from experiments.runs import Changes, corpora_to_copy
from nplm.errors import InputError
from tests.conftest import Pipeline, set_params


def test_a_corpus_inside_the_project_is_copied(folder: Path) -> None:
    """Each once; one elsewhere is read where it is, but for runs on other machines."""
    outside = str(folder.parent / "outside.txt")
    for path in ("mine.txt", "[new] *.txt", outside):
        Path(path).touch()
    set_params(folder, corpus="mine.txt")
    runs: list[Changes] = [{}, {"corpus": "[new] *.txt"}, {"corpus": "mine.txt"}]
    assert corpora_to_copy(runs, elsewhere=True) == ["[new] *.txt", "mine.txt"]
    assert corpora_to_copy([{"corpus": outside}], elsewhere=False) == []
    for path, elsewhere in ((outside, True), ("../outside.txt", False)):
        with pytest.raises(InputError, match="outside the project, and runs get copie"):
            corpora_to_copy([{"corpus": path}], elsewhere=elsewhere)


@pytest.mark.usefixtures("folder")
def test_a_corpus_that_is_not_there_is_one_line() -> None:
    """Before anything runs."""
    with pytest.raises(InputError, match=r"^no/list\.txt: the corpus is not there; .*"):
        corpora_to_copy([{"corpus": "no/list.txt"}], elsewhere=False)


@pytest.mark.slow
def test_runs_in_a_folder_with_an_accent(tmp_path: Path) -> None:
    """Where DVC's own copies fail. The corpus is one that Git does not have."""
    clone = Pipeline(tmp_path / "Été 2026")
    clone.shrink()
    (clone.folder / "lists").mkdir()
    (clone.folder / "data" / "small.txt").rename(clone.folder / "lists" / "mine.txt")
    set_params(clone.folder, corpus="lists/mine.txt")
    seeds = ("python", "-m", "experiments.seeds", "2")
    assert "std. deviation" in clone.run(*seeds)
    assert (clone.folder / ".dvc" / "cache" / "runs").exists()


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
    job = Job("watched", ["-S", "steps=50000000"], ["train"])
    copy = pack(["data/small.txt"])
    outcome = run_copy(copy, job, Path("runs"), push=False, watch=watch)
    assert outcome.experiment == b""
    assert rows
    assert rows[0][0] == 250_000
    assert 0 < rows[0][1] < 10
    assert list(Path("runs").iterdir()) == []
