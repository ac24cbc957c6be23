"""The pipeline on a text, whose symbols are words, by real DVC."""

import json
import lzma
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT, Pipeline, set_params, stages_run
from tests.test_reruns import ALL

LINES = 300
SMALL = {
    "steps": 30,
    "embedding_dim": 8,
    "hidden": 8,
    "lr_sweep.steps": 30,
    "lr_sweep.seeds": 1,
}


@pytest.fixture(scope="module")
def clone(ran: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Return a clone that knows characters, with a small text and a small preset."""
    clone = ran.copy(tmp_path_factory.mktemp("clone") / "project")
    with lzma.open(ROOT / "data/travail_texte.txt.xz", "rt", encoding="utf-8") as file:
        lines = [line for line in file if len(line) < 1000][:LINES]
    (clone.folder / "data" / "text.txt").write_text("".join(lines), "utf-8")
    preset = clone.folder / "experiments" / "text.yaml"
    yaml = YAML()
    changes = yaml.load(preset)
    changes.update(SMALL)
    yaml.dump(changes, preset)
    clone.commit()
    return clone


def metrics(pipeline: Pipeline, stage: str) -> Any:
    """Return the metrics that a stage has written."""
    return json.loads((pipeline.folder / "metrics" / f"{stage}.json").read_text())


@pytest.mark.slow
def test_a_text_goes_through_every_stage_and_back_to_characters(
    pipeline: Pipeline,
) -> None:
    """By `make text-model`; DVC's own commands end well; `make defaults` goes back."""
    output = pipeline.run("make", "text-model", "CORPUS=data/text.txt")
    assert stages_run(output) == ALL
    assert metrics(pipeline, "corpus")["lines"] == LINES
    for stage, splits in (
        ("loss", {"train", "dev", "test"}),
        ("ngram", {"dev", "test"}),
        ("mixture", {"dev", "test"}),
    ):
        assert metrics(pipeline, stage)["perplexity"].keys() == splits
    mixed = metrics(pipeline, "mixture")
    assert mixed["with_endings"]["mixture"]["dev"] == pytest.approx(mixed["dev"])
    dev = metrics(pipeline, "ngram")["perplexity"]["dev"]
    assert mixed["perplexity"]["dev"] <= dev

    near = pipeline.run("python", "-m", "nplm", "neighbours", "travail", "--count=3")
    assert len(near.splitlines()) == 4
    words = pipeline.run("make", "words", "PREFIX=l' employeur", "COUNT=2")
    assert words.count("l'employeur") >= 2
    score = pipeline.run("python", "-m", "nplm", "score", "le travail xyzzy")
    assert [line.split()[0] for line in score.splitlines()[1:5]] == [
        "le", "travail", "<unk>", "</s>"
    ]  # fmt: skip

    for command in (
        ("dvc", "exp", "save", "--name", "saved"),
        ("dvc", "exp", "apply", "text"),
        ("dvc", "checkout"),
        ("dvc", "remote", "add", "--local", "--default", "there", "../there"),
        ("dvc", "push", "--quiet"),
        ("dvc", "pull", "--quiet"),
    ):
        pipeline.run(*command)
    assert "up to date" in pipeline.run("dvc", "status", "dvc.yaml")
    assert pipeline.repro() == set()

    pipeline.run("make", "defaults")
    assert pipeline.run("git", "status", "--short") == ""
    assert "up to date" in pipeline.run("dvc", "status", "dvc.yaml")


@pytest.mark.slow
def test_the_papers_table_has_a_row_for_each_of_its_models(pipeline: Pipeline) -> None:
    """By `make paper`, with two of its networks made small: alone, mixed, quoted."""
    path = pipeline.folder / "experiments" / "paper.yaml"
    yaml = YAML()
    content = yaml.load(path)
    content["all"] |= {
        "corpus": "data/text.txt",
        "vocabulary.size": 300,
        "split.shares": [15_000, 3_000, 0],
        "steps": 10,
    }
    content["networks"] = [
        {**network, "seeds": seeds, "adds": {**network["adds"], "steps": 10}}
        for network in content["networks"]
        for name, seeds in (("MLP3", 1), ("MLP9", 2))
        if network["name"] == name
    ]
    yaml.dump(content, path)
    output = pipeline.run("make", "paper")
    assert len(re.findall(r"^MLP[39] +seed \d  dev [\d.]+", output, re.M)) == 6
    page = (pipeline.folder / "docs" / "paper.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in page.splitlines()
        if line.startswith("| ")
    ]
    names = [row[0] for row in rows if "---" not in row[0]]
    assert names == [
        "", "MLP3", "MLP4", "MLP9", "MLP10", *["Kneser-Ney"] * 3,
        "*interpolated trigram*", "*class-based back-off, 500 classes*",
        "", "MLP4", "MLP10",
    ]  # fmt: skip
    by_name = {row[0]: row for row in rows}
    assert by_name["MLP3"][1:6] == ["5", "0", "60", "yes", "no"]
    assert by_name["MLP3"][9:12] == ["201", "327", "310"]
    assert "±" in by_name["MLP9"][7]
    assert {len(row) for row in rows[:11]} == {15}
    assert "paper" not in pipeline.run("dvc", "exp", "list", "--name-only")

    before = page.splitlines()
    output = pipeline.run("make", "paper", "NETWORKS=MLP9")
    assert "MLP3" not in output
    after = (pipeline.folder / "docs" / "paper.md").read_text("utf-8").splitlines()
    seconds = {
        i for i, line in enumerate(before) if line.startswith(("| MLP9", "| MLP10"))
    }
    assert [line for i, line in enumerate(after) if i not in seconds] == [
        line for i, line in enumerate(before) if i not in seconds
    ]
    output = pipeline.run("make", "paper", "NETWORKS=MLP8", fails=True)
    assert "error: NETWORKS: 'MLP8' is no network of paper.yaml; take some of" in output


@pytest.mark.parametrize(
    ("content", "values", "problem"),
    [
        ("loi\nlois\n", {}, "data/bad.txt: one token a line, as a word list has it; "),
        ("le la\n" * 9, {"vocabulary__min_count": 99}, "params.yaml: vocabulary: size"),
        ("le la\n" * 9, {"vocabulary__size": 9}, "params.yaml: vocabulary.size: 9 nee"),
        ("le la\n" * 9, {"vocabulary__blank": True}, "params.yaml: vocabulary.blank: "),
        ("le la\n", {}, "data/sequences.txt: too few lines (1) to fill train, dev and"),
    ],
)
def test_a_text_that_cannot_be_learned_is_one_line(
    pipeline: Pipeline, content: str, values: dict[str, Any], problem: str
) -> None:
    """It names file or key, value and remedy, and nothing is written."""
    Path(pipeline.folder / "data" / "bad.txt").write_text(content)
    set_params(pipeline.folder, corpus="data/bad.txt", unit="word", **values)
    output = pipeline.run("dvc", "repro", "splits", fails=True)
    errors = [line for line in output.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert errors[0].startswith(f"error: {problem}")
