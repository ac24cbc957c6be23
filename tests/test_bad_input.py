"""Bad input of a stage as a whole: its arguments, params.yaml, another stage's files.

What a file may hold is in the tests of the module that reads it.
"""

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import save_vocabulary
from nplm.endings.scores import save_endings
from nplm.models.model_file import save_members
from nplm.scores import Scores, save_scores
from tests.conftest import ARGUMENTS, STAGES, set_params
from tests.inputs import new_network, save_small_split, save_words

VOCABULARY = [".", "a", "b"]
READS = {
    stage: names
    for stage, entry in STAGES.items()
    if (names := [Path(dep).name for dep in entry["deps"] if dep.startswith("data/")])
}
"""The files of each stage that has some, without the corpus, which params.yaml names.
"""


@pytest.fixture
def files(folder: Path) -> list[str]:
    """Return the names of one right file of each kind that a stage reads."""
    (folder / "sequences.txt").write_text("".join(f"{word}\n" for word in "abab"))
    save_vocabulary(VOCABULARY, folder / "vocab.json")
    for split in SPLITS:
        save_small_split(folder / f"{split}.pt")
    save_members([new_network(3, 3, 2, 4)], VOCABULARY, folder / "model.pt")
    save_words({s: ["ab", "b"] for s in SPLITS}, VOCABULARY, folder / "ids.npz")
    scores = dict.fromkeys(SPLITS, Scores(np.full(5, -1.0)))
    for model in ("network", "ngram", "cache"):
        save_scores(scores, folder / f"{model}.npz")
    save_endings({}, folder / "endings.npz")
    return sorted({name for names in READS.values() for name in names})


def assert_refused(error: object, start: str) -> None:
    """Fail unless error is one line that begins so."""
    assert str(error).startswith(f"error: {start}")
    assert "\n" not in str(error)


@pytest.mark.parametrize("stage", READS)
def test_what_is_no_file_of_that_kind_is_refused(
    files: list[str], run_stage: Callable[..., object], stage: str
) -> None:
    """Another stage's, of another program, a folder, missing: the line names it."""
    before = set(Path().iterdir())
    for name in READS[stage]:
        other = next(file for file in files if Path(file).suffix != Path(name).suffix)
        arguments = [other if word == name else word for word in ARGUMENTS[stage]]
        assert_refused(run_stage(stage, *arguments), f"{other}: ")
        path = Path(name)
        content = path.read_bytes() if path.exists() else None
        path.write_bytes(b"PK\x03\x04")
        assert_refused(run_stage(stage, *ARGUMENTS[stage]), f"{name}: ")
        path.unlink()
        missing = f"{name}: No such file or directory; check the path"
        assert run_stage(stage, *ARGUMENTS[stage]) == f"error: {missing}"
        path.mkdir()
        is_folder = f"{name}: Is a directory; check the path"
        assert run_stage(stage, *ARGUMENTS[stage]) == f"error: {is_folder}"
        path.rmdir()
        if content is not None:
            path.write_bytes(content)
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_says_what_it_needs(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
    stage: str,
) -> None:
    """--help begins with its docstring; a missing params.yaml is one line."""
    assert run_stage(stage, "--help") == 0
    text = capsys.readouterr().out
    doc = inspect.getdoc(import_module(f"stages.{stage}")) or ""
    assert doc.partition("\n")[0] in " ".join(text.split())
    assert all(word in text for word in ARGUMENTS[stage] if word.startswith("--"))
    (folder / "params.yaml").unlink()
    missing = "params.yaml: No such file or directory; check the path"
    assert run_stage(stage, *ARGUMENTS[stage]) == f"error: {missing}"
    (folder / "params.yaml").write_text("training: {droput: 0.5}\n")
    assert_refused(
        run_stage(stage, *ARGUMENTS[stage]),
        "params.yaml: training.droput: 0.5 is read by nothing; the nearest key is "
        "training.dropout (`make defaults` takes back what a failed",
    )


def test_folders_of_files_to_write_are_made(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """Somebody who deletes metrics/ gets it back."""
    (folder / "list.txt").write_text("loi\n")
    set_params(folder, corpus="list.txt")
    deeper = [w if w.startswith("--") else f"new/{w}/{w}" for w in ARGUMENTS["prepare"]]
    assert run_stage("prepare", *deeper) is None
    assert all(Path(name).is_file() for name in deeper[1::2])
