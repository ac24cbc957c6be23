"""Repro: `dvc repro` in a copy of the project."""

import os
import subprocess
import sys
import time
from pathlib import Path

from experiments.runs import error_of
from nplm.errors import InputError


def time_stages(project: Path, *options: str) -> dict[str, float]:
    """Run `dvc repro` in a project; return the seconds of each stage, and of all.

    On a terminal, it says which stage runs. Raises InputError with the one line of a
    stage that fails.
    """
    begin = time.perf_counter()
    starts: dict[str, float] = {}
    output = ""
    with subprocess.Popen(
        ["dvc", "repro", *options],
        cwd=project,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            output += line
            if line.startswith("Running stage '"):
                starts[line.split("'")[1]] = time.perf_counter()
                if sys.stderr.isatty():
                    print(line, end="", file=sys.stderr)
    end = time.perf_counter()
    if process.returncode:
        raise InputError(error_of(output).removeprefix("error: "))
    edges = [*starts.values(), end]
    seconds = {stage: edges[i + 1] - edges[i] for i, stage in enumerate(starts)}
    return {**seconds, "all": end - begin}
