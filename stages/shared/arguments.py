"""Arguments: the files of a stage as options of its command line."""

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
