"""Runs over seeds, the ladder, the best parameters, comparisons; slow: by DVC."""

import json
import re
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pytest
from ruamel.yaml import YAML

from experiments.compare import differences, largest_deviations
from experiments.pages import LEADERBOARD
from experiments.runs import COLUMNS
from nplm.report.leaderboard import Board, Rung, read_boards, write_boards
from nplm.spread import Spread
from tests.conftest import ROOT, Pipeline, set_params

SMALL = """
head: A small ladder.
corpora: {data/small.txt: [[measured before, 1.5, 1.6]]}
rungs:
  - {name: first, seeds: 2, adds: {}}
  - {name: last, seeds: 2, adds: {network.activation: gelu, network.direct: true}}
"""


SLOW = pytest.mark.slow


def printed(output: str) -> list[str]:
    """Return the lines of an output, but for those on when runs start and end."""
    return [
        line for line in output.splitlines() if not re.search(" starts$| ended: ", line)
    ]


def numbers(line: str) -> list[float]:
    """Return the numbers with a decimal point in a line."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+", line)]


@pytest.fixture(scope="module")
def seeded(
    ran: Pipeline, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Pipeline, str]:
    """Return a clone whose run cache has two seeds, and what printed their losses.

    There is a branch of the name that a run has.
    """
    clone = ran.copy(tmp_path_factory.mktemp("seeds") / "project")
    clone.run("git", "branch", "seed-1")
    return clone, clone.run("python", "-m", "experiments.seeds", "2")


@pytest.fixture
def pipeline(seeded: tuple[Pipeline, str], tmp_path: Path) -> Pipeline:
    """Return the test's own copy of that clone."""
    return seeded[0].copy(tmp_path / "project")


@SLOW
def test_seeds_gives_mean_and_deviation_and_leaves_nothing_behind(
    seeded: tuple[Pipeline, str],
) -> None:
    """By the statistics module, from the rows above; no experiment, clean work tree.

    No row has the losses of the last commit, to which the branch leads.
    """
    clone, output = seeded
    _, *rows, means, deviations, fitted = printed(output)
    assert "fitted on dev" in fitted
    last = json.loads((clone.folder / "metrics" / "loss.json").read_text())
    assert f"{last['dev']:.4f}" not in output
    columns = list(zip(*map(numbers, rows), strict=True))
    assert len(rows) == 2
    assert len(set(columns[0])) == 2
    assert numbers(means) == pytest.approx([mean(c) for c in columns], abs=1e-4)
    assert numbers(deviations) == pytest.approx([stdev(c) for c in columns], abs=1e-4)
    assert clone.run("dvc", "exp", "list", "--name-only").strip() == ""
    assert clone.run("git", "status", "--short") == ""


@SLOW
def test_what_others_write_to_the_run_cache_is_left_alone(
    seeded: tuple[Pipeline, str], tmp_path: Path
) -> None:
    """A file of theirs that is half written, and the newest, is no damaged one."""
    clone = seeded[0].copy(tmp_path / "project")
    stages = [*clone.folder.glob(".dvc/cache/runs/*/*")]
    for stage in stages:
        (stage / ".half.tmp").write_text("cmd: [")
    output = clone.run("python", "-m", "experiments.seeds", "2")
    assert printed(output) == printed(seeded[1])
    assert all((stage / ".half.tmp").exists() for stage in stages)


@SLOW
def test_a_failing_run_ends_with_one_line(pipeline: Pipeline) -> None:
    """That of the stage: which key, which value, what to do."""
    set_params(pipeline.folder, vocabulary__size=1)
    output = pipeline.run("python", "-m", "experiments.seeds", "2", fails=True)
    (line,) = [line for line in printed(output) if "nats per symbol" not in line]
    assert "error: params.yaml: vocabulary: size: 1 and min_count: 1 leave no" in line


@SLOW
def test_an_experiment_is_compared_and_stands_beside_others(pipeline: Pipeline) -> None:
    """Two seeds of a network differ by noise; a network is as good as itself.

    The spread over seeds is wide, as the ladder would find it for such short runs. In
    the table are experiments of earlier commits too, with what they change, and losses.
    """
    spread = dict.fromkeys(("dev", "mixture_dev"), Spread(mean=2.0, deviation=0.5))
    board = Board(measured=[Rung(name="any", losses=spread)], to_beat=[])
    write_boards({"data/small.txt": board}, pipeline.folder / LEADERBOARD)
    pipeline.run("dvc", "exp", "run", "--name", "other", "-S", "seed=1", "mixture")
    compare = ("python", "-m", "experiments.compare")
    for revision, expected in (
        ("HEAD", ["noise", "the same", "noise", "noise"]),
        ("other", ["the same"] * 4),
    ):
        output = pipeline.run(*compare, revision)
        rows = [line for line in output.splitlines() if line[:4] in ("dev ", "test")]
        assert [row.partition("] ")[2] for row in rows] == 2 * expected
        assert all(len(row) <= 80 for row in rows)
    output = pipeline.run(*compare, "nowhere", fails=True)
    assert output.startswith("error: REV=nowhere: ")
    assert "Traceback" not in output

    loss, mixture = (
        json.loads((pipeline.folder / "metrics" / f"{name}.json").read_text())
        for name in ("loss", "mixture")
    )
    pipeline.run("git", "reset", "--quiet")
    pipeline.run("git", "commit", "--quiet", "--allow-empty", "--message", "Later")
    output = pipeline.run("python", "-m", "experiments.side_by_side")
    table = {line.split()[0]: line.split()[1:] for line in output.splitlines()}
    shown = [f"{x:.4f}" for x in (loss["dev"], loss["test"], mixture["dev"])]
    assert table["other"] == [*shown, "seed=1"]
    assert table["(last"][0] == "commit)"

    words = pipeline.folder / "data" / "sequences.csv"
    but_one, _ = words.read_text("utf-8").removesuffix("\n").rsplit("\n", 1)
    words.write_text(but_one, "utf-8")
    output = pipeline.run(*compare, "HEAD", fails=True)
    assert output.startswith(
        "error: REV=HEAD: data/sequences.csv has other words there"
    )


