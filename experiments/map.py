"""Map: write to dvc.yaml what the code of each stage imports, and what it reads.

DVC follows no imports. So a stage lists each file of the project that its script
imports, directly or through another, and each key that its Parameters have.
"""

import ast
import importlib
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import BaseModel
from ruamel.yaml import YAML

from nplm.errors import reported_on_one_line
from stages.command import MAPS, ROOT

UNLISTED = {
    "dvc.yaml": "says which keys of params.yaml are read, and the others are refused",
    "report/dvc.yaml": "the same",
    "nplm/errors.py": "words the messages of what fails",
    "nplm/parameters.py": "takes values and their defaults, or refuses them",
    "nplm/loss_table.py": "prints what the metrics hold",
    "stages/command.py": "reads paths, and calls what words the messages",
}
"""Files that no stage lists, since none of them can change a result, and why.

Nor does any list the __init__.py of a package.
"""


@cache
def imported(path: Path) -> frozenset[Path]:
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
    return frozenset(files)


def keys_read(parameters: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the keys of params.yaml that a class of parameters reads."""
    for name, field in parameters.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys_read(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def mapped(text: str, up: str) -> str:
    """Return the text of a dvc.yaml with the code and the keys of each stage."""
    yaml = YAML()
    yaml.indent(sequence=4, offset=2)
    yaml.width = 1000  # a desc stays on its line
    tree = yaml.load(text)
    for name, stage in tree["stages"].items():
        files = imported(ROOT / "stages" / f"{name}.py")
        code = {path.relative_to(ROOT).as_posix() for path in files} - UNLISTED.keys()
        data = [dep for dep in stage["deps"] if not dep.endswith(".py")]
        stage["deps"] = data + [up + file for file in sorted(code)]
        module = importlib.import_module(f"stages.{name}")
        stage.pop("params", None)
        if hasattr(module, "Parameters"):
            keys = sorted(keys_read(module.Parameters))
            params = [{f"{up}params.yaml": keys}] if up else keys
            stage.insert(list(stage).index("deps") + 1, "params", params)
    written = io.StringIO()
    yaml.dump(tree, written)
    return written.getvalue()


def main() -> None:
    for name, up in MAPS.items():
        path = ROOT / name
        path.write_text(mapped(path.read_text("utf-8"), up), "utf-8")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
