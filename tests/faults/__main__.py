"""Faults: what the stages do with bad parameters, any corpus, and damaged files.

Run by hand: `python -m tests.faults [COUNT [SEED]]`, so many cases of each class. A
case runs a stage in a process and a folder of its own, and ends in one of five ways:

- one line: exit status 1, and one line on standard error;
- right: exit status 0, and what it wrote is what the case expects;
- crash: a traceback, a signal, or more than a line;
- hang: more than LIMIT seconds;
- wrong: exit status 0 and something else, or a right corpus that was refused.

It prints how many ended how, and those of the last three with what they said.
"""

import importlib
import json
import os
import random
import re
import resource
import runpy
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import NoReturn

from tests.conftest import ARGUMENTS, DEFAULT_LIST, REPORT, ROOT
from tests.faults.case import ALL, Case, with_values
from tests.faults.corpora import corpus_cases
from tests.faults.files import file_cases
from tests.faults.parameters import parameter_cases

LIMIT = 60
MEMORY = 2**32
"""Bytes that a stage may take."""
ENDS = ("one line", "right", "crash", "hang", "wrong")
SMALL = {
    "corpus": "corpus.txt", "steps": 30, "hidden": 4, "sample.count": 3,
    "lr_sweep.steps": 30, "lr_sweep.seeds": 1,
}  # fmt: skip
WORDS = (w if w[:2] == "--" else Path(w).name for w in REPORT["cmd"].split()[3:])
COMMANDS = ARGUMENTS | {"report": list(WORDS)}
COMPARISON = {
    "revision": "HEAD", "metrics": {}, "parameters": {}, "sequences": "",
    "stages": [{"name": "train", "reads": [], "writes": []}],
}  # fmt: skip


def ending(case: Case, base: Path, folder: Path) -> tuple[str, str]:
    """Return how a case ended in a new folder, and what is to be said of it."""
    shutil.copytree(base, folder)
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    status, error = run(case.stage, folder)
    if (folder / "pwned").exists():
        return "wrong", "runs code"
    if status == 0 and not error:
        wrong = case.judge(folder)
        return "wrong" if wrong else "right", wrong
    if status == 1 and re.fullmatch("error: .*", error):
        return "wrong" if case.welcome else "one line", error
    return ("hang" if status is None else "crash"), f"{status} {error[-1500:]}"


def run(stage: str, folder: Path) -> tuple[int | None, str]:
    """Return the exit status, None after LIMIT seconds, and standard error."""
    pid = os.fork()
    if pid == 0:
        _be_the_stage(stage, folder)
    end = time.monotonic() + LIMIT
    while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0:
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return None, ""
        time.sleep(0.01)
    error = (folder / "stderr").read_text("utf-8", "replace").strip()
    return os.waitstatus_to_exitcode(ended[1]), error


def _be_the_stage(stage: str, folder: Path) -> NoReturn:
    os.chdir(folder)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY), number)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    os.environ["PYTHONPATH"] = str(ROOT)  # for the processes of train
    sys.argv = [stage, *COMMANDS[stage]]
    sys.modules.pop(f"stages.{stage}")
    status = 0
    try:
        runpy.run_module(f"stages.{stage}", run_name="__main__")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
        print(end.code, file=sys.stderr)
    except BaseException:
        status = 1
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def make_base(base: Path) -> None:
    """Run all stages on a small list in a new folder, without any fault."""
    base.mkdir()
    words = DEFAULT_LIST.read_text("utf-8").split()[::40]
    (base / "corpus.txt").write_text("".join(f"{word}\n" for word in words), "utf-8")
    text = (ROOT / "params.yaml").read_text("utf-8")
    (base / "params.yaml").write_bytes(with_values(text, SMALL))
    for path in (p for p in REPORT["deps"] if p.startswith(("nplm/report", "exp"))):
        shutil.copy(ROOT / path, base)
    (base / "from_dvc.json").write_text(json.dumps(COMPARISON))
    for stage in ALL:
        importlib.import_module(f"stages.{stage}")
        assert run(stage, base) == (0, ""), (base / "stderr").read_text()


CLASSES = {
    "`params.yaml`": parameter_cases,
    "corpora": corpus_cases,
    "damaged and foreign files": file_cases,
}


def main() -> None:
    count, seed = (int(word) for word in [*sys.argv[1:], "500", "1"][:2])
    with tempfile.TemporaryDirectory() as folder:
        base, place = Path(folder) / "base", Path(folder) / "case"
        make_base(base)
        print(f"| | {' | '.join(ENDS)} |\n|{' --- |' * (1 + len(ENDS))}", flush=True)
        for name, cases in CLASSES.items():
            ends: Counter[str] = Counter()
            for case in islice(cases(random.Random(seed), base), count):
                end, why = ending(case, base, place)
                shutil.rmtree(place)
                ends[end] += 1
                if end in ENDS[2:]:
                    print(f"{end}: {case.stage}: {case.what}: {why}", file=sys.stderr)
            print(
                f"| {name} | {' | '.join(str(ends[end]) for end in ENDS)} |", flush=True
            )


if __name__ == "__main__":
    main()
