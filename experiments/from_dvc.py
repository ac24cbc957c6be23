"""From DVC: what a report compares with, and the pipeline, written to a file."""

import argparse
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.scm import SCMError, resolve_rev

from nplm.errors import InputError, reported_on_one_line
from nplm.report.comparison import Comparison, Stage, flat


def comparison(revision: str) -> Comparison:
    """Return the metrics and parameters of a commit or experiment, and the pipeline.

    Raises InputError for a revision that is none.
    """
    try:
        with Repo() as repo:
            commit = resolve_rev(repo.scm, revision)
            metrics = repo.metrics.show(revs=[commit])[commit].get("data", {})
            parameters = repo.params.show(revs=[commit])[commit].get("data", {})
            stages = repo.index.stages
    except (DvcException, SCMError, OSError) as error:
        why = str(error).partition("\n")[0]
        raise InputError(
            f"REV={revision}: {why}; name a commit or an experiment"
        ) from error
    known = commit.startswith(revision)
    return Comparison(
        revision=commit[:7] if known else f"{revision} ({commit[:7]})",
        metrics={
            Path(path).stem: flat(file.get("data", {}))
            for path, file in metrics.items()
        },
        parameters=flat(parameters.get("params.yaml", {}).get("data", {})),
        stages=[
            Stage(
                name=stage.name,
                reads=[dep.def_path for dep in stage.deps if _is_data(dep.def_path)],
                writes=[out.def_path for out in stage.outs],
            )
            for stage in stages
        ],
    )


def _is_data(path: str) -> bool:
    return not path.endswith((".py", "params.yaml"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("revision", help="a commit, branch or experiment")
    parser.add_argument("file", type=Path, help="write here, as JSON")
    arguments = parser.parse_args()
    text = comparison(arguments.revision).model_dump_json(indent=2)
    arguments.file.write_text(f"{text}\n", "utf-8", newline="\n")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
