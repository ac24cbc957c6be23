"""Here: the pipeline in the workspace with known parameters, as a DVC experiment.

`best` has those of the ladder's last rung. `text` has those in text.yaml, for the words
of a text: a sentence, a paragraph or a whole text a line, tokens parted by blanks.
"""

import argparse
import subprocess
import sys

from experiments.copies import Changes, set_parameters
from experiments.ladder import read_rungs
from experiments.pages import LADDER, TEXT
from experiments.revisions import free_name
from experiments.runs import PARAMS_FILE, STOPPED, Parameters, check_corpus
from nplm.errors import reported_on_one_line
from nplm.parameters import read_number, read_parameters, read_yaml

MOST_STEPS = 10**9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("best", "text"))
    parser.add_argument("--corpus", help="default: that of the parameters")
    parser.add_argument("--steps", help="default: those of the parameters")
    arguments = parser.parse_args()
    best = arguments.name == "best"
    changes: Changes = (
        read_rungs(read_yaml(LADDER))[-1].changes if best else read_yaml(TEXT)
    )
    if arguments.corpus:
        changes = {**changes, "corpus": arguments.corpus}
    if arguments.steps:
        steps = read_number("STEPS", arguments.steps, 1, MOST_STEPS)
        changes = {**changes, "steps": steps}
    default = read_parameters(Parameters, PARAMS_FILE).corpus
    check_corpus(str(changes.get("corpus") or default))
    before = PARAMS_FILE.read_bytes()
    failed = 1
    try:
        set_parameters(changes)
        name = free_name(arguments.name)
        command = ["dvc", "exp", "run", "--name", name]
        failed = subprocess.run(command, check=False).returncode
    finally:
        if failed:
            PARAMS_FILE.write_bytes(before)
            print("params.yaml is as it was; make restore brings the results back")
    sys.exit(failed)


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
