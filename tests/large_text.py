"""Large text: how long a text of 100 million words takes, and how much memory.

Makes the text from a smaller one: its lines, shuffled by a seed, as often as it takes.
Runs prepare, splits, ngram, cache and a short training on it, in a clone in another
folder, and prints the seconds and the memory of each. Writes nothing into the project.
"""

import argparse
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nplm.corpus.reading import read_text
from nplm.errors import reported_on_one_line
from nplm.parameters import read_yaml
from tests.conftest import ROOT, STAGES, Pipeline, set_params

SEED = 1
RUN = ("prepare", "splits", "ngram", "cache", "train")
CHANGES = {"vocabulary.size": 16383, "vocabulary.min_count": 1, "steps": 1000}


def write_text(lines: list[str], tokens: int, path: Path) -> int:
    """Write all lines in a random order, again and again, until tokens are reached.

    Return how many tokens there are; they may be more, as the last line is whole.
    """
    shuffled, written = random.Random(SEED), 0
    with path.open("w", encoding="utf-8") as file:
        while written < tokens:
            shuffled.shuffle(lines)
            for line in lines:
                file.write(f"{line}\n")
                written += line.count(" ") + 1
                if written >= tokens:
                    break
    return written


def run_stage(stage: str, pipeline: Pipeline) -> tuple[float, float]:
    """Run the command of a stage; return its seconds, and its largest memory in GB.

    The system counts no less than the memory of this program.
    """
    command = [sys.executable, *shlex.split(STAGES[stage]["cmd"])[1:]]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=pipeline.folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: {stage}: stopped ({os.waitstatus_to_exitcode(status)})")
    return time.perf_counter() - start, used.ru_maxrss / 1e6  # of KB, on Linux


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path, help="such as data/codes_texte.txt.xz")
    parser.add_argument("--tokens", type=int, default=100_000_000, help="(10^8)")
    arguments = parser.parse_args()
    lines = read_text(arguments.text)
    preset = read_yaml(ROOT / "experiments" / "text.yaml")
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder) / "clone")
        tokens = write_text(lines, arguments.tokens, pipeline.folder / "large.txt")
        set_params(pipeline.folder, **{**preset, **CHANGES, "corpus": "large.txt"})
        print(f"{tokens} tokens")
        print("stage    seconds  GB")
        for stage in RUN:
            seconds, memory = run_stage(stage, pipeline)
            print(f"{stage:<7}  {seconds:7.0f}  {memory:.1f}", flush=True)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
