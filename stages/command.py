"""Command: what every stage does around its work: arguments, parameters, errors."""

import argparse
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from nplm.errors import InputError, reported_on_one_line
from nplm.parameters import Frozen, read_parameters, read_yaml, taken

PARAMS_FILE = Path("params.yaml")
ROOT = Path(__file__).parent.parent
MAPS = {"dvc.yaml": "", "report/dvc.yaml": "../"}
"""The files of stages, and the way from their folder to that of the project."""
REMEDY = "`make defaults` takes back what a failed `dvc exp run -S` has left"

P = TypeVar("P", bound=Frozen)


def read_files(
    doc: str | None,
    *,
    reads: Mapping[str, str],
    writes: Mapping[str, str],
    reads_some: Mapping[str, str] | None = None,
) -> argparse.Namespace:
    """Return the paths that the command line gives, one for each name, as attributes.

    reads and writes map a name, which is an option with `_` written `-`, to what the
    file holds; a name of reads_some has a list of files. Folders of files to write are
    made where they are missing. The help text begins with the first line of doc, the
    stage's docstring.
    """
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    for verb, count, files in (
        ("read", None, reads),
        ("read", "+", reads_some or {}),
        ("write", None, writes),
    ):
        for name, content in files.items():
            option = f"--{name.replace('_', '-')}"
            text = f"{verb} {content} here"
            parser.add_argument(
                option, type=Path, required=True, nargs=count, metavar="FILE", help=text
            )
    arguments = parser.parse_args()
    for name in writes:
        getattr(arguments, name).parent.mkdir(parents=True, exist_ok=True)
    return arguments


def load_parameters(parameters: type[P]) -> P:
    """Return the values of params.yaml that the class asks for.

    Prints what null stands for, where it does. Raises InputError for a key that no
    stage reads, a missing key, a wrong type, a value out of range or one that is not
    read.
    """
    values = read_parameters(parameters, PARAMS_FILE, known_keys())
    defaults = ", ".join(f"{key} {value}" for key, value in taken(values).items())
    if defaults:
        print(f"taken: {defaults}")
    return values


@cache
def known_keys() -> frozenset[str]:
    """Return the keys of params.yaml that a stage of the maps reads."""
    keys: set[str] = set()
    for name, up in MAPS.items():
        for stage in read_yaml(ROOT / name)["stages"].values():
            for entry in stage.get("params", ()):
                if isinstance(entry, str):
                    keys.add(entry)
                else:
                    keys.update(entry.get(f"{up}{PARAMS_FILE}", ()))
    return frozenset(keys)


def run(main: Callable[[], None]) -> None:
    """Run a stage; bad input ends it with one line and exit status 1.

    DVC leaves a value in params.yaml that has failed with `-S`, and so would every run
    after it: the line says what takes it back.
    """
    with reported_on_one_line():
        try:
            main()
        except InputError as error:
            if not str(error).startswith(f"{PARAMS_FILE}:"):
                raise
            raise InputError(f"{error} ({REMEDY})") from error
