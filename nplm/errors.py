"""Input errors: one line on standard error, exit status 1, no traceback.

Ctrl-C is one line with exit status 130.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

STOPPED = (
    "stopped by Ctrl-C; `dvc repro` runs again what is missing, "
    "`make restore` goes back to the last commit"
)


class InputError(Exception):
    """Bad input; the message names the file, the line or key, value and remedy."""


@contextmanager
def reported_on_one_line(stopped: str = STOPPED) -> Iterator[None]:
    """End the program with one line on bad input, or where file or memory fail it.

    stopped is what it says after Ctrl-C. Characters that standard output cannot write
    are escaped: a stage that prints a word does not fail for it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # who reads our output, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"error: {stopped}", file=sys.stderr)
        sys.exit(130)  # as Python itself, and what a shell takes for Ctrl-C
    except Exception as error:
        line = one_line(error)
        if line is None:
            raise
        sys.exit(f"error: {line}")


def one_line(error: Exception) -> str | None:
    """Return what to tell a user about error; None if it is a fault of the program."""
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError):
        if error.filename is None:
            return f"{error.strerror or error}; check the disk"
        return f"{error.filename}: {error.strerror}; check the path"
    # torch has no class of its own for a lack of memory on the CPU
    lacks_memory = "allocate memory" in str(error) or "out of memory" in str(error)
    if isinstance(error, MemoryError) or lacks_memory:
        return (
            "params.yaml: more memory needed than there is; take a shorter corpus, or "
            "lower context_size, ngram.order, endings.words, hidden or batch_size"
        )
    return None


def interrupted_on_one_line(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Serve as sys.excepthook: Ctrl-C gets one line also while modules are imported."""
    if issubclass(kind, KeyboardInterrupt):
        print(f"error: {STOPPED}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def shortened(value: object, limit: int = 40) -> str:
    """Return value as Python writes it, cut to about limit characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # Python has limits of its own, such as digits
        text = f"an overlong {type(value).__name__}"
    return text if len(text) <= limit else f"{text[:limit]}…"
