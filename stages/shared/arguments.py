"""Arguments: what a command line says: the files of a stage, and numbers."""

import argparse
from pathlib import Path


def file_arguments(doc: str | None, **files: str) -> argparse.ArgumentParser:
    """Return a parser with a required option for each of files, name to help text.

    Its description is the first line of doc, the stage's docstring.
    """
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    add_files(parser, required=True, **files)
    return parser


def add_files(parser: argparse.ArgumentParser, *, required: bool, **files: str) -> None:
    """Add an option for each of files, name to help text; `_` is written `-`."""
    for name, help_text in files.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(
            option, type=Path, required=required, metavar="FILE", help=help_text
        )


def whole_number(text: str, low: int, high: int) -> int | None:
    """Return the number that text is, or None if it is none from low to high.

    >>> whole_number("7", 1, 10), whole_number("0", 1, 10), whole_number("1.5", 1, 10)
    (7, None, None)
    """
    if text.isdecimal() and len(text) < 10 and low <= int(text) <= high:
        return int(text)
    return None
