"""The pipeline, by real DVC, in a clone of the project on a small corpus."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.conftest import ROOT, STAGES, Pipeline, set_params, stages_run
from tests.nplm.training.test_fused import PROCESSORS
from tests.test_map import UNLISTED, paths
from tests.test_reruns import ALL, FROM_NGRAM, RERUNS


def losses(pipeline: Pipeline) -> dict[str, float]:
    """Return what ngram wrote."""
    content = (pipeline.folder / "metrics" / "ngram.json").read_text()
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


def test_the_pipeline_runs_where_something_changed(pipeline: Pipeline) -> None:
    """From end to end by real DVC: nothing, then an experiment, then nothing again.

    `dvc exp run -S ngram.order=5`, `dvc metrics diff`, `dvc params diff`; back at the
    old value, outputs come from the run cache with the bytes that they had.
    """
    assert pipeline.repro() == set()
    assert pipeline.run("git", "status", "--short") == ""
    before, old = hashes(pipeline), losses(pipeline)

    output = pipeline.run("dvc", "exp", "run", "--set-param", "ngram.order=5")
    assert stages_run(output) == FROM_NGRAM
    assert hashes(pipeline) != before
    new = losses(pipeline)
    diff = json.loads(pipeline.run("dvc", "metrics", "diff", "--json"))
    changes = diff["metrics/ngram.json"]
    for split in ("dev", "test"):
        assert changes[split]["old"] == old[split]
        assert changes[split]["new"] == new[split] != old[split]
    diff = json.loads(pipeline.run("dvc", "params", "diff", "--json"))
    assert diff == {"params.yaml": {"ngram.order": {"old": 7, "new": 5, "diff": -2}}}

    set_params(pipeline.folder, ngram__order=7)
    assert pipeline.repro() == set()
    assert hashes(pipeline) == before


@pytest.mark.slow
@pytest.mark.parametrize(("values", "expected"), RERUNS)
def test_parameters_rerun_the_stages_that_depend_on_them(
    pipeline: Pipeline, values: dict[str, Any], expected: set[str]
) -> None:
    """No stage more, no stage less, by real DVC.

    A list as small as this exchanges too few endings for other scores: what reads them
    does not run.
    """
    if "training__device" in values and not torch.cuda.is_available():
        pytest.skip("there is no NVIDIA GPU here")
    set_params(pipeline.folder, **values)
    assert pipeline.repro() == ({"endings"} if "endings__stem" in values else expected)


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("loi\nde la\n", "error: data/small.txt:2: 'de la' has ' '"),
        (
            "loi\nlois\n",
            "error: data/sequences.txt: too few lines (2) to fill train, dev and test",
        ),
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


@pytest.mark.slow
def test_a_corpus_with_blanks_and_shell_signs_in_its_name_is_a_name(
    pipeline: Pipeline,
) -> None:
    """`my list; v2.txt` reaches the stage as one path."""
    folder = pipeline.folder
    (folder / "data" / "small.txt").rename(folder / "data" / "my list; $(v2).txt")
    set_params(folder, corpus="data/my list; $(v2).txt")
    assert "prepare" in pipeline.repro()
    (folder / "data" / "my list; $(v2).txt").unlink()


@pytest.mark.slow
def test_the_stages_open_exactly_the_files_that_the_map_lists(
    pipeline: Pipeline,
) -> None:
    """Seen from inside: what each process reads and writes below the project."""
    log = pipeline.folder.parent / "opened.tsv"
    for folder in ("stages", "nplm"):
        for bytecode in (pipeline.folder / folder).rglob("__pycache__"):
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
            if name not in UNLISTED and not name.endswith("__init__.py"):
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
