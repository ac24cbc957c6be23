"""The pipeline, by real DVC, in a clone of the project on a small corpus."""

import hashlib
import json
import re
import shutil
from itertools import chain
from pathlib import Path

import pytest

from experiments.map import UNLISTED
from tests.conftest import ROOT, STAGES, Pipeline, set_params, stages_run
from tests.nplm.training.test_fused import PROCESSORS
from tests.test_map import after, outputs

pytestmark = pytest.mark.slow

PRODUCTS = {
    f"nplm/arithmetic/{name}.py" for name in ("compiled", "intrinsics", "multiply")
}
"""Imported where a product of float32 is computed, which the defaults do not need."""
SETTINGS = "nplm/arithmetic/processor.py"
"""Imported by the package of all stages; it changes what those with PyTorch compute."""


def hashes(pipeline: Pipeline) -> dict[str, str]:
    """Return the checksum of every output of every stage."""
    return {
        path: hashlib.sha256((pipeline.folder / path).read_bytes()).hexdigest()
        for stage in STAGES.values()
        for path in chain(*outputs(stage))
    }


def test_the_pipeline_runs_where_something_changed(pipeline: Pipeline) -> None:
    """From end to end by real DVC: nothing, then an experiment, then nothing again.

    `dvc exp run -S ngram.order=5`, `dvc metrics diff`; back at the old value, outputs
    come from the run cache with the bytes that they had.
    """
    assert pipeline.repro() == set()
    assert pipeline.run("git", "status", "--short") == ""
    before = hashes(pipeline)
    metrics = pipeline.folder / "metrics" / "ngram.json"
    old = json.loads(metrics.read_text())

    output = pipeline.run("dvc", "exp", "run", "--set-param", "ngram.order=5")
    assert stages_run(output) == after({"ngram"}) & STAGES.keys()
    diff = pipeline.run("git", "diff", "HEAD", "--numstat", "params.yaml")
    assert diff == "1\t1\tparams.yaml\n"
    new = json.loads(metrics.read_text())
    losses = json.loads(pipeline.run("dvc", "metrics", "diff", "--json"))
    changes = losses["metrics/ngram.json"]
    for split in ("dev", "test"):
        assert changes[split]["old"] == old[split]
        assert changes[split]["new"] == new[split] != old[split]

    set_params(pipeline.folder, ngram__order=7)
    assert pipeline.repro() == set()
    assert hashes(pipeline) == before


def test_what_reads_the_same_bytes_as_before_does_not_run(pipeline: Pipeline) -> None:
    """Other parameters, and a file name with blanks and shell signs, which is a name.

    A list as small as this exchanges too few endings for other scores.
    """
    data = pipeline.folder / "data"
    (data / "small.txt").rename(data / "my list; $(v2).txt")
    set_params(pipeline.folder, corpus="data/my list; $(v2).txt")
    assert pipeline.repro("splits") == {"prepare"}
    set_params(pipeline.folder, context_size=4)
    assert pipeline.repro("splits", "ngram", "endings") == {"splits"}
    set_params(pipeline.folder, context_size=3, endings__stem=4)
    assert pipeline.repro("mixture") == {"endings"}


def test_another_processor_gives_the_same_bytes_from_the_files_that_the_map_lists(
    pipeline: Pipeline,
) -> None:
    """Every stage runs again, and is seen from inside: what it reads and writes."""
    before = hashes(pipeline)
    log = pipeline.folder.parent / "opened.tsv"
    for bytecode in pipeline.folder.rglob("__pycache__"):
        shutil.rmtree(bytecode)
    pipeline.environment |= {
        **PROCESSORS["AVX2"],
        **PROCESSORS["two threads"],
        "PYTHONPATH": str(ROOT / "tests" / "audit"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENED_FILES": str(log),
    }
    assert pipeline.repro("--force") == set(STAGES)
    assert hashes(pipeline) == before
    assert pipeline.run("git", "status", "--short") == ""
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
        expected |= {(stage, "reads", name) for name in reads}
        expected |= {(stage, "writes", name) for name in chain(*outputs(entry))}
    late = {entry for entry in expected - opened if entry[2] in PRODUCTS}
    early = {entry for entry in opened - expected if entry[2] == SETTINGS}
    assert opened - early == expected - late
