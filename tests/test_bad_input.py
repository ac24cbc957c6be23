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
from nplm.corpus.vocabulary import encode, save_vocabulary
from nplm.models.model_file import save_members
from nplm.scores import save_scores
from tests.conftest import ARGUMENTS, STAGES, set_params
from tests.inputs import new_network, save_small_split, scores_of

VOCABULARY = [".", "a", "b"]
READS = [
    (stage, Path(path).name)
    for stage, entry in STAGES.items()
    for path in entry["deps"]
    if path.startswith("data/")
]
"""Each stage with each of its files, but for the corpus, which params.yaml names."""


@pytest.fixture
def files(folder: Path) -> list[str]:
    """Return the names of one right file of each kind that a stage reads."""
    (folder / "sequences.txt").write_text("".join(f"{word}\n" for word in "abab"))
    save_vocabulary(VOCABULARY, folder / "vocab.json")
    for split in SPLITS:
        save_small_split(folder / f"{split}.pt")
    save_members([new_network(3, 3, 2, 4)], VOCABULARY, folder / "model.pt")
    ids_N = encode(["ab", "b"], VOCABULARY)
    scores = dict.fromkeys(SPLITS, scores_of(ids_N, np.full(len(ids_N), -1.0)))
    for model in ("network", "ngram"):
        save_scores(model, VOCABULARY, scores, folder / f"{model}.npz")
    return sorted({name for _, name in READS})


def assert_refused(error: object, start: str) -> None:
    """Fail unless error is one line that begins so."""
    assert str(error).startswith(f"error: {start}")
    assert "\n" not in str(error)


@pytest.mark.parametrize(("stage", "name"), READS)
def test_the_file_of_another_stage_is_refused(
    files: list[str], run_stage: Callable[..., object], stage: str, name: str
) -> None:
    """Whichever of the others is given, the line names it, and nothing is written."""
    before = set(Path().iterdir())
    for other in files:
        if other != name:
            arguments = [other if word == name else word for word in ARGUMENTS[stage]]
            assert_refused(run_stage(stage, *arguments), f"{other}: ")
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize(("stage", "name"), READS)
@pytest.mark.usefixtures("files")
def test_what_is_no_file_of_ours_is_refused(
    run_stage: Callable[..., object], stage: str, name: str
) -> None:
    """Empty, of another program, a folder, missing: the line names it."""
    path = Path(name)
    for content in (b"", b"not ours", b"\xff\xfe", b"PK\x03\x04"):
        path.write_bytes(content)
        assert_refused(run_stage(stage, *ARGUMENTS[stage]), f"{name}: ")
    path.unlink()
    missing = f"{name}: No such file or directory; check the path"
    assert run_stage(stage, *ARGUMENTS[stage]) == f"error: {missing}"
    path.mkdir()
    folder = f"{name}: Is a directory; check the path"
    assert run_stage(stage, *ARGUMENTS[stage]) == f"error: {folder}"


@pytest.mark.parametrize("stage", ["evaluate", "sample"])
@pytest.mark.parametrize(
    ("vocabulary", "context_size"), [([*VOCABULARY, "c"], 3), (VOCABULARY, 2)]
)
@pytest.mark.usefixtures("files")
def test_a_split_of_another_model_is_refused(
    run_stage: Callable[..., object],
    stage: str,
    vocabulary: list[str],
    context_size: int,
) -> None:
    """A symbol more or a position fewer than in the split: ids mean something else."""
    network = new_network(len(vocabulary), context_size, 2, 4)
    save_members([network], vocabulary, Path("model.pt"))
    error = run_stage(stage, *ARGUMENTS[stage])
    assert_refused(error, "train.pt: not the vocabulary or the context_size of the")


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_needs_params_yaml(
    folder: Path, run_stage: Callable[..., object], stage: str
) -> None:
    """Missing, it is named; empty, what it needs is; broken, the line in it."""
    params = folder / "params.yaml"
    params.write_text("a: 1\na: 2\n")
    assert_refused(run_stage(stage, *ARGUMENTS[stage]), "params.yaml:2: not valid YAML")
    params.write_text("")
    assert_refused(run_stage(stage, *ARGUMENTS[stage]), "params.yaml: ")
    params.unlink()
    missing = "params.yaml: No such file or directory; check the path"
    assert run_stage(stage, *ARGUMENTS[stage]) == f"error: {missing}"


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_says_what_its_command_line_takes(
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
) -> None:
    """--help begins with its docstring; a wrong or missing option gets the usage."""
    monkeypatch.setenv("COLUMNS", "80")
    assert run_stage(stage, "--help") == 0
    text = capsys.readouterr().out
    doc = inspect.getdoc(import_module(f"stages.{stage}")) or ""
    assert doc.partition("\n")[0] in " ".join(text.split())
    assert all(option in text for option in ARGUMENTS[stage][::2])

    for arguments in (ARGUMENTS[stage][2:], [*ARGUMENTS[stage], "--more"]):
        assert run_stage(stage, *arguments) == 2
        usage, *_, message = capsys.readouterr().err.splitlines()
        assert usage.startswith(f"usage: {stage} ")
        assert ARGUMENTS[stage][0] in message or "--more" in message


def test_folders_of_files_to_write_are_made(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """Somebody who deletes metrics/ gets it back."""
    (folder / "list.txt").write_text("loi\n")
    set_params(folder, corpus="list.txt")
    deeper = [w if w.startswith("--") else f"new/{w}/{w}" for w in ARGUMENTS["prepare"]]
    assert run_stage("prepare", *deeper) is None
    assert all(Path(name).is_file() for name in deeper[1::2])
