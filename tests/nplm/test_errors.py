"""What fails outside of the project's hands, and Ctrl-C: one line, no traceback."""

import os
import re
import subprocess
import sys

import pytest
import torch

from nplm.errors import InputError, reported_on_one_line, shortened
from tests.conftest import ROOT

STOPPED = (
    "error: stopped by Ctrl-C; `dvc repro` runs again what is missing, "
    "`make restore` goes back to the last commit\n"
)
HEARING = """import signal
signal.signal(2, signal.default_int_handler)
CTRL_C = lambda: signal.raise_signal(2)
"""
"""A process that a shell has started in the background does not hear Ctrl-C."""


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


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InputError("a.txt:3: a line"), "a.txt:3: a line"),
        (OSError(28, "No space left on device"), "No space left on device; check the "),
        (FileNotFoundError(2, "None", "a.txt"), "a.txt: None; check the path"),
        (MemoryError(), "params.yaml: more memory needed than there is; "),
        (torch.OutOfMemoryError("CUDA out of memory"), "params.yaml: more memory"),
    ],
)
def test_what_a_user_can_mend_is_one_line(error: Exception, line: str) -> None:
    """A text that sys.exit prints, with exit status 1."""
    match = f"^error: {re.escape(line)}"
    with pytest.raises(SystemExit, match=match), reported_on_one_line():
        raise error


def test_a_lack_of_memory_in_torch_names_what_to_lower() -> None:
    """A petabyte is more than any machine has."""
    match = r"^error: params\.yaml: more memory needed than there is; .*batch_size.*$"
    with pytest.raises(SystemExit, match=match), reported_on_one_line():
        torch.empty(10**15)


@pytest.mark.parametrize("error", [RuntimeError("size"), ValueError("a"), KeyError(1)])
def test_a_mistake_in_the_code_keeps_its_traceback(error: Exception) -> None:
    """An error that is not about memory or a file is nobody's input."""
    with pytest.raises(type(error)), reported_on_one_line():
        raise error


def test_a_reader_that_closes_the_pipe_is_no_error() -> None:
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
    ("code", "line"),
    [
        ("from stages.command import run\nrun(CTRL_C)", STOPPED),
        ("import stages\nCTRL_C()", STOPPED),
        (
            "from nplm.errors import reported_on_one_line\n"
            "with reported_on_one_line('stopped by Ctrl-C'): CTRL_C()",
            "error: stopped by Ctrl-C\n",
        ),
    ],
    ids=["at work", "during imports", "without a pipeline"],
)
def test_ctrl_c_ends_a_program_with_one_line(code: str, line: str) -> None:
    """It says what to do next; 130, or death by the signal, is a shell's status 130."""
    status, out, err = run_code(f"{HEARING}{code}")
    assert status in {130, -2}
    assert (out, err) == ("", line)


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
