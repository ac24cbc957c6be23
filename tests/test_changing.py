"""What docs/changing.md says to touch is enough: followed here in copies."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT, set_params
from tests.inputs import save_small_split, save_words

UNIFORM = '''
"""Uniform: all symbols are equally likely."""
import numpy as np
from nplm.scores import Scores


class Uniform:
    def __init__(self, vocabulary):
        self.vocabulary = vocabulary

    def score(self, ids_N):
        return Scores(np.full(len(ids_N), -np.log(len(self.vocabulary))))
'''
STAGE = '''
"""Uniform: the scores of a model that knows nothing."""
from nplm.corpus.ids import load_ids
from nplm.models.uniform import Uniform
from nplm.scores import save_scores
from stages.command import read_files, run


def main():
    arguments = read_files(
        __doc__, reads={"ids": "the sequences"}, writes={"scores": "the scores"}
    )
    vocabulary, ids = load_ids(arguments.ids)
    model = Uniform(vocabulary)
    scores = {split: model.score(ids_N) for split, ids_N in ids.items()}
    save_scores(scores, arguments.scores)


if __name__ == "__main__":
    run(main)
'''
IN_THE_MAP = """  uniform:
    cmd: >-
      python -m stages.uniform
      --ids data/splits/ids.npz
      --scores data/uniform.npz
    deps:
      - data/splits/ids.npz
    outs:
      - data/uniform.npz

  mixture:
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the code, the map and the parameters, with small splits."""
    for name in ("nplm", "stages", "experiments", "report"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    splits = {"train": ["aa", "ab", "b", "bab"], "dev": ["ba", "abb"], "test": ["aab"]}
    folder = tmp_path / "data" / "splits"
    folder.mkdir(parents=True)
    for split, words in splits.items():
        save_small_split(folder / f"{split}.pt", *words)
    save_words(splits, [".", "a", "b"], folder / "ids.npz")
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that a file has once."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def run(project: Path, *names: str) -> None:
    """Run stages of the copy's map, or modules, with Python in the copy."""
    stages = YAML(typ="safe").load(project / "dvc.yaml")["stages"]
    for name in names:
        command = stages[name]["cmd"] if name in stages else f"python -m {name}"
        subprocess.run(
            [sys.executable, *shlex.split(command)[1:]],
            cwd=project,
            env=os.environ | {"PYTHONPATH": str(project)},
            check=True,
        )


def test_an_activation_is_two_lines_of_one_file(project: Path) -> None:
    """ReLU, with its known gain; params.yaml says its name."""
    network = project / "nplm" / "models" / "network.py"
    change(network, '"gelu": Gelu', '"gelu": Gelu, "relu": nn.ReLU')
    change(network, '"tanh": 5 / 3', '"tanh": 5 / 3, "relu": 2**0.5')
    set_params(project, network__activation="relu", network__init="kaiming", steps=3)
    run(project, "train")
    assert (project / "data" / "model.pt").exists()


@pytest.mark.slow
def test_adding_a_model_takes_its_file_its_stage_and_two_edits_of_the_map(
    project: Path,
) -> None:
    """The mixture takes whatever scores it is given, and names a model by its file."""
    (project / "nplm" / "models" / "uniform.py").write_text(UNIFORM)
    (project / "stages" / "uniform.py").write_text(STAGE)
    change(project / "dvc.yaml", "  mixture:\n", IN_THE_MAP)
    change(
        project / "dvc.yaml",
        "--scores data/network.npz data/ngram.npz",
        "--scores data/uniform.npz data/ngram.npz",
    )
    run(project, "experiments.map")
    deps = YAML(typ="safe").load(project / "dvc.yaml")["stages"]["uniform"]["deps"]
    assert "nplm/models/uniform.py" in deps
    run(project, "ngram", "cache", "endings", "uniform", "mixture")
    metrics = json.loads((project / "metrics" / "mixture.json").read_text())
    assert 0 < metrics["uniform_weight"] < 1
    assert metrics["uniform_weight"] + metrics["ngram_weight"] == pytest.approx(1)
