"""The pipeline, by real DVC, in a clone of the project on a small corpus."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT, STAGES, Pipeline, set_params, stages_run
from tests.test_fused_sgd import PROCESSORS
from tests.test_map import flat_keys, paths

ALL = {
    "prepare", "splits", "train", "evaluate", "sample", "lr_sweep", "ngram", "mixture",
    "distinct",
}  # fmt: skip
FROM_SPLITS = ALL - {"prepare"}
FROM_TRAIN = {"train", "evaluate", "sample", "mixture", "distinct"}
FROM_NETWORK = FROM_TRAIN | {"lr_sweep"}
FROM_NGRAM = {"ngram", "mixture", "distinct"}
RERUNS: list[tuple[dict[str, Any], set[str]]] = [
    ({"corpus": "data/smaller.txt"}, ALL),
    ({"split_seed": 43}, FROM_SPLITS),
    ({"context_size": 4}, FROM_SPLITS - {"ngram"}),
    ({"seed": 1}, FROM_NETWORK),
    ({"hidden": 9}, FROM_NETWORK),
    ({"embedding_dim": 3, "batch_size": 16, "engine": "autograd"}, FROM_NETWORK),
    ({"layers": 2, "activation": "gelu", "direct": True}, FROM_NETWORK),
    ({"init": "scaled", "optimizer": "adamw", "weight_decay": 0.1}, FROM_NETWORK),
    ({"dropout": 0.5, "context_dropout": 0.5}, FROM_NETWORK),
    ({"steps": 41, "lr": 0.1, "lr_decay": 0.5}, FROM_TRAIN),
    ({"schedule": "inverse", "warmup": 0.1, "members": 2}, FROM_TRAIN),
    ({"averaged_contexts": 2, "calibration": 1.2}, FROM_TRAIN - {"train"}),
    (
        {"sample__count": 5, "sample__temperature": 0.8, "sample__max_length": 10},
        {"sample"},
    ),
    (
        {
            "lr_sweep__steps": 20,
            "lr_sweep__min_exponent": -2,
            "lr_sweep__max_exponent": -1,
        },
        {"lr_sweep"},
    ),
    ({"ngram__order": 5}, FROM_NGRAM),
    (
        {
            "ngram__discount_1": 0.7,
            "ngram__discount_2": 1.15,
            "ngram__discount_3": 1.15,
        },
        FROM_NGRAM,
    ),
]
"""Parameters, other values of them, and the stages that depend on each of them.

