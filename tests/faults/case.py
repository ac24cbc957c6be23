"""Case: a stage with files, the parameters in them, and what is right to write."""

import io
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from nplm.trees import flat
from tests.conftest import REPORT, STAGES, set_in

ALL: dict[str, dict[str, Any]] = STAGES | {"report": REPORT}


class Case(NamedTuple):
    """Files that a stage gets, and who says what is wrong with what it writes."""

    what: str
    stage: str
    files: dict[str, bytes]
    judge: Callable[[Path], str]
    welcome: bool = False
    """Whether it is wrong to refuse it."""


def finite(stage: str, folder: Path) -> str:
    """Judge the metrics of a stage: numbers, as JSON has them."""
    for path in (
        folder / Path(next(iter(m))).name for m in ALL[stage].get("metrics", [])
    ):
        if not all(map(math.isfinite, flat(json.loads(path.read_bytes())).values())):
            return f"{path.name} has numbers that are none"
    return ""


def same(stage: str, folder: Path, base: Path) -> str:
    """Judge what a stage wrote by what it writes without any fault."""
    kinds = (ALL[stage].get(kind, []) for kind in ("outs", "metrics", "plots"))
    paths = (e if isinstance(e, str) else next(iter(e)) for kind in kinds for e in kind)
    names = [Path(path).name for path in paths]
    different = (
        n for n in names if (folder / n).read_bytes() != (base / n).read_bytes()
    )
    return f"other bytes in {n}" if (n := next(different, "")) else ""


def reading(content: str | bytes) -> Any:
    """Return what YAML means, by the library that the project has; None if nothing."""
    try:
        return YAML(typ="safe", pure=True).load(content)
    except Exception:  # whatever a damaged text makes it raise
        return None


def with_values(text: str, settings: Mapping[str, Any]) -> bytes:
    """Return the parameters in text with other values, named as for set_in."""
    tree, file = reading(text), io.BytesIO()
    set_in(tree, **settings)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(tree, file)
    return file.getvalue()
