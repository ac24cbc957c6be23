"""Comparison: what the report takes from DVC and Git, in a file of its own.

A stage is a function of its files, so what is in another revision has to be in one.
"""

from hashlib import md5
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from nplm.errors import InputError
from nplm.parameters import Frozen


class Stage(Frozen):
    """A stage of the pipeline, and the files that it reads and writes."""

    name: str
    reads: list[str]
    writes: list[str]


class Comparison(Frozen):
    """A revision to compare with, and the pipeline here."""

    revision: str
    metrics: dict[str, dict[str, float]]
    """Of the revision, by the name of their file without folder and ending.

    A dot stands between a group of metrics and a key in it.
    """
    parameters: dict[str, Any]
    """Of the revision, a dot between group and key."""
    sequences: str
    """The MD5 hash, in hexadecimal, of the revision's file of sequences."""
    stages: Annotated[list[Stage], Field(min_length=1)]

    def is_of(self, sequences: Path) -> bool:
        """Return whether the revision has this file of sequences."""
        content = sequences.read_bytes()
        return self.sequences == md5(content, usedforsecurity=False).hexdigest()


def read_comparison(path: Path) -> Comparison:
    """Return what is at path; raises InputError for anything else."""
    try:
        return Comparison.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InputError(
            f"{path}: not what `make report` writes; make it again: make report"
        ) from error
