"""Install: packages into this environment, by uv, which takes a third of pip's time.

The arguments are those of `pip install`, and pip's configuration says where packages
come from. Where uv is not to be had, or fails, pip does it.
"""

import ast
import subprocess
import sys
from collections.abc import Iterable

from nplm.errors import reported_on_one_line

UV = "uv==0.13.9"
OPTIONS = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "trusted-host": "--allow-insecure-host",
}
"""Of pip and of uv. What else pip's configuration may hold, uv fails without."""
AS_PIP = ("--index-strategy=unsafe-best-match", "--compile-bytecode")
"""A version comes from whichever index has it; who cannot write here needs bytecode."""


def sources(configured: Iterable[str]) -> list[str]:
    """Return the options of uv for the lines that `pip config list` prints.

    An environment variable counts more than a file, and there a section more than all.

    >>> sources(["global.index-url='https://a'", "install.find-links='b c'"])
    ['--default-index', 'https://a', '--find-links', 'b', '--find-links', 'c']
    >>> sources([":env:.index-url='https://b'", "global.index-url='https://a'"])
    ['--default-index', 'https://b']
    """
    lines = [line.partition("=") for line in configured]
    values = {
        name: ast.literal_eval(value)
        for section in ("global", "install", ":env:")
        for key, _, value in lines
        for group, _, name in [key.rpartition(".")]
        if group == section and name in OPTIONS
    }
    return [
        word
        for name, value in values.items()
        for each in value.split()
        for word in (OPTIONS[name], each)
    ]


def module(*words: str) -> tuple[bool, str]:
    """Run a module of Python's; return whether it succeeds, and what it prints."""
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout


def main() -> None:
    python, packages = sys.executable, sys.argv[1:]
    options = sources(module("pip", "config", "list")[1].splitlines())
    uv = ("uv", "pip", "install", "--python", python, *AS_PIP, *options, *packages)
    if not (module("pip", "install", "--only-binary=:all:", UV)[0] and module(*uv)[0]):
        pip = [python, "-m", "pip", "install", "--quiet", *packages]
        sys.exit(subprocess.run(pip, check=False).returncode)


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C; the same command installs the rest"):
        main()
