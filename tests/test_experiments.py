"""Runs over seeds, the ladder, the best parameters and comparisons, by real DVC."""

import json
import re
from statistics import mean, stdev

import numpy as np
import pytest
from ruamel.yaml import YAML

from experiments.compare import differences
from experiments.ladder import LADDER, read_rungs
from nplm.report.comparison import flat
from tests.conftest import ROOT, Pipeline, set_params

SMALL = """
corpora: {data/small.txt: [[measured before, 1.5, 1.6]]}
rungs:
  - {name: first, seeds: 2, adds: {}}
  - {name: last, seeds: 2, adds: {network.activation: gelu, network.direct: true}}
"""


SAME = ["the same"] * 4
SLOW = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(ran: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Return a clone with a short ladder, whose pipeline has run and is committed."""
    clone = ran.copy(tmp_path_factory.mktemp("clone") / "project")
    (clone.folder / "experiments" / "ladder.yaml").write_text(SMALL)
    clone.commit()
    return clone


def numbers(line: str) -> list[float]:
    """Return the numbers with a decimal point in a line."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+", line)]


@SLOW
def test_seeds_gives_mean_and_deviation_and_leaves_nothing_behind(
    pipeline: Pipeline,
) -> None:
    """By the statistics module, from the rows above; no experiment, clean work tree."""
    output = pipeline.run("python", "-m", "experiments.seeds", "3")
    _, *rows, means, deviations = output.splitlines()
    columns = list(zip(*map(numbers, rows), strict=True))
    assert len(rows) == 3
    assert len(set(columns[0])) == 3
    assert numbers(means) == pytest.approx([mean(c) for c in columns], abs=1e-4)
    assert numbers(deviations) == pytest.approx([stdev(c) for c in columns], abs=1e-4)
    assert pipeline.run("dvc", "exp", "list", "--name-only").strip() == ""
    assert pipeline.run("git", "status", "--short") == ""


@SLOW
def test_a_failing_run_ends_with_one_line(pipeline: Pipeline) -> None:
    """That of the stage: which key, which value, what to do."""
    set_params(pipeline.folder, hidden=0)
    output = pipeline.run("python", "-m", "experiments.seeds", "2", fails=True)
    (line,) = [line for line in output.splitlines() if "nats per symbol" not in line]
    assert "error: params.yaml: hidden: 0 needs to be" in line


@SLOW
@pytest.mark.parametrize("count", ["1", "1001", "2.5", "five", ""])
def test_a_wrong_number_of_seeds_is_one_line(pipeline: Pipeline, count: str) -> None:
    """A spread needs two; and no one waits for a million."""
    output = pipeline.run("python", "-m", "experiments.seeds", count, fails=True)
    problem = f"N: {count!r} needs to be a whole number from 2 to 1000"
    assert output == f"error: {problem}\n"


@SLOW
def test_two_seeds_of_a_network_differ_by_noise(pipeline: Pipeline) -> None:
    """And a network is as good as itself, and no revision is an error.

    The spread over seeds is wide, as the ladder would find it for such short runs.
    """
    spread = pipeline.folder / "experiments" / "spread.json"
    spread.write_text('{"network": 0.5, "mixture": 0.5}')
    command = ("python", "-m", "experiments.compare")
    pipeline.run("dvc", "exp", "run", "--temp", "--name", "other", "-S", "seed=5")
    for revision in ("other", "HEAD"):
        output = pipeline.run(*command, revision)
        rows = [line for line in output.splitlines() if line[:4] in ("dev ", "test")]
        verdicts = [row.partition("] ")[2] for row in rows]
        other = ["noise", "the same", "noise", "noise"]
        assert verdicts == 2 * (other if revision == "other" else SAME)
        assert all(len(row) <= 80 for row in rows)
    output = pipeline.run(*command, "nowhere", fails=True)
    assert output.startswith("error: REV=nowhere: ")
    assert "Traceback" not in output
    pipeline.run("dvc", "exp", "remove", "other")


@SLOW
def test_other_words_are_not_compared(pipeline: Pipeline) -> None:
    """Another split has other words in dev: no pairs."""
    set_params(pipeline.folder, split_seed=43)
    pipeline.repro()
    output = pipeline.run("python", "-m", "experiments.compare", "HEAD", fails=True)
    assert output.startswith(
        "error: REV=HEAD: data/sequences.csv has other words there"
    )


