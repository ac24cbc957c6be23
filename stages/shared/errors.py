"""Input errors: one line on standard error, exit status 1, no traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class InputError(Exception):
    """Bad input; the message names the file, the line or key, value and remedy."""


@contextmanager
def reported_on_one_line() -> Iterator[None]:
    """End the program with one line on bad input, or where file or memory fail it."""
    try:
        yield
        sys.stdout.flush()
    except InputError as error:
        sys.exit(f"error: {error}")
    except BrokenPipeError:  # who reads our output, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            sys.exit(f"error: {error.strerror or error}; check the disk")
        sys.exit(f"error: {error.filename}: {error.strerror}; check the path")
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "allocate memory" not in str(error):
            raise  # torch has no class of its own for a lack of memory
        sys.exit(
            "error: params.yaml: more memory needed than there is; lower batch_size, "
            "hidden, embedding_dim, context_size or steps"
        )


def shortened(value: object, limit: int = 40) -> str:
    """Return value as Python writes it, cut to about limit characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # Python has limits of its own, such as digits
        text = f"an overlong {type(value).__name__}"
    return text if len(text) <= limit else f"{text[:limit]}…"
