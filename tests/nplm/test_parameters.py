"""A file of parameters, read into a class, and an error of one line for the rest."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML

from nplm.errors import InputError, shortened
from nplm.parameters import Frozen, ReadWith, read_number, read_parameters, taken


class Group(Frozen):
    """A group with a rule for its two keys together."""

    low: float
    high: Annotated[float, Field(le=9)]

    @model_validator(mode="after")
    def check_order(self) -> "Group":
        """Refuse limits in the wrong order."""
        if self.low > self.high:
            raise ValueError(f"high: {self.high} needs to be above {self.low}")
        return self


class Parameters(Frozen):
    """A key and a group."""

    seed: Annotated[int, Field(ge=0)]
    group: Group


class Switched(Frozen):
    """Keys that are read under switches alone."""

    kind: str
    share: Annotated[float, Field(le=1), ReadWith({"kind": "new"}, 0.5)]
    weight: float | None
    counts: Annotated[int | None, ReadWith({"weight": None}, None)]
    positions: Annotated[int, ReadWith({"weight": None, "counts": None}, 9)]


class Whole(Frozen):
    """A group of them."""

    group: Switched


OFF = {"kind": "old", "share": None, "weight": 0.5, "counts": None, "positions": None}
GROUP = "group: {low: 1, high: 2}\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a file in the current folder, which is empty."""
    monkeypatch.chdir(tmp_path)
    return Path("params.yaml")


def refused(path: Path, content: str | bytes) -> str:
    """Return the message with which a file of this content is refused."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as error:
        read_parameters(Parameters, path)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 200
    return message


def test_a_class_gets_its_keys_and_no_others(path: Path) -> None:
    """`1` and `1e-3` serve as decimal numbers; keys of other users do not matter."""
    path.write_text("seed: 3\ngroup: {low: 1e-3, high: 1, more: x}\nother: [é]\n")
    parameters = read_parameters(Parameters, path)
    assert parameters == Parameters(seed=3, group=Group(low=0.001, high=1.0))
    with pytest.raises(ValidationError, match="frozen"):
        parameters.seed = 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- seed\n", "the file: ['seed'] needs to be a group of keys with values"),
        ("seed: 1\n", "group: missing; add it"),
        ("seed: 1\ngroup: {low: 1}\n", "group.high: missing; add it"),
        (f"{GROUP}seed: 1.0\n", "seed: 1.0 needs to be a valid integer"),
        (f"{GROUP}seed: true\n", "seed: True needs to be a valid integer"),
        (f"{GROUP}seed: -1\n", "seed: -1 needs to be greater than or equal to 0"),
        ("seed: 1\ngroup: {low: .nan, high: 2}\n", "group.low: nan needs to be a fini"),
        ("seed: 1\ngroup: {low: 3, high: 2}\n", "group.high: 2.0 needs to be above 3"),
    ],
)
def test_a_value_that_the_class_does_not_take_is_refused(
    path: Path, content: str, message: str
) -> None:
    """The line names the file, the key, the value and what it needs to be."""
    assert refused(path, content).startswith(f"params.yaml: {message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("sede: 1", "sede: 1 is read by nothing; the nearest key is seed"),
        (
            "group: {hgih: 2}",
            "group.hgih: 2 is read by nothing; the nearest key is gro",
        ),
        ("high: 2", "high: 2 is read by nothing; the nearest key is group.high"),
        ("group:", "group: None needs to be a group of keys with values"),
        ("[seed]", "the file: ['seed'] needs to be a group of keys with values"),
        ("x: &x {y: *x}", "x: {'y': {...}} is read by nothing; the nearest key is "),
        ('"a\\nb": 1', r"a\nb: 1 is read by nothing; the nearest key is "),
    ],
)
def test_a_key_that_nobody_knows_is_refused(
    path: Path, content: str, message: str
) -> None:
    """With the nearest name, where the reader says which keys the file may have."""
    path.write_text(content)
    with pytest.raises(InputError) as error:
        read_parameters(Parameters, path, ("seed", "group.low", "group.high", "other"))
    assert str(error.value).startswith(f"params.yaml: {message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "numbers", "defaults"),
    [
        ({}, (0.5, 9), {}),
        ({"kind": "new"}, (0.5, 9), {"group.share": 0.5}),
        ({"weight": None}, (0.5, 9), {"group.positions": 9}),
        ({"weight": None, "positions": 2}, (0.5, 2), {}),
        ({"weight": None, "counts": 4}, (0.5, 9), {}),
    ],
)
def test_a_key_that_is_null_means_what_suits(
    changes: dict[str, object],
    numbers: tuple[float, int],
    defaults: dict[str, object],
) -> None:
    """Code sees a number; `taken` has it where a switch makes the key one to read."""
    whole = Whole.model_validate({"group": OFF | changes})
    assert (whole.group.share, whole.group.positions) == numbers
    assert taken(whole) == defaults


@pytest.mark.parametrize(
    ("changes", "message", "switch"),
    [
        ("share: 0.7", "share: 0.7 is read with group.kind: new", "old"),
        ("counts: 4", "counts: 4 is read with group.weight: null", "0.5"),
        (
            "weight: , counts: 4, positions: 9",
            "positions: 9 is read with group.counts: null",
            "4",
        ),
    ],
)
def test_a_value_that_is_set_and_not_read_is_refused(
    path: Path, changes: str, message: str, switch: str
) -> None:
    """The line names the key, the value, what reads it, and the remedy."""
    values = OFF | YAML(typ="safe").load(f"{{{changes}}}")
    YAML().dump({"group": values}, path)
    with pytest.raises(InputError) as error:
        read_parameters(Whole, path)
    remedy = f"leave it empty with {switch}"
    assert str(error.value) == f"params.yaml: group.{message} alone; {remedy}"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("seed: [1\n", "params.yaml:2: not valid YAML (expected "),
        ("seed: 1\nseed: 2\n", "params.yaml:2: not valid YAML (found duplicate key "),
        ("zz: !!int ''\n", "params.yaml: not valid YAML ("),
        ("seed: " + "9" * 5000, "params.yaml: not valid YAML ("),
        ("seed: " + "[" * 5000, "params.yaml: not valid YAML ("),
        (b"seed: \xe9\n", "params.yaml: not valid YAML ("),
    ],
)
def test_what_is_no_yaml_is_refused(
    path: Path, content: str | bytes, where: str
) -> None:
    """The line names the file, the line in it where there is one, and the problem."""
    message = refused(path, content)
    assert message.startswith(where)
    assert " ()" not in message


@pytest.mark.parametrize("text", ["0", "11", "-1", "1.0", "", "²", "9" * 5000])
def test_a_number_of_the_command_line_is_checked(text: str) -> None:
    """The line names the argument, and the limits."""
    with pytest.raises(InputError) as error:
        read_number("COUNT", text, 1, 10)
    assert str(error.value) == (
        f"COUNT: {shortened(text)} needs to be a whole number from 1 to 10"
    )
    assert read_number("COUNT", "1", 1, 10) == 1
    assert read_number("COUNT", "10", 1, 10) == 10