@SLOW
def test_the_ladder_writes_a_table_and_its_best_runs_again_and_again(
    pipeline: Pipeline,
) -> None:
    """A row for each rung, the n-gram, and what is to beat; by git nothing else.

    The experiment `best` has the parameters of the last rung. Text-model changes
    nothing where it cannot run.
    """
    (pipeline.folder / "experiments" / "ladder.yaml").write_text(SMALL)
    pipeline.commit()
    pipeline.run("python", "-m", "experiments.ladder")
    text = (pipeline.folder / "docs" / "leaderboard.md").read_text("utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    names = [row[0].removeprefix("| ") for row in rows[2:]]
    assert names == [
        "first", "last", "the last, with endings", "the n-gram alone",
        "the n-gram with endings", "*measured before*",
    ]  # fmt: skip
    assert rows[2][2] == "2"
    assert all("±" in cell for cell in rows[2][3:8] + rows[4][3:8])
    changed = pipeline.run("git", "status", "--short").split()
    assert changed[1::2] == ["docs/leaderboard.md", "experiments/leaderboard.json"]
    boards = read_boards(pipeline.folder / LEADERBOARD)
    first, last, *_ = boards["data/small.txt"].measured
    cells = [first.losses[column].written(4) for column in COLUMNS]
    assert rows[2][1:7] == [f"{first.weights:,}", "2", *cells[:4]]
    assert last.models is not None
    assert rows[3][8] == f"{last.models[0][:8]} |"

    for _ in range(2):
        pipeline.run("python", "-m", "experiments.here", "best")
        params = YAML().load(pipeline.folder / "params.yaml")
        assert params["network"]["activation"] == "gelu"
        assert params["corpus"] == "data/small.txt"
    listed = pipeline.run("dvc", "exp", "list", "--name-only").split()
    assert sorted(listed) == ["best", "best-2"]
    set_params(pipeline.folder, seed=2)
    pipeline.run("dvc", "repro", "train")
    lock = YAML().load(pipeline.folder / "dvc.lock")
    (model,) = lock["stages"]["train"]["outs"][:1]
    assert (model["path"], model["md5"]) == ("data/model.pt", last.models[1])
    before = (pipeline.folder / "params.yaml").read_bytes()
    (pipeline.folder / "latin.txt").write_bytes(b"\xe9t\xe9\n")
    for corpus, problem in (
        ("nope.txt", "error: nope.txt: the corpus is not there; give another"),
        ("latin.txt", "error: latin.txt:1: byte 0xe9 is not UTF-8"),
    ):
        here = ("python", "-m", "experiments.here", "text", f"--corpus={corpus}")
        assert problem in pipeline.run(*here, fails=True)
        assert (pipeline.folder / "params.yaml").read_bytes() == before
    listed = pipeline.run("dvc", "exp", "list", "--name-only").split()
    assert sorted(listed) == ["best", "best-2"]


def test_the_deviation_over_seeds_is_the_largest_of_the_leaderboard() -> None:
    """Of each model, over all rungs of both lists; the n-gram has none."""
    boards = read_boards(ROOT / LEADERBOARD)
    found = [f"{deviation:.4f}" for deviation in largest_deviations(boards).values()]
    assert found == ["0.0157", "0.0000", "0.0027", "0.0027"]


def test_the_bootstrap_has_the_deviation_of_the_mean() -> None:
    """Of 1,000 words of one symbol each: sd / sqrt(1000), and sqrt(2) of a seed's."""
    change = np.random.default_rng(5).normal(0.2, 2.0, size=1000)
    drawn = differences(change, np.ones(1000), deviation=0.0)
    assert drawn.mean() == pytest.approx(change.mean(), abs=0.005)
    assert drawn.std() == pytest.approx(change.std() / 1000**0.5, rel=0.05)
    of_seeds = differences(np.zeros(1000), np.ones(1000), deviation=0.1)
    assert of_seeds.std() == pytest.approx(0.1 * 2**0.5, rel=0.05)
