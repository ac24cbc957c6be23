"""Here: the pipeline in the workspace with known parameters, as a DVC experiment.

`best` has those of the ladder's last rung. `text` has those in text.yaml, for the words
of a text: a sentence, a paragraph or a whole text a line, tokens parted by blanks.
"""

import argparse
import subprocess
import sys

from experiments.ladder import read_rungs
from experiments.pages import LADDER, TEXT
from experiments.runs import STOPPED, set_options
from nplm.errors import reported_on_one_line
from nplm.parameters import read_yaml


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("best", "text"))
    parser.add_argument("corpus", nargs="?", help="default: that of the parameters")
    arguments = parser.parse_args()
    name, corpus = arguments.name, arguments.corpus
    best = name == "best"
    changes = read_rungs(read_yaml(LADDER))[-1].changes if best else read_yaml(TEXT)
    options = set_options({**changes, **({"corpus": corpus} if corpus else {})})
    # An earlier experiment of the name is replaced.
    subprocess.run(["dvc", "exp", "remove", name], capture_output=True, check=False)
    command = ["dvc", "exp", "run", "--name", name, *options]
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
