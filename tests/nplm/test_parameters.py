"""A file of parameters, read into a class, and an error of one line for the rest."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, ValidationError, model_validator

from nplm.errors import InputError
from nplm.parameters import Frozen, read_number, read_parameters


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


GROUP = "group: {low: 1, high: 2}\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a file in the current folder, which is empty."""
    monkeypatch.chdir(tmp_path)
    return Path("params.yaml")


def refused(path: Path, content: str) -> str:
    """Return the message with which a file of this content is refused."""
    path.write_text(content, "utf-8")
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
        ("", "the file: None needs to be a group of keys with values"),
        ("- seed\n", "the file: ['seed'] needs to be a group of keys with values"),
        (GROUP, "seed: missing; add it"),
        ("seed: 1\n", "group: missing; add it"),
        ("seed: 1\ngroup: 3\n", "group: 3 needs to be a group of keys with values"),
        ("seed: 1\ngroup:\n", "group: None needs to be a group of keys with values"),
        ("seed: 1\ngroup: {low: 1}\n", "group.high: missing; add it"),
        (f"{GROUP}seed: 1.0\n", "seed: 1.0 needs to be a valid integer"),
        (f"{GROUP}seed: true\n", "seed: True needs to be a valid integer"),
        (f"{GROUP}seed: '1'\n", "seed: '1' needs to be a valid integer"),
        (f"{GROUP}seed: -1\n", "seed: -1 needs to be greater than or equal to 0"),
        ("seed: 1\ngroup: {low: .nan, high: 2}\n", "group.low: nan needs to be a fini"),
        ("seed: 1\ngroup: {low: 3, high: 2}\n", "group.high: 2.0 needs to be above 3"),
        (f"{GROUP}seed: 2024-01-01\n", "seed: datetime.date(2024, 1, 1) needs to be a"),
    ],
)
def test_a_value_that_the_class_does_not_take_is_refused(
    path: Path, content: str, message: str
) -> None:
    """The line names the file, the key, the value and what it needs to be."""
    assert refused(path, content).startswith(f"params.yaml: {message}")


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("seed: [1\n", "params.yaml:2: not valid YAML (expected "),
        ("seed: 1\nseed: 2\n", "params.yaml:2: not valid YAML (found duplicate key "),
        ("seed: 1\n\tgroup: 2\n", "params.yaml:2: not valid YAML ("),
        ("a: &b 1\nc: *d\n", "params.yaml:2: not valid YAML (found undefined alias"),
        ("a: !!python/none 1\n", "params.yaml"),
        ("zz: !!int ''\n", "params.yaml: not valid YAML ("),
        ("zz: !!int 'x'\n", "params.yaml: not valid YAML ("),
        ("zz: !!float ''\n", "params.yaml: not valid YAML ("),
        ("zz: !!bool 'x'\n", "params.yaml: not valid YAML ("),
        ("zz: !!timestamp 'x'\n", "params.yaml:1: not valid YAML ("),
        ("zz: !!binary 'é'\n", "params.yaml:1: not valid YAML ("),
        ("a: \x00\n", "params.yaml: not valid YAML ("),
        ("seed: " + "9" * 5000, "params.yaml: not valid YAML ("),
        ("seed: " + "[" * 5000, "params.yaml: not valid YAML ("),
    ],
)
def test_what_is_no_yaml_is_refused(path: Path, content: str, where: str) -> None:
    """The line names the file, the line in it where there is one, and the problem."""
    message = refused(path, content)
    assert message.startswith(where)
    assert " ()" not in message


def test_an_overlong_number_is_refused(path: Path) -> None:
    """Python writes no more than 4,300 digits."""
    message = refused(path, f"{GROUP}seed: -0x{'f' * 5000}\n")
    assert message.startswith("params.yaml: seed: an overlong int needs to be greater")


def test_a_file_that_is_not_text_is_refused(path: Path) -> None:
    """Bytes that are not UTF-8, such as a picture's."""
    for content in (b"seed: \xe9\n", b"\x89PNG\r\n\x1a\n", b"\xff\xfes"):
        path.write_bytes(content)
        with pytest.raises(
            InputError, match=r"^params.yaml.*: not valid YAML"
        ) as error:
            read_parameters(Parameters, path)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["0", "11", "-1", "1.0", "", "x", "²", "9" * 5000])
def test_a_number_of_the_command_line_is_checked(text: str) -> None:
    """The line names the argument, and the limits."""
    with pytest.raises(InputError) as error:
        read_number("COUNT", text, 1, 10)
    assert str(error.value).startswith("COUNT: '")
    assert str(error.value).endswith(" needs to be a whole number from 1 to 10")
    assert len(str(error.value)) < 100
    assert read_number("COUNT", "1", 1, 10) == 1
    assert read_number("COUNT", "10", 1, 10) == 10
