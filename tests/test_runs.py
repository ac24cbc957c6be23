"""Runs: what a copy of the project needs besides what Git has."""

import subprocess
from pathlib import Path

import pytest

from experiments.runs import copy_options
from nplm.errors import InputError
from tests.conftest import Pipeline, set_params


@pytest.mark.parametrize(
    ("corpus", "copied"),
    [
        ("data/in_git.txt", None),
        ("data/ignored.txt", "data/ignored.txt"),
        ("data/[new] *.txt", "data/[new] *.txt"),
        ("data/lists/deep/new.txt", "data/lists"),
        ("new.txt", "new.txt"),
    ],
)
def test_a_corpus_that_git_does_not_have_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: str, copied: str | None
) -> None:
    """By its name, or by the outermost folder that Git does not have either."""
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    Path("data/lists/deep").mkdir(parents=True)
    Path(".gitignore").write_text("ignored.txt\n")
    Path("data/in_git.txt").touch()
    subprocess.run(["git", "add", "--all"], check=True)
    Path(corpus).touch()
    assert copy_options(corpus) == (["--copy-paths", copied] if copied else [])
    assert copy_options(str(tmp_path / corpus)) == []


def test_a_corpus_that_is_not_there_is_one_line() -> None:
    """Before anything runs."""
    with pytest.raises(InputError, match=r"^no/list\.txt: the corpus is not there; .*"):
        copy_options("no/list.txt")


@pytest.mark.slow
def test_runs_in_a_folder_with_an_accent_need_a_cache_elsewhere(tmp_path: Path) -> None:
    """Without one they stop at once with a line, and do with one what it promises.

    The corpus is one that Git does not have.
    """
    clone = Pipeline(tmp_path / "Été 2026")
    clone.shrink()
    (clone.folder / "lists").mkdir()
    (clone.folder / "data" / "small.txt").rename(clone.folder / "lists" / "mine.txt")
    set_params(clone.folder, corpus="lists/mine.txt")
    seeds = ("python", "-m", "experiments.seeds", "2")
    *_, line = clone.run(*seeds, fails=True).splitlines()
    assert line.startswith(f"error: {clone.folder}/.dvc/cache: DVC cannot run copies")
    assert line.endswith("dvc cache dir --local FOLDER")
    clone.run("dvc", "cache", "dir", "--local", str(tmp_path / "cache"))
    assert "std. deviation" in clone.run(*seeds)
