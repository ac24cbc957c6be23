"""Parameters: a file of them, in YAML, read into a typed class.

A class mirrors the file: it has a field for each key that its user reads, and a class
of its own for a group. So the keys that a user depends on are the fields of its class.

A key that is read under a switch alone says so beside its field:

    beta2: Annotated[float, Field(gt=0, lt=1), ReadWith({"optimizer": "adamw"}, 0.95)]

In the file it is null then, which means what suits, here 0.95; `taken` says which keys
were. Code sees a number whatever the switch is, and never None. A value that is set and
not read is refused, here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml import YAML

from nplm.errors import InputError, shortened

A_GROUP = "needs to be a group of keys with values"
MAX_SEED = 2**63 - 1
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


@dataclass(frozen=True)
class ReadWith:
    """Marks a key of a group that is read only while all switches have these values.

    switches are other keys of the group; the value None is null in the file. The
    default is what null stands for, in this key.
    """

    switches: Mapping[str, object]
    default: object

    def off(self, parameters: "Frozen") -> str | None:
        """Return the first switch that has another value, or None: the key is read."""
        wrong = (s for s, v in self.switches.items() if getattr(parameters, s) != v)
        return next(wrong, None)


class Frozen(BaseModel):
    """Parameters of one user. Types are strict: `300.0` and `yes` are no integers."""

    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def take_defaults(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Take the defaults of keys that are null; refuse what is set and not read."""
        if not isinstance(data, dict):
            return handler(data)
        rules = _rules(cls)
        null = {key for key in rules if data.get(key, ...) is None}
        self = handler(data | {key: rules[key].default for key in null})
        for key, rule in rules.items():
            switch = rule.off(self)
            if switch and key not in null:
                needed, value = _shown(rule.switches[switch]), getattr(self, switch)
                words = (
                    f"{key}: {getattr(self, key)} is read with ",
                    f"{switch}: {needed} alone; leave it empty with {_shown(value)}",
                )
                raise PydanticCustomError("unread", "needs a switch", {"words": words})
        self.model_fields_set.difference_update(null)
        return self


def one_of(names: Iterable[str]) -> AfterValidator:
    """Return what makes a field refuse every name but these, such as a table's keys."""
    known = tuple(names)

    def check(name: str) -> str:
        if name not in known:
            raise ValueError(f"needs to be {' or '.join(map(repr, known))}")
        return name

    return AfterValidator(check)


def _rules(parameters: type[Frozen]) -> dict[str, ReadWith]:
    return {
        key: rule
        for key, field in parameters.model_fields.items()
        for rule in field.metadata
        if isinstance(rule, ReadWith)
    }


def _shown(value: object) -> object:
    return "null" if value is None else value


def taken(parameters: Frozen) -> dict[str, object]:
    """Return the default, by key, of each key that is null in the file and is read.

    >>> from typing import Annotated
    >>> class Loop(Frozen):
    ...     optimizer: str
    ...     beta2: Annotated[float, ReadWith({"optimizer": "adamw"}, 0.95)]
    >>> taken(Loop(optimizer="adamw", beta2=None))
    {'beta2': 0.95}
    >>> taken(Loop(optimizer="sgd", beta2=None))
    {}
    """
    defaults = {
        key: rule.default
        for key, rule in _rules(type(parameters)).items()
        if key not in parameters.model_fields_set
        and rule.default is not None
        and not rule.off(parameters)
    }
    for group, values in parameters:
        if isinstance(values, Frozen):
            defaults |= {f"{group}.{key}": v for key, v in taken(values).items()}
    return defaults


P = TypeVar("P", bound=Frozen)


def read_parameters(
    parameters: type[P], path: Path, known: Collection[str] | None = None
) -> P:
    """Return the values that the class asks for, from the file at path.

    known are the keys that the file may have, of all who use it; without, any. Raises
    InputError for a file that is no YAML, for a key that is not known, a missing key, a
    wrong type or a value out of range. A validator's ValueError says what a value needs
    to be; one of a whole group begins with the key.
    """
    tree = read_yaml(path)
    try:
        if known is not None:
            _check_keys(tree, known)
        return parameters.model_validate(tree)
    except ValidationError as error:
        raise InputError(f"{path}: {_message(error.errors()[0])}") from error
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error


def _check_keys(tree: Any, known: Collection[str], group: str = "") -> None:
    """Raise ValueError for the first key that is not known, or a value for a group."""
    if not isinstance(tree, dict):
        raise ValueError(f"{group or 'the file'}: {shortened(tree)} {A_GROUP}")
    for key, value in tree.items():
        name = f"{group}.{key}" if group else f"{key}"
        if any(one.startswith(f"{name}.") for one in known):
            _check_keys(value, known, name)
        elif name not in known:
            nearest = max(sorted(known), key=lambda one: _likeness(name, one))
            raise ValueError(
                f"{shortened(name)[1:-1]}: {shortened(value)} is read by nothing; "
                f"the nearest key is {nearest}"
            )


def _likeness(name: str, key: str) -> float:
    """Return how alike two names are, 0 to 1, with their groups or without."""
    pairs = ((name, key), (name.rpartition(".")[2], key.rpartition(".")[2]))
    return max(SequenceMatcher(None, *pair).ratio() for pair in pairs)


def read_yaml(path: Path) -> Any:
    """Return what is at path; raises InputError for a file that is no YAML."""
    try:
        return YAML(typ="safe", pure=True).load(path.read_bytes())
    except OSError:
        raise
    except Exception as error:  # whatever a scalar's constructor raises
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise InputError(f"{where}: not valid YAML ({problem}); mend it") from error


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
    if error["type"] == "unread":
        group = f"{key}." if key else ""
        return "".join(f"{group}{words}" for words in error["ctx"]["words"])
    if error["type"] == "missing":
        return f"{key}: missing; add it"
    if error["type"] == "value_error":
        text = str(error["ctx"]["error"])
        if isinstance(error["input"], dict):  # a whole group: the text has the key
            return ".".join(filter(None, (key, text)))
        return f"{key}: {shortened(error['input'])} {text}"
    needs = f"needs to {error['msg'].partition(' should ')[2]}"
    if error["type"] == "model_type":
        needs = A_GROUP
    return f"{key or 'the file'}: {shortened(error['input'])} {needs}"
