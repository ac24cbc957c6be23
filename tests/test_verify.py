"""`make check` and `make verify`: whether results are those of the code.

`.ci/run` has them pass on the default corpus.
"""

import re

import pytest
from ruamel.yaml import YAML

from tests.conftest import Pipeline


@pytest.mark.slow
def test_other_results_and_other_code_are_found(pipeline: Pipeline) -> None:
    """The hash of another model in dvc.lock, and a line that changes a loss."""
    assert "its results are those of its code" in pipeline.run("make", "check")

    lock, yaml = pipeline.folder / "dvc.lock", YAML()
    tree = yaml.load(lock)
    (model,) = (
        out for out in tree["stages"]["train"]["outs"] if out["path"] == "data/model.pt"
    )
    model["md5"] = "0" * 32
    yaml.dump(tree, lock)
    losses = pipeline.folder / "nplm" / "losses.py"
    text, mean = losses.read_text("utf-8"), "float(values_N.mean())"
    assert mean in text
    losses.write_text(text.replace(mean, f"{mean} * 1.01"), "utf-8")
    pipeline.commit()

    output = pipeline.run("make", "check", fails=True)
    assert "evaluate: has read another data/model.pt\n" in output
    assert "ngram: has read another nplm/losses.py\n" in output
    output = pipeline.run("make", "verify", fails=True)
    assert "dvc.lock: train has written another data/model.pt\n" in output
    assert re.search(r"metrics/loss.json: dev was [\d.]+, is [\d.]+\n", output)
