"""Shown: runs the commands that README.md and docs/ show, and writes what they print.

A block of a page whose first line is `$ ` and a command shows commands, each with what
it prints; `...` alone stands for what is left out. A block starts from the results of
the committed parameters, in a clone. Names of pages choose some; without any, all are
written again. That of words.md needs `make text-model`: 8 minutes.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT, Pipeline

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*.md")])
SLOW = ROOT / "docs" / "words.md"
"""The test leaves it out: its model takes minutes."""
BLOCK = re.compile(r"^    \$ .*\n(?:    .*\n|\n(?=    ))*", re.MULTILINE)


def renewed(text: str, run: Callable[[list[str]], list[str]]) -> str:
    r"""Return a page with what its commands print; run takes those of a block.

    >>> page = "A sum:\n\n    $ echo $((1 + 1))\n    3\n    $ sleep 9\n    ...\n\nSo.\n"
    >>> print(renewed(page, lambda commands: [f"({each})\n" for each in commands]))
    A sum:
    <BLANKLINE>
        $ echo $((1 + 1))
        (echo $((1 + 1)))
        $ sleep 9
        ...
    <BLANKLINE>
    So.
    <BLANKLINE>
    """

    def again(block: re.Match[str]) -> str:
        _, *parts = re.split(r"^    \$ ", block[0], flags=re.MULTILINE)
        shown = [part.partition("\n") for part in parts]
        printed = run([command for command, _, _ in shown])
        return "".join(
            f"    $ {command}\n{old if old.strip() == '...' else _indented(output)}"
            for (command, _, old), output in zip(shown, printed, strict=True)
        )

    return BLOCK.sub(again, text)


def _indented(output: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in output.splitlines())


def prepared(folder: Path) -> Pipeline:
    """Return a clone in folder with the results of the committed parameters."""
    pipeline = Pipeline(folder)
    pipeline.run("git", "checkout", "HEAD", "--", "params.yaml")
    pipeline.run("make", "repro")
    pipeline.commit()
    return pipeline


def in_clone(pipeline: Pipeline) -> Callable[[list[str]], list[str]]:
    """Return what runs commands in a clone, and then puts back what they changed."""

    def run(commands: list[str]) -> list[str]:
        printed = [pipeline.run("bash", "-c", command) for command in commands]
        if pipeline.run("git", "status", "--short"):
            pipeline.run("make", "defaults")
        return printed

    return run


def main() -> None:
    pages = [ROOT / name for name in sys.argv[1:]] or PAGES
    with tempfile.TemporaryDirectory() as folder:
        run = in_clone(prepared(Path(folder) / "project"))
        for page in pages:
            page.write_text(renewed(page.read_text("utf-8"), run), "utf-8")
    changed = ("git", "status", "--short", "--", *map(str, pages))
    subprocess.run(changed, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
