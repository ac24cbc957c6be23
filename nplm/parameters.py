"""Parameters: a file of them, in YAML, read into a typed class.

A class mirrors the file: it has a field for each key that its user reads, and a class
of its own for a group. So the keys that a user depends on are the fields of its class.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML

from nplm.errors import InputError, shortened

MAX_SEED = 2**63 - 1


class Frozen(BaseModel):
    """Parameters of one user. Types are strict: `300.0` and `yes` are no integers."""

    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)


P = TypeVar("P", bound=Frozen)


def read_parameters(parameters: type[P], path: Path) -> P:
    """Return the values that the class asks for, from the file at path.

    Raises InputError for a file that is no YAML, for a missing key, a wrong type or a
    value out of range. A validator's ValueError says what a value needs to be; one of a
    whole group begins with the key.
    """
    try:
        tree = YAML(typ="safe", pure=True).load(path.read_bytes())
    except OSError:
        raise
    except Exception as error:  # whatever a scalar's constructor raises
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise InputError(f"{where}: not valid YAML ({problem}); mend it") from error
    try:
        return parameters.model_validate(tree)
    except ValidationError as error:
        raise InputError(f"{path}: {_message(error.errors()[0])}") from error


def change_parameters(parameters: P, options: Mapping[str, str | None]) -> P:
    """Return parameters with the values that options of a command line give.

    An option is named like its key, with `-` for `_`. Its text is read as the value
    would be in the file; None leaves what parameters has. Raises InputError as
    read_parameters does, for the option.

    >>> class Sizes(Frozen):
    ...     height: int
    ...     width: int
    >>> change_parameters(Sizes(height=2, width=3), {"width": "5", "height": None})
    Sizes(height=2, width=5)
    """
    given = {key: _value(text) for key, text in options.items() if text is not None}
    try:
        return type(parameters).model_validate({**parameters.model_dump(), **given})
    except ValidationError as error:
        message = _message(error.errors()[0])
        key, _, rest = message.partition(":")
        raise InputError(f"--{key.replace('_', '-')}:{rest}") from error


def _value(text: str) -> object:
    """Return the value that text would be in the file, or text where it is no YAML."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except Exception:  # whatever a scalar's constructor raises
        return text


def read_number(name: str, text: str, low: int, high: int) -> int:
    """Return the whole number that text, an argument called name, is.

    Raises InputError for one that is none from low to high.

    >>> read_number("COUNT", "7", 1, 10)
    7
    """
    if text.isdecimal() and len(text) < 10 and low <= int(text) <= high:
        return int(text)
    raise InputError(
        f"{name}: {shortened(text)} needs to be a whole number from {low} to {high}"
    )


def _message(error: ErrorDetails) -> str:
    """Return key, value and remedy of one of pydantic's errors.

    Its texts are sentences such as `Input should be a valid integer`.
    """
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{key}: missing; add it"
    if error["type"] == "value_error":
        text = str(error["ctx"]["error"])
        if isinstance(error["input"], dict):  # a whole group: the text has the key
            return ".".join(filter(None, (key, text)))
        return f"{key}: {shortened(error['input'])} {text}"
    needed = error["msg"].partition(" should ")[2]
    if error["type"] == "model_type":
        needed = "be a group of keys with values"
    return f"{key or 'the file'}: {shortened(error['input'])} needs to {needed}"
