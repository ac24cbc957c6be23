"""Log the files that a stage opens, when this folder is on PYTHONPATH.

Python imports a module of this name at its start. One line per file goes to the
file named by OPENED_FILES: stage, mode, path.
"""

import atexit
import os
import sys

opened: set[tuple[str, str]] = set()


def note(event: str, arguments: tuple[object, ...]) -> None:
    """Keep the path and the mode of a file that Python opens."""
    if event == "open" and isinstance(arguments[0], str):
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        mode = "writes" if flags & (os.O_WRONLY | os.O_RDWR) else "reads"
        opened.add((mode, os.path.abspath(arguments[0])))  # noqa: PTH100 # no imports here


def write(stage: str) -> None:
    """Append what was kept to the log."""
    files = sorted(opened)
    with open(os.environ["OPENED_FILES"], "a") as log:  # noqa: PTH123 # no imports here
        log.writelines(f"{stage}\t{mode}\t{path}\n" for mode, path in files)


if "OPENED_FILES" in os.environ and sys.orig_argv[1:2] == ["-m"]:
    sys.addaudithook(note)
    atexit.register(write, sys.orig_argv[2])
