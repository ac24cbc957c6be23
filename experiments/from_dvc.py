"""From DVC: what a report compares with, and the pipeline, written to a file."""

import argparse
from pathlib import Path

from dvc.repo import Repo

from experiments.revisions import read_revision, resolve
from nplm.errors import reported_on_one_line
from nplm.report.comparison import Comparison, Stage


def comparison(revision: str) -> Comparison:
    """Return the metrics and parameters of a commit or experiment, and the pipeline.

    Raises InputError for a revision that is none.
    """
    commit = resolve(revision)
    there = read_revision(commit)
    known = commit.startswith(revision)
    with Repo() as repo:
        stages = repo.index.stages
    return Comparison(
        revision=commit[:7] if known else f"{revision} ({commit[:7]})",
        metrics=there.metrics,
        parameters=there.parameters,
        sequences=there.sequences,
        stages=[
            Stage(
                name=stage.name,
                reads=[
                    dep.def_path
                    for dep in stage.deps
                    if not dep.def_path.endswith((".py", "params.yaml"))
                ],
                writes=[out.def_path for out in stage.outs],
            )
            for stage in stages
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="a commit, branch or experiment")
    parser.add_argument("file", type=Path, help="write here, as JSON")
    arguments = parser.parse_args()
    text = comparison(arguments.revision).model_dump_json(indent=2)
    arguments.file.write_text(f"{text}\n", "utf-8", newline="\n")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
