"""Parameters: what a stage reads from params.yaml, with type and range checked.

A stage declares what it reads as a frozen dataclass of `parameter` fields; the
same keys stand under `params` in dvc.yaml.
"""

import dataclasses
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.shared.errors import InputError, shortened

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

P = TypeVar("P", bound="DataclassInstance")

PARAMS_FILE = Path("params.yaml")
MAX_SEED = 2**63 - 1
NOT_IN_A_LINE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line ends, and halves of a character."""


def parameter(
    key: str, minimum: float = 0, maximum: float = 0, choices: Iterable[str] = ()
) -> Any:
    """Return a dataclass field for the value at key.

    A dot in key leads into a group (`sample.count`). The field's type is the value's:
    an int or a float from minimum to maximum, a bool, or a str: one of choices where
    there are any, else a line that is not empty. An int serves as a float, nothing
    else is converted.
    """
    return dataclasses.field(
        metadata={
            "key": key,
            "minimum": minimum,
            "maximum": maximum,
            "choices": tuple(choices),
        }
    )


def load_parameters(parameters: type[P]) -> P:
    """Return the values of params.yaml that the class asks for.

    Raises InputError for a missing key, a wrong type or a value out of range.
    """
    tree = _read()
    values = {
        field.name: _checked(tree, field) for field in dataclasses.fields(parameters)
    }
    return parameters(**values)


def _read() -> object:
    try:
        return YAML(typ="safe", pure=True).load(PARAMS_FILE.read_bytes())
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{PARAMS_FILE}:{mark.line + 1}" if mark else f"{PARAMS_FILE}"
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise InputError(f"{where}: not valid YAML ({problem}); mend it") from error


def _checked(tree: object, field: "dataclasses.Field[Any]") -> Any:
    key = field.metadata["key"]
    minimum, maximum = field.metadata["minimum"], field.metadata["maximum"]
    value: Any = tree
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            raise InputError(f"{PARAMS_FILE}: {key}: missing; add it")
        value = value[part]

    if field.type is str:
        choices = field.metadata["choices"]
        if choices and value not in choices:
            raise _refused(key, value, f"needs to be {' or '.join(choices)}")
        if not isinstance(value, str) or not value or NOT_IN_A_LINE.search(value):
            raise _refused(key, value, "needs to be a text of one line, such as a path")
        return value
    if field.type is bool:
        if not isinstance(value, bool):
            raise _refused(key, value, "needs to be true or false")
        return value
    types = int if field.type is int else (int, float)
    is_number = isinstance(value, types) and not isinstance(value, bool)
    if not is_number or not minimum <= value <= maximum:
        kind = "a whole number" if field.type is int else "a number"
        raise _refused(key, value, f"needs to be {kind} from {minimum} to {maximum}")
    return int(value) if field.type is int else float(value)


def _refused(key: str, value: object, wanted: str) -> InputError:
    return InputError(f"{PARAMS_FILE}: {key}: {shortened(value)} {wanted}")
