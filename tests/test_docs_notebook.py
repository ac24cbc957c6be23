"""The notebook of the library, docs/notebook.ipynb, run from top to bottom."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

CELLS = json.loads((ROOT / "docs" / "notebook.ipynb").read_text("utf-8"))["cells"]


def test_the_notebook_has_no_outputs() -> None:
    """They change with the machine, and with whoever ran it last."""
    assert not any(cell.get("outputs") for cell in CELLS)
    assert not any(cell.get("execution_count") for cell in CELLS)


@pytest.mark.slow
def test_the_notebook_gives_the_losses_of_the_pipeline() -> None:
    """Its cells as one program, in its folder: those in metrics/loss.json."""
    cells = [c["source"] for c in CELLS if c["cell_type"] == "code"]
    done = subprocess.run(
        [sys.executable, "-c", "\n\n".join("".join(source) for source in cells)],
        cwd=ROOT / "docs",
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    losses = dict(re.findall(r"^(train|dev|test) +(\d\.\d{4})$", done.stdout, re.M))
    committed = json.loads((ROOT / "metrics" / "loss.json").read_text())
    assert losses == {split: f"{loss:.4f}" for split, loss in committed.items()}