@SLOW
def test_the_ladder_writes_a_table_for_each_corpus(pipeline: Pipeline) -> None:
    """A row for each rung, the n-gram, and what is to beat; by git nothing else."""
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
    assert changed[1::2] == ["docs/leaderboard.md", "experiments/spread.json"]
    spread = json.loads((pipeline.folder / "experiments" / "spread.json").read_text())
    deviations = [
        [float(cell.partition(" ± ")[2]) for cell in row[3:7]] for row in rows[2:4]
    ]
    network = max(max(row[:2]) for row in deviations)
    mixture = max(max(row[2:]) for row in deviations)
    endings = max(float(cell.partition(" ± ")[2]) for cell in rows[4][5:7])
    assert spread.pop("endings") >= endings - 5e-5
    assert spread == pytest.approx({"network": network, "mixture": mixture}, abs=5e-5)


@SLOW
def test_best_runs_again_and_again_in_the_workspace(pipeline: Pipeline) -> None:
    """As the experiment `best`, with the parameters of the last rung."""
    for _ in range(2):
        pipeline.run("python", "-m", "experiments.ladder", "--best")
        params = YAML().load(pipeline.folder / "params.yaml")
        assert params["network"]["activation"] == "gelu"
        assert params["corpus"] == "data/small.txt"
        names = pipeline.run("dvc", "exp", "list", "--name-only")
        assert names.split() == ["best"]


def test_the_first_rung_is_the_default_network_whatever_params_yaml_says() -> None:
    """All that a network depends on, but corpus and seed, with its default value."""
    first, *_ = read_rungs(YAML(typ="safe").load(LADDER))
    params = flat(YAML(typ="safe").load(ROOT / "params.yaml"))
    elsewhere = (
        "corpus",
        "seed",
        "vocabulary.blank",
        "sample.",
        "lr_sweep.",
        "report.",
    )
    assert first.changes == {
        key: value for key, value in params.items() if not key.startswith(elsewhere)
    }


def test_a_rung_keeps_the_changes_of_those_before_it() -> None:
    """And every change is of a key that params.yaml has, in the project's ladder."""
    first, *_, last = read_rungs(YAML(typ="safe").load(LADDER))
    params = YAML(typ="safe").load(ROOT / "params.yaml")
    assert set(last.changes) == set(first.changes) < set(flat(params))
    rungs = [{"name": name, "seeds": 2, "adds": {name: 1}} for name in "ab"]
    content = {"corpora": {}, "rungs": rungs}
    assert [dict(rung.changes) for rung in read_rungs(content)] == [
        {"a": 1},
        {"a": 1, "b": 1},
    ]


def test_the_bootstrap_has_the_deviation_of_the_mean() -> None:
    """Of 1,000 words of one symbol each: sd / sqrt(1000), and sqrt(2) of a seed's."""
    change = np.random.default_rng(5).normal(0.2, 2.0, size=1000)
    drawn = differences(change, np.ones(1000), spread=0.0)
    assert drawn.mean() == pytest.approx(change.mean(), abs=0.005)
    assert drawn.std() == pytest.approx(change.std() / 1000**0.5, rel=0.05)
    seeds = differences(np.zeros(1000), np.ones(1000), spread=0.1)
    assert seeds.std() == pytest.approx(0.1 * 2**0.5, rel=0.05)


@SLOW
def test_experiments_stand_side_by_side(pipeline: Pipeline) -> None:
    """Those of earlier commits too, with what they change now, and their losses."""
    pipeline.run("dvc", "exp", "run", "--name", "five", "-S", "ngram.order=5")
    loss, mixture = (
        json.loads((pipeline.folder / "metrics" / f"{name}.json").read_text())
        for name in ("loss", "mixture")
    )
    pipeline.restore()
    pipeline.run("git", "commit", "--quiet", "--allow-empty", "--message", "Later")
    output = pipeline.run("python", "-m", "experiments.side_by_side")
    rows = {line.split()[0]: line.split()[1:] for line in output.splitlines()}
    pipeline.run("dvc", "exp", "remove", "--rev", "HEAD~1")
    shown = [f"{x:.4f}" for x in (loss["dev"], loss["test"], mixture["dev"])]
    assert rows["five"] == ["ngram.order=5", *shown]
    assert rows["(last"][:3] == ["commit)", *shown[:2]]
