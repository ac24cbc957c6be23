"""One training on several processes, by the stage train and real torchrun."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
import torch.distributed as dist

from nplm.models.model_file import load_members
from nplm.models.noise import Part
from nplm.training.processes import in_parts
from tests.conftest import ARGUMENTS, ROOT, set_params, wait_until
from tests.inputs import new_network, save_small_split

NOISE = {
    "training__dropout": 0.2,
    "training__context_dropout": 0.3,
    "training__embedding_dropout": 0.1,
}
ADAMW = {"training__optimizer": "adamw", "training__beta2": 0.95, "lr": 0.01}
STAGE = ("-m", "stages.train", *ARGUMENTS["train"])


def start(folder: Path, *command: str, **values: Any) -> "subprocess.Popen[str]":
    """Start the stage in a folder with parameters; command is what runs it."""
    for split in ("train", "dev"):
        save_small_split(folder / f"{split}.pt")
    set_params(folder, hidden=8, batch_size=16, **values)
    return subprocess.Popen(
        [*(command or (sys.executable,)), *STAGE],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_the_losses_are_those_of_one_process_to_rounding(folder: Path) -> None:
    """And the weights, with 2 and 4, with noise, direct connections and two layers.

    On this machine or on many: torchrun by hand starts the same as the stage.
    """
    torchrun = [str(Path(sys.executable).with_name("torchrun"))]
    torchrun += ["--standalone", "--nproc-per-node=2", "--local-ranks-filter=0"]
    values = NOISE | ADAMW | {"network__layers": 2, "network__direct": True}
    found = []
    for processes, command in ((1, []), (2, []), (4, []), (1, torchrun)):
        values["training__processes"] = processes
        stage = start(folder, *command, **values, steps=60, lr_decay=1.0)
        output, errors = stage.communicate()
        assert stage.returncode == 0, errors
        losses = [float(line.split()[-1]) for line in output.splitlines()[1:]]
        assert len(losses) == 10  # printed by one process alone
        (trained,), _ = load_members(folder / "model.pt")
        found.append((losses, [w.detach() for w in trained.parameters()]))
    one, two, four, by_hand = found
    assert by_hand[0] == two[0]
    for several in (two, four):
        torch.testing.assert_close(several, one, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_run_with_one_line(folder: Path) -> None:
    """The others end too, and there is no model."""
    steps = 1_000_000
    stage = start(folder, steps=steps, training__processes=2, **NOISE)
    wait_until((folder / "loss.csv").exists)
    children = psutil.Process(stage.pid).children()
    *_, last = sorted(c.pid for c in children if "stages.train" in c.cmdline())
    os.kill(last, signal.SIGKILL)
    _, errors = stage.communicate(timeout=60)
    *_, line = errors.strip().splitlines()
    assert line.startswith("error: process ")
    assert "of 2 was killed (SIGKILL); with too little memory take fewer: " in line
    assert "Traceback" not in errors
    assert stage.returncode == 1
    assert not (folder / "model.pt").exists()
    assert not any(psutil.pid_exists(child.pid) for child in children)


@pytest.mark.slow
def test_what_cannot_be_shared_is_one_line(folder: Path) -> None:
    """Once, not by each process."""
    stage = start(folder, training__processes=2, training__engine="fused")
    _, printed = stage.communicate()
    assert stage.returncode == 1
    (error,) = (line for line in printed.splitlines() if "error" in line)
    assert error.startswith("error: params.yaml: training.engine: fused cannot do trai")


def test_weights_that_are_not_there_have_no_gradient(tmp_path: Path) -> None:
    """Processes would wait for it: here the empty Wh, bh and D of one layer."""
    meeting = f"file://{tmp_path}/meeting"
    dist.init_process_group("gloo", init_method=meeting, rank=0, world_size=1)
    try:
        network = new_network(5, 3, 2, 4)
        in_parts(network, Part(0, 2))
    finally:
        dist.destroy_process_group()
    weights = network.named_parameters()
    empty = [name for name, tensor in weights if not tensor.requires_grad]
    assert empty == ["Wh", "bh", "D"]
