"""dvc.yaml is the map: each stage lists what its code imports and reads, exactly."""

import ast
import dataclasses
import importlib
import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT, STAGES


def imported(path: Path) -> set[Path]:
    """Return path and the project's files that it imports, directly or not."""
    files = {path}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [node.module, *modules]
        for name in names:
            file = ROOT / f"{name.replace('.', '/')}.py"
            if file.exists() and file not in files:
                files |= imported(file)
    return files


def paths(entries: list[Any]) -> set[str]:
    """Return the paths of DVC entries, which have options or have none."""
    return {entry if isinstance(entry, str) else next(iter(entry)) for entry in entries}


def flat_keys(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the keys of a tree of parameters, a dot between group and key."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat_keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_lists_the_files_that_it_imports(stage: str) -> None:
    """DVC does not follow imports, so a missing one is a rerun that is not made."""
    listed = {dep for dep in STAGES[stage]["deps"] if dep.endswith(".py")}
    expected = imported(ROOT / "stages" / f"{stage}.py")
    assert listed == {str(path.relative_to(ROOT)) for path in expected}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_lists_the_parameters_that_it_reads(stage: str) -> None:
    """They are the fields of its Parameters."""
    module = importlib.import_module(f"stages.{stage}")
    parameters = getattr(module, "Parameters", None)
    fields = dataclasses.fields(parameters) if parameters else ()
    expected = {field.metadata["key"] for field in fields}
    assert set(STAGES[stage].get("params", ())) == expected


def test_every_key_of_params_yaml_is_read_and_every_key_read_is_there() -> None:
    """A key that no stage lists does nothing; a listed one that is missing fails."""
    listed = {key for stage in STAGES.values() for key in stage.get("params", ())}
    assert set(flat_keys(YAML(typ="safe").load(ROOT / "params.yaml"))) == listed


@pytest.mark.parametrize("stage", STAGES)
def test_the_files_of_a_command_are_the_deps_and_outputs_of_its_stage(
    stage: str,
) -> None:
    """Every path in dvc.yaml stands in the command, but for code and the corpus."""
    entry = STAGES[stage]
    listed = set().union(
        *(paths(entry.get(kind, [])) for kind in ("deps", "outs", "metrics", "plots"))
    )
    data = {path for path in listed if not path.endswith(".py")} - {"${corpus}"}
    python, m, module, *arguments = shlex.split(entry["cmd"])
    assert [python, m, module] == ["python", "-m", f"stages.{stage}"]
    assert set(arguments[1::2]) == data
    assert all(option.startswith("--") for option in arguments[::2])


def test_a_file_has_one_stage_that_writes_it() -> None:
    """Data flows one way: no output twice, and none is read by its own stage."""
    written: set[str] = set()
    for stage in STAGES.values():
        kinds = ("outs", "metrics", "plots")
        outputs = [paths(stage.get(kind, [])) for kind in kinds]
        for output in chain(*outputs):
            assert output not in written | paths(stage["deps"])
            written.add(output)


def test_no_parameter_stands_in_a_command() -> None:
    """A corpus named `my list; v2.txt` has to stay a name, not become shell code."""
    assert all("$" not in stage["cmd"] for stage in STAGES.values())


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_says_what_it_does(stage: str) -> None:
    """`dvc stage list` shows the desc."""
    assert STAGES[stage]["desc"].endswith(".")
