"""Kills: what ends at a random moment leaves nothing that the next call cannot mend.

    python -m tests.kills 20

Each command is killed (its stages and runs in copies go on, as after `kill -9`) or
interrupted (its whole group, as Ctrl-C does it) so many times, each time in a new copy
of a small clone, at a moment drawn from its whole time. Then it is called again. The
table counts what was left, and how often the second call ended well, with the digits of
a run in peace.
"""

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import psutil

from experiments.copies import kill
from tests.conftest import Pipeline, set_params

COMMANDS = {
    "dvc repro": ("dvc", "repro"),
    "make seeds": ("make", "seeds", "N=2"),
    "make search": ("make", "search", "SPACE=small", "TRIALS=2"),
    "make report": ("make", "report"),
    "make text-model": ("make", "text-model", "CORPUS=data/text.txt", "STEPS=20"),
}
SPACE = "all: {}\nspaces:\n  small: {fixed: {steps: 30}, space: {hidden: [4, 5]}}\n"
SIGNALS = {"SIGKILL": signal.SIGKILL, "Ctrl-C": signal.SIGINT}


class End(NamedTuple):
    """What an end left, and what the next call gave."""

    runs_went_on: bool
    copies_left: bool
    restored: bool
    """Whether the next call failed until `make restore`."""
    failed: bool
    digits: object


def prepared(folder: Path) -> Pipeline:
    """Return a small clone that has run, with parameters that have not."""
    clone = Pipeline(folder)
    clone.shrink()
    words = (clone.folder / "data" / "small.txt").read_text("utf-8").split() * 5
    lines = (" ".join(words[i : i + 8]) for i in range(0, len(words), 8))
    (clone.folder / "data" / "text.txt").write_text("\n".join(lines), "utf-8")
    text = clone.folder / "experiments" / "text.yaml"
    text.write_text(f"{text.read_text('utf-8')}vocabulary.size: 100\n", "utf-8")
    (clone.folder / "experiments" / "search.yaml").write_text(SPACE)
    clone.run("make", "repro")
    clone.commit()
    set_params(clone.folder, lr=0.2)
    return clone


def processes(folder: Path) -> list[int]:
    """Return the processes that run in a folder."""
    return [
        process.pid
        for process in psutil.process_iter(["cwd"])
        if Path(process.info["cwd"] or "/").is_relative_to(folder)
    ]


def digits(output: str, clone: Pipeline) -> object:
    """Return what a command has measured: the metrics here, and the rows of seeds."""
    rows = re.findall(r"^(?:seed-\d|mean|std. deviation) +\d\..*", output, re.MULTILINE)
    metrics = sorted((clone.folder / "metrics").glob("*.json"))
    return rows, [path.read_text() for path in metrics]


def kill_alone(pid: int, folder: Path) -> None:
    """Kill a process and what it has started in a folder, but for stages."""
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        for process in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                stage = any(word.startswith("stages.") for word in process.cmdline())
                if process.cwd() == str(folder) and not stage:
                    process.kill()


def ended(
    small: Pipeline, folder: Path, command: Sequence[str], number: int, after: float
) -> End:
    """End a command after some seconds, in a copy in folder, and call it again."""
    clone = small.copy(folder)
    process = subprocess.Popen(
        command,
        cwd=clone.folder,
        env=clone.environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after)
    if number == signal.SIGKILL:
        kill_alone(process.pid, clone.folder)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
    process.wait()
    went_on = bool(processes(clone.folder))
    copies = bool([*clone.folder.glob(".dvc/tmp/exps/run-*")])
    restored = False
    done = clone.call(*command)
    if done.returncode:
        clone.run("make", "restore")
        restored = True
        done = clone.call(*command)
    for pid in processes(clone.folder):
        kill(pid)
    if done.returncode:
        print(f"{command}, after {after:.1f} s: {done.stdout[-400:]}", file=sys.stderr)
    found = digits(done.stdout, clone)
    shutil.rmtree(clone.folder, ignore_errors=True)
    return End(went_on, copies, restored, done.returncode != 0, found)


def main() -> None:
    count = int(sys.argv[1])
    draw = random.Random(1)
    print("                         calls  went on  copies  restored  failed  digits")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clone = prepared(folder / "clone")
        for title, command in COMMANDS.items():
            peace = clone.copy(folder / f"peace after {title}")
            start = time.monotonic()
            right = digits(peace.run(*command), peace)
            seconds = time.monotonic() - start
            for kind, number in SIGNALS.items():
                with ThreadPoolExecutor(os.cpu_count()) as pool:
                    futures = [
                        pool.submit(
                            ended,
                            clone,
                            folder / f"{kind} {index}",
                            command,
                            number,
                            draw.random() * seconds,
                        )
                        for index in range(count)
                    ]
                ends = [future.result() for future in futures]
                went, copies, restored, failed, found = zip(*ends, strict=True)
                print(
                    f"{f'{title}, {kind}':<24}{count:6}{sum(went):9}{sum(copies):8}"
                    f"{sum(restored):10}{sum(failed):8}"
                    f"{sum(one == right for one in found):8}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
