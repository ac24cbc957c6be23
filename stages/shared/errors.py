"""Input errors: one line on standard error, exit status 1, no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class InputError(Exception):
    """Bad input; the message names the file, the line or key, value and remedy."""


@contextmanager
def reported_on_one_line() -> Iterator[None]:
    """End the program with one line on an InputError or a file that cannot be used."""
    try:
        yield
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"error: {error.filename}: {error.strerror}; check the path")


def shortened(value: object, limit: int = 40) -> str:
    """Return value as Python writes it, cut to about limit characters."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"