That each does, and not one of those beside it alone, is in test_map.py.
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Return a clone whose pipeline has run, with the results committed."""
    clone = Pipeline(tmp_path_factory.mktemp("clone"))
    clone.shrink()
    assert clone.repro() == ALL
    clone.commit()
    return clone


def losses(pipeline: Pipeline) -> dict[str, float]:
    """Return what evaluate wrote."""
    content = (pipeline.folder / "metrics" / "loss.json").read_text()
    result: dict[str, float] = json.loads(content)
    return result


def hashes(pipeline: Pipeline) -> dict[str, str]:
    """Return the checksum of every output of every stage."""
    outputs = [
        path
        for stage in STAGES.values()
        for kind in ("outs", "metrics", "plots")
        for path in paths(stage.get(kind, []))
    ]
    return {
        path: hashlib.sha256((pipeline.folder / path).read_bytes()).hexdigest()
        for path in outputs
    }


def test_a_second_repro_runs_nothing(pipeline: Pipeline) -> None:
    """And the work tree is clean, and DVC says that all is up to date."""
    assert pipeline.repro() == set()
    assert pipeline.run("git", "status", "--short") == ""
    assert "up to date" in pipeline.run("dvc", "status", "dvc.yaml")


@pytest.mark.parametrize(("values", "expected"), RERUNS)
def test_parameters_rerun_the_stages_that_depend_on_them(
    pipeline: Pipeline, values: dict[str, Any], expected: set[str]
) -> None:
    """No stage more, no stage less."""
    set_params(pipeline.folder, **values)
    assert pipeline.repro() == expected


def test_the_table_above_has_every_parameter() -> None:
    """Each key of params.yaml, once."""
    keys = [name.replace("__", ".") for values, _ in RERUNS for name in values]
    tree = YAML(typ="safe").load(ROOT / "params.yaml")
    assert sorted(keys) == sorted(flat_keys(tree))


def test_earlier_values_come_back_from_the_run_cache(pipeline: Pipeline) -> None:
    """No stage runs again, and every output has the bytes that it had."""
    before = hashes(pipeline)
    set_params(pipeline.folder, hidden=12)
    assert "train" in pipeline.repro()
    assert hashes(pipeline) != before
    set_params(pipeline.folder, hidden=8)
    assert pipeline.repro() == set()
    assert hashes(pipeline) == before


@pytest.mark.parametrize(
    "processor", [{}, PROCESSORS["AVX2"] | PROCESSORS["two threads"]]
)
def test_a_forced_repro_gives_the_same_bytes(
    pipeline: Pipeline, processor: dict[str, str]
) -> None:
    """Every stage runs again, on this processor and as on another one."""
    before = hashes(pipeline)
    kept = pipeline.environment
    pipeline.environment = kept | processor
    assert pipeline.repro("--force") == ALL
    pipeline.environment = kept
    assert hashes(pipeline) == before
    assert pipeline.run("git", "status", "--short") == ""


def test_an_experiment_shows_old_and_new_losses(pipeline: Pipeline) -> None:
    """`dvc exp run -S hidden=11`, then `dvc metrics diff` and `dvc params diff`."""
    old = losses(pipeline)
    output = pipeline.run("dvc", "exp", "run", "--set-param", "hidden=11")
    assert stages_run(output) == FROM_NETWORK
    new = losses(pipeline)
    diff = json.loads(pipeline.run("dvc", "metrics", "diff", "--json"))
    changes = diff["metrics/loss.json"]
    for split in ("train", "dev", "test"):
        assert changes[split]["old"] == old[split]
        assert changes[split]["new"] == new[split] != old[split]
    diff = json.loads(pipeline.run("dvc", "params", "diff", "--json"))
    assert diff == {"params.yaml": {"hidden": {"old": 8, "new": 11, "diff": 3}}}


@pytest.mark.parametrize("how", ["--temp", "--queue"])
def test_an_experiment_outside_the_workspace_leaves_it_alone(
    pipeline: Pipeline, how: str, civil_path: Path
) -> None:
    """The notebook's list too, which Git does not have, and DVC's cache does."""
    get = ("python", "data/get_civil_mots.py", "--from", str(civil_path))
    pipeline.run(*get)
    pipeline.run("dvc", "commit", "--quiet", "--force", "data/civil_mots.txt.dvc")
    name = f"civil-{how.strip('-')}"
    change = ("--set-param", "corpus=data/civil_mots.txt", "--name", name)
    pipeline.run("dvc", "exp", "run", how, *change)
    if how == "--queue":
        pipeline.run("dvc", "exp", "run", "--run-all")
    assert pipeline.run("git", "status", "--short") == ""
    diff = json.loads(pipeline.run("dvc", "metrics", "diff", "HEAD", name, "--json"))
    corpus = diff["metrics/corpus.json"]
    assert corpus["words"]["new"] == 7223
    assert corpus["symbols"]["new"] == 41
    assert corpus["examples"]["new"] == 67652


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("loi\nde la\n", "error: data/small.txt:2: 'de la' has ' '"),
        ("loi\nlois\n", "error: data/words.txt: 2 words leave dev or test empty"),
    ],
)
def test_a_failed_run_loses_nothing(
    pipeline: Pipeline, words: str, message: str
) -> None:
    """`git checkout HEAD .` and `dvc checkout` bring back what was there."""
    before = hashes(pipeline)
    (pipeline.folder / "data" / "small.txt").write_text(words)
    output = pipeline.run("dvc", "repro", fails=True)
    assert message in output
    assert "Traceback" not in output
    pipeline.restore()
    assert hashes(pipeline) == before
    assert pipeline.run("git", "status", "--short") == ""
    assert pipeline.repro() == set()


def test_a_corpus_with_blanks_and_shell_signs_in_its_name_is_a_name(
    pipeline: Pipeline,
) -> None:
    """`my list; v2.txt` reaches the stage as one path."""
    folder = pipeline.folder
    (folder / "data" / "small.txt").rename(folder / "data" / "my list; $(v2).txt")
    set_params(folder, corpus="data/my list; $(v2).txt")
    assert "prepare" in pipeline.repro()
    (folder / "data" / "my list; $(v2).txt").unlink()


def test_the_stages_open_exactly_the_files_that_the_map_lists(
    pipeline: Pipeline,
) -> None:
    """Seen from inside: what each process reads and writes below the project."""
    log = pipeline.folder.parent / "opened.tsv"
    for bytecode in (pipeline.folder / "stages").rglob("__pycache__"):
        shutil.rmtree(bytecode)
    kept = pipeline.environment
    pipeline.environment = kept | {
        "PYTHONPATH": str(ROOT / "tests" / "audit"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NUMBA_CACHE_DIR": str(pipeline.folder.parent / "compiled"),
        "OPENED_FILES": str(log),
    }
    pipeline.repro("--force")
    pipeline.environment = kept
    opened: set[tuple[str, str, str]] = set()
    for line in log.read_text().splitlines():
        stage, mode, path = line.split("\t")
        if Path(path).is_relative_to(pipeline.folder) and "__pycache__" not in path:
            name = str(Path(path).relative_to(pipeline.folder))
            opened.add((stage.removeprefix("stages."), mode, name))

    expected: set[tuple[str, str, str]] = set()
    for stage, entry in STAGES.items():
        reads = {re.sub(r"^\$.*", "data/small.txt", dep) for dep in entry["deps"]}
        if "params" in entry:
            reads.add("params.yaml")
        writes = (paths(entry.get(kind, [])) for kind in ("outs", "metrics", "plots"))
        expected |= {(stage, "reads", name) for name in reads}
        expected |= {(stage, "writes", name) for name in set().union(*writes)}
    assert opened == expected
