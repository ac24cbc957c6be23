"""From DVC: what a report compares with, and the pipeline, written to a file."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.scm import SCMError, resolve_rev

from nplm.errors import InputError, reported_on_one_line
from nplm.report.comparison import Comparison, Stage
from nplm.trees import flat


@contextmanager
def looked_up(revision: str) -> Iterator[None]:
    """Raise InputError where DVC or Git cannot find what a revision has."""
    try:
        yield
    except (DvcException, SCMError, OSError) as error:
        why = str(error).partition("\n")[0]
        raise InputError(
            f"REV={revision}: {why}; name a commit or an experiment"
        ) from error


def comparison(revision: str) -> Comparison:
    """Return the metrics and parameters of a commit or experiment, and the pipeline.

    Raises InputError for a revision that is none.
    """
    with looked_up(revision), Repo() as repo:
        commit = resolve_rev(repo.scm, revision)
        metrics, parameters = measured_at(repo, [commit])[commit]
        stages = repo.index.stages
    known = commit.startswith(revision)
    return Comparison(
        revision=commit[:7] if known else f"{revision} ({commit[:7]})",
        metrics=metrics,
        parameters=parameters,
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


def measured_at(
    repo: Repo, commits: list[str]
) -> dict[str, tuple[dict[str, dict[str, float]], dict[str, Any]]]:
    """Return the metrics of commits, by the name of their file, and the parameters."""
    metrics, parameters = (
        {commit: files.get("data", {}) for commit, files in shown.items()}
        for shown in (repo.metrics.show(revs=commits), repo.params.show(revs=commits))
    )
    return {
        commit: (
            {
                Path(path).stem: flat(file.get("data", {}))
                for path, file in metrics[commit].items()
            },
            flat(parameters[commit].get("params.yaml", {}).get("data", {})),
        )
        for commit in commits
    }


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
