"""dvc.yaml is the map: each stage lists what its code imports and reads, exactly."""

import ast
import importlib
import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from nplm.report.comparison import flat
from tests.conftest import REPORT, ROOT, STAGES

MAP = STAGES | {"report": REPORT}
UNLISTED = {
    "nplm/errors.py": "words the messages of what fails",
    "nplm/parameters.py": "takes values as they are or refuses them",
    "nplm/loss_table.py": "prints what the metrics hold",
    "stages/command.py": "reads paths, and calls what words the messages",
}
"""Files that no stage lists, since none of them can change a result, and why."""


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


def keys_read(parameters: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the keys of params.yaml that a class of parameters reads."""
    for name, field in parameters.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys_read(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def test_every_stage_has_its_file_and_every_file_its_stage() -> None:
    """A new stage: stages/NAME.py, an entry in dvc.yaml, and this line is content."""
    files = {path.stem for path in (ROOT / "stages").glob("*.py")}
    assert files - {"__init__", "command"} == set(MAP)


@pytest.mark.parametrize("stage", MAP)
def test_the_map_says_what_the_code_of_a_stage_imports_and_reads(stage: str) -> None:
    """Files that it imports, and keys that its Parameters have; says what to touch."""
    code = {
        str(path.relative_to(ROOT))
        for path in imported(ROOT / "stages" / f"{stage}.py")
    }
    module = importlib.import_module(f"stages.{stage}")
    parameters = getattr(module, "Parameters", None)
    keys = set(keys_read(parameters)) if parameters else set()
    params_yaml = set(flat(YAML(typ="safe").load(ROOT / "params.yaml")))
    listed = {dep for dep in MAP[stage]["deps"] if dep.endswith(".py")}
    needed = code - UNLISTED.keys()
    read = set(MAP[stage].get("params", ()))
    to_do = {
        f"dvc.yaml, {stage}, deps: add": needed - listed,
        f"dvc.yaml, {stage}, deps: take out": listed - needed,
        f"dvc.yaml, {stage}, params: add": keys - read,
        f"dvc.yaml, {stage}, params: take out": read - keys,
        "params.yaml: add": keys - params_yaml,
    }
    assert {what: names for what, names in to_do.items() if names} == {}


def test_every_key_of_params_yaml_is_read_by_a_stage() -> None:
    """A key that no stage lists does nothing."""
    listed = {key for stage in MAP.values() for key in stage.get("params", ())}
    assert set(flat(YAML(typ="safe").load(ROOT / "params.yaml"))) == listed


@pytest.mark.parametrize("stage", MAP)
def test_the_files_of_a_command_are_the_deps_and_outputs_of_its_stage(
    stage: str,
) -> None:
    """Every path in dvc.yaml stands in the command, but for code and the corpus."""
    entry = MAP[stage]
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
    for stage in MAP.values():
        kinds = ("outs", "metrics", "plots")
        outputs = [paths(stage.get(kind, [])) for kind in kinds]
        for output in chain(*outputs):
            assert output not in written | paths(stage["deps"])
            written.add(output)


def test_no_parameter_stands_in_a_command() -> None:
    """A corpus named `my list; v2.txt` has to stay a name, not become shell code."""
    assert all("$" not in stage["cmd"] for stage in MAP.values())


@pytest.mark.parametrize("stage", MAP)
def test_every_stage_says_what_it_does(stage: str) -> None:
    """`dvc stage list` shows the desc."""
    assert MAP[stage]["desc"].endswith(".")
