"""dvc.yaml is the map: each stage lists what its code imports and reads, exactly."""

import re
import shlex
from collections.abc import Iterable
from itertools import chain
from typing import Any

import pytest
from ruamel.yaml import YAML

from experiments.map import mapped
from nplm.trees import flat
from stages.command import MAPS, known_keys
from tests.conftest import REPORT, ROOT, STAGES

MAP = STAGES | {"report": REPORT}


def paths(entries: list[Any]) -> set[str]:
    """Return the paths of DVC entries, which have options or have none."""
    return {entry if isinstance(entry, str) else next(iter(entry)) for entry in entries}


def outputs(stage: dict[str, Any]) -> list[set[str]]:
    """Return the paths that a stage writes, of each kind of DVC's."""
    return [paths(stage.get(kind, [])) for kind in ("outs", "metrics", "plots")]


def test_every_stage_has_its_file_and_every_file_its_stage() -> None:
    """A new stage: stages/NAME.py, an entry in dvc.yaml, and this test passes."""
    files = {path.stem for path in (ROOT / "stages").glob("*.py")}
    assert files - {"__init__", "command"} == set(MAP)


def test_the_lock_has_the_stages_of_the_map() -> None:
    """DVC leaves there what it knows of a stage that is gone."""
    assert YAML(typ="safe").load(ROOT / "dvc.lock")["stages"].keys() == STAGES.keys()


@pytest.mark.parametrize(("file", "up"), MAPS.items())
def test_the_map_says_what_the_code_of_each_stage_imports_and_reads(
    file: str, up: str
) -> None:
    """`make map` has written the files that it imports, and its Parameters' keys."""
    text = (ROOT / file).read_text("utf-8")
    assert mapped(text, up) == text, "run: make map"


def test_make_map_writes_what_is_missing_and_takes_out_what_is_not_used() -> None:
    """Code and keys alone: data and comments stay where they stand."""
    text = (ROOT / "dvc.yaml").read_text("utf-8")
    older = text.replace("      - nplm/losses.py\n", "      - nplm/older.py\n")
    older = older.replace("      - split_seed\n", "      - split.seed\n")
    older = re.sub(r"    params:\n( {6}.*\n)+", "", older, count=1)
    assert older != text
    assert mapped(older, "") == text


def test_the_keys_of_params_yaml_are_those_that_a_stage_reads() -> None:
    """Every stage refuses others."""
    listed = {key for stage in MAP.values() for key in stage.get("params", ())}
    assert set(flat(YAML(typ="safe").load(ROOT / "params.yaml"))) == listed
    assert known_keys() == listed


@pytest.mark.parametrize("stage", MAP)
def test_the_files_of_a_command_are_the_deps_and_outputs_of_its_stage(
    stage: str,
) -> None:
    """Every path in dvc.yaml stands in the command, but for code and the corpus.

    No parameter does: a corpus named `my list; v2.txt` has to stay a name.
    """
    entry = MAP[stage]
    listed = paths(entry["deps"]).union(*outputs(entry))
    data = {path for path in listed if not path.endswith(".py")} - {"${corpus}"}
    python, m, module, *arguments = shlex.split(entry["cmd"])
    assert [python, m, module] == ["python", "-m", f"stages.{stage}"]
    files = [word for word in arguments if not word.startswith("--")]
    assert sorted(files) == sorted(data)
    assert "$" not in entry["cmd"]
    assert entry["desc"].endswith(".")  # which `dvc stage list` shows


def test_a_file_has_one_stage_that_writes_it() -> None:
    """Data flows one way: no output twice, and none is read by its own stage."""
    written: set[str] = set()
    for stage in MAP.values():
        for output in chain(*outputs(stage)):
            assert output not in written | paths(stage["deps"])
            written.add(output)


FIRST = {
    "corpus unit column vocabulary": {"prepare"},
    "split split_seed": {"splits"},
    "context_size": {"splits"},
    "seed batch_size embedding_dim hidden network training": {"train", "lr_sweep"},
    "steps lr lr_decay ensemble.members": {"train"},
    "training.schedule training.warmup training.inverse_decay": {"train"},
    "training.processes": {"train"},
    "ensemble": {"evaluate", "sample"},
    "sample": {"sample"},
    "lr_sweep": {"lr_sweep"},
    "ngram": {"ngram"},
    "cache": {"cache"},
    "endings": {"endings"},
    "mixture": {"mixture"},
    "report": {"report"},
}
"""Keys of params.yaml or groups of them, and the stages that a change makes run first.

Of a key and its group, the key counts. That DVC follows the map is in test_pipeline.py.
"""


def after(first: Iterable[str]) -> set[str]:
    """Return stages, and those that read what they write, directly or not."""
    stages = set(first)
    written: set[str] = set()
    for stage, entry in MAP.items():  # in their order, which data follow
        if stage in stages or written & paths(entry["deps"]):
            stages.add(stage)
            written.update(*outputs(entry))
    return stages


def test_a_parameter_reruns_the_stages_that_depend_on_it_and_no_other() -> None:
    """For each key of params.yaml: the first ones of the table, and what follows."""
    table = {key: first for keys, first in FIRST.items() for key in keys.split()}
    for key in flat(YAML(typ="safe").load(ROOT / "params.yaml")):
        readers = [stage for stage in MAP if key in MAP[stage].get("params", ())]
        expected = table.get(key) or table[key.partition(".")[0]]
        assert after(readers) == after(expected), key
