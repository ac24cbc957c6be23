"""Text model: a model whose symbols are the words of a text, trained here.

In: the parameters in text.yaml, and a text: a sentence, a paragraph or a whole text a
line, its tokens parted by blanks. Runs the pipeline in the workspace, as the DVC
experiment `text`.
"""

import argparse
import sys
from pathlib import Path

from ruamel.yaml import YAML

from experiments.runs import STOPPED, run_here
from nplm.errors import reported_on_one_line

PRESET = Path(__file__).with_name("text.yaml")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "corpus", nargs="?", help="the text; default: that of text.yaml"
    )
    corpus: str | None = parser.parse_args().corpus
    changes = YAML(typ="safe", pure=True).load(PRESET.read_bytes())
    sys.exit(run_here("text", {**changes, **({"corpus": corpus} if corpus else {})}))


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
