"""What fails outside of the project's hands, and Ctrl-C: one line, no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from nplm.errors import InputError, reported_on_one_line, shortened
from tests.conftest import ROOT

PETABYTE = 10**15
STOPPED = (
    "error: stopped by Ctrl-C; `dvc repro` runs again what is missing, "
    "`make restore` goes back to the last commit\n"
)


HEARING = "import signal\nsignal.signal(2, signal.default_int_handler)\n"
"""A process that a shell has started in the background does not hear Ctrl-C."""


def ended(work: Callable[[], object]) -> object:
    """Return what the work passes to sys.exit: the line that Python prints."""
    with pytest.raises(SystemExit) as end, reported_on_one_line():
        work()
    return end.value.code


def run_code(code: str, **variables: str) -> tuple[int, str, str]:
    """Return status, standard output and standard error of a process."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def raises(error: BaseException) -> Callable[[], object]:
    """Return a function that raises error."""

    def work() -> None:
        raise error

    return work


def test_bad_input_is_its_message() -> None:
    """A text that sys.exit prints, with exit status 1."""
    assert ended(raises(InputError("a.txt:3: a line"))) == "error: a.txt:3: a line"


@pytest.mark.parametrize(
    "allocate",
    [
        lambda: np.empty(PETABYTE),
        lambda: torch.empty(PETABYTE),
        lambda: bytearray(PETABYTE),
        raises(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")),
    ],
    ids=["numpy", "torch", "Python", "CUDA"],
)
def test_a_lack_of_memory_names_what_to_lower(allocate: Callable[[], object]) -> None:
    """More than any machine has; CUDA's error is its own words, raised here."""
    line = str(ended(allocate))
    assert line.startswith("error: params.yaml: more memory needed than there is; ")
    assert "batch_size" in line
    assert "\n" not in line


def test_a_file_system_without_room_is_one_line() -> None:
    """/dev/full takes no byte, and its error has no file name."""
    line = ended(lambda: Path("/dev/full").write_text("a"))
    assert line == "error: No space left on device; check the disk"


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """It is missing, or a folder."""
    missing = tmp_path / "a.txt"
    assert ended(missing.read_text) == (
        f"error: {missing}: No such file or directory; check the path"
    )
    assert ended(tmp_path.read_text) == (
        f"error: {tmp_path}: Is a directory; check the path"
    )


@pytest.mark.parametrize("error", [RuntimeError("size"), ValueError("a"), KeyError(1)])
def test_a_mistake_in_the_code_keeps_its_traceback(error: Exception) -> None:
    """An error that is not about memory or a file is nobody's input."""
    with pytest.raises(type(error)), reported_on_one_line():
        raise error


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    """`make words COUNT=100000 | head -1` prints a line and nothing else."""
    code = (
        "from nplm.errors import reported_on_one_line\n"
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


@pytest.mark.parametrize(
    "code",
    [
        "from stages.command import run\nrun(lambda: signal.raise_signal(2))",
        "import stages\nsignal.raise_signal(2)",
    ],
    ids=["at work", "during imports"],
)
def test_ctrl_c_ends_a_stage_with_one_line(code: str) -> None:
    """It says what to do next; 130, or death by the signal, is a shell's status 130."""
    status, out, err = run_code(f"{HEARING}{code}")
    assert status in {130, -2}
    assert (out, err) == ("", STOPPED)


def test_a_program_says_itself_what_follows_ctrl_c() -> None:
    """`python -m nplm` has made nothing that could be made again."""
    code = (
        f"{HEARING}from nplm.errors import reported_on_one_line\n"
        "with reported_on_one_line('stopped by Ctrl-C'): signal.raise_signal(2)"
    )
    assert run_code(code) == (130, "", "error: stopped by Ctrl-C\n")


def test_characters_that_standard_output_lacks_are_escaped() -> None:
    """In the C locale Python writes ASCII; a word with an é is no error."""
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code = "from stages.command import run\nrun(lambda: print('\\xe9t\\xe9'))"
    assert run_code(code, **locale) == (0, "\\xe9t\\xe9\n", "")


def test_a_value_in_a_message_is_short() -> None:
    """40 characters as Python writes it; Python refuses to write 5,000 digits."""
    assert shortened("é") == "'é'"
    assert shortened("a" * 100) == f"'{'a' * 39}…"
    assert shortened(10**5000) == "an overlong int"
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert shortened(nested) == "an overlong list"
