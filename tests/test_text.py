"""The pipeline on a text, whose symbols are words, by real DVC."""

import json
import lzma
import re

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT, STAGES, Pipeline, stages_run

pytestmark = pytest.mark.slow

LINES = 300
SMALL = {
    "steps": 30,
    "embedding_dim": 8,
    "hidden": 8,
    "lr_sweep.steps": 30,
    "lr_sweep.seeds": 1,
}


@pytest.fixture
def pipeline(pipeline: Pipeline) -> Pipeline:
    """Return a clone that knows characters, with a small text and a small preset."""
    with lzma.open(ROOT / "data/travail_texte.txt.xz", "rt", encoding="utf-8") as file:
        lines = [line for line in file if len(line) < 1000][:LINES]
    (pipeline.folder / "data" / "text.txt").write_text("".join(lines), "utf-8")
    preset = pipeline.folder / "experiments" / "text.yaml"
    yaml = YAML()
    changes = yaml.load(preset)
    changes.update(SMALL)
    yaml.dump(changes, preset)
    pipeline.commit()
    return pipeline


def test_a_text_goes_through_every_stage_and_back_to_characters(
    pipeline: Pipeline,
) -> None:
    """By `make text-model`; `make defaults` goes back."""
    output = pipeline.run("make", "text-model", "CORPUS=data/text.txt")
    assert stages_run(output) == set(STAGES)
    corpus, loss, ngram, mixed = (
        json.loads((pipeline.folder / "metrics" / f"{stage}.json").read_text())
        for stage in ("corpus", "loss", "ngram", "mixture")
    )
    assert corpus["lines"] == LINES
    assert loss["perplexity"].keys() == {"train", "dev", "test"}
    assert mixed["with_endings"]["mixture"]["dev"] == pytest.approx(mixed["dev"])
    assert mixed["perplexity"]["dev"] <= ngram["perplexity"]["dev"]
    assert mixed["dev"] < mixed["without"]["cache"]["dev"]

    near = pipeline.run("python", "-m", "nplm", "neighbours", "travail", "--count=3")
    assert len(near.splitlines()) == 4
    words = pipeline.run("make", "words", "PREFIX=l' employeur", "COUNT=2")
    assert words.count("l'employeur") >= 2
    score = pipeline.run("python", "-m", "nplm", "score", "le travail xyzzy")
    assert [line.split()[0] for line in score.splitlines()[1:5]] == [
        "le", "travail", "<unk>", "</s>"
    ]  # fmt: skip
    before = "xyzzy licenciement du licenciement du"
    (pipeline.folder / "before.txt").write_text(before)
    asked = ("score", "--csv", "licenciement")
    alone, after = (
        pipeline.run("python", "-m", "nplm", *asked, *option).splitlines()
        for option in ((), ("--before=before.txt",))
    )
    assert alone[0] == "word,position,symbol,network,ngram,cache,mixture"
    for column in (5, 6):
        rows = (float(lines[1].split(",")[column]) for lines in (alone, after))
        assert next(rows) < next(rows)
    options = ("--before=before.txt", "--prefix=le travail", "--count=2")
    lines = pipeline.run("python", "-m", "nplm", "words", *options).splitlines()
    assert [line[:10] for line in lines] == ["le travail"] * 2
    (pipeline.folder / "before.txt").unlink()

    pipeline.run("make", "defaults")
    assert pipeline.run("git", "status", "--short") == ""
    assert "up to date" in pipeline.run("dvc", "status", "dvc.yaml")


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
    networks = {network["name"]: network for network in content["networks"]}
    content["networks"] = [networks["MLP3"], networks["MLP9"]]
    for network, seeds in zip(content["networks"], (1, 2), strict=True):
        network["seeds"] = seeds
        network["adds"]["steps"] = 10
    content["kneser_ney"] = {3: content["kneser_ney"][3]}
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
        "", "MLP3", "MLP4", "MLP9", "MLP10", "Kneser-Ney",
        "*interpolated trigram*", "*class-based back-off, 500 classes*",
        "", "MLP4", "MLP10", "", "Kneser-Ney", "MLP4", "MLP10",
    ]  # fmt: skip
    *_, kneser_ney, mlp4, mlp10 = (row[2:] for row in rows)
    assert all(float(cell.split()[0]) for cell in (*kneser_ney, *mlp4, *mlp10))
    assert float(mlp4[0]) < float(next(row for row in rows[9:] if row[0] == "MLP4")[2])
    by_name = {row[0]: row for row in rows[:9]}
    assert by_name["MLP3"][1:6] == ["5", "0", "60", "yes", "no"]
    assert by_name["MLP3"][10:13] == ["201", "327", "310"]
    for name in ("MLP3", "MLP4", "Kneser-Ney"):  # <unk> is easy to predict
        assert float(by_name[name][9]) > float(by_name[name][8])
    assert "±" in by_name["MLP9"][7]
    assert {len(row) for row in rows[:9]} == {16}
    assert "paper" not in pipeline.run("dvc", "exp", "list", "--name-only")

    output = pipeline.run("make", "paper", "NETWORKS=MLP3")
    assert "MLP9" not in output
    assert (pipeline.folder / "docs" / "paper.md").read_text("utf-8") == page
