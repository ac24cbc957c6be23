"""What fails outside of the project's hands, on one line too."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from stages.shared.errors import reported_on_one_line
from tests.conftest import ROOT

PETABYTE = 10**15


@pytest.mark.parametrize("allocate", [np.empty, torch.empty, bytearray])
def test_a_lack_of_memory_names_the_sizes_to_lower(
    allocate: Callable[[int], object],
) -> None:
    """More than any machine has, asked of numpy, of torch and of Python."""
    with pytest.raises(SystemExit) as end, reported_on_one_line():
        allocate(PETABYTE)
    assert str(end.value).startswith("error: params.yaml: more memory needed than")
    assert "lower batch_size" in str(end.value)


def test_a_file_system_without_room_is_one_line() -> None:
    """/dev/full takes no byte, and its error has no file name."""
    with pytest.raises(SystemExit) as end, reported_on_one_line():
        Path("/dev/full").write_text("a")
    assert str(end.value) == "error: No space left on device; check the disk"


def test_a_mistake_in_the_code_keeps_its_traceback() -> None:
    """A RuntimeError that is not about memory is nobody's input."""
    with pytest.raises(RuntimeError, match="size"), reported_on_one_line():
        torch.ones(2) + torch.ones(3)


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    """`make words COUNT=100000 | head -1` prints a line and nothing else."""
    code = (
        "from stages.shared.errors import reported_on_one_line\n"
        "with reported_on_one_line():\n"
        "    for i in range(10**6): print(i)"
    )
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" | head -1', sys.executable, code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")
