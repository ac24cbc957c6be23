"""Keys: refuses those of params.yaml that nothing reads, before DVC reads it.

DVC skips a stage that a wrong key does not change. It fails in words of its own where
the file is no YAML, or where the corpus, whose path the map takes from it, is no text.
"""

from stages.command import load_parameters, run
from stages.prepare import Parameters


def main() -> None:
    load_parameters(Parameters)


if __name__ == "__main__":
    run(main)
