"""One training on several processes, by the stage train and real torchrun."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from nplm.models.model_file import load_members
from nplm.models.network import Part, cut_contexts, drop
from tests.conftest import ARGUMENTS, ROOT, set_params
from tests.inputs import save_small_split

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


def test_parts_have_the_noise_of_the_whole_batch() -> None:
    """Two of four examples each, put together, are what one process would have."""

    def generator() -> torch.Generator:
        return torch.Generator().manual_seed(1)

    units_BxH = torch.arange(1.0, 13.0).view(4, 3)
    whole = drop(units_BxH, 0.5, generator())
    parts = [drop(units_BxH[2 * i :][:2], 0.5, generator(), Part(i, 2)) for i in (0, 1)]
    assert torch.equal(torch.cat(parts), whole)
    emb_BxTxE = torch.ones(200, 3, 2)
    whole = cut_contexts(emb_BxTxE, 0.5, generator())
    parts = [
        cut_contexts(emb_BxTxE[:50], 0.5, generator(), Part(i, 4)) for i in range(4)
    ]
    assert torch.equal(torch.cat(parts), whole)


@pytest.mark.slow
def test_the_losses_are_those_of_one_process_to_rounding(folder: Path) -> None:
    """And the weights, with 2 and 4, with noise, direct connections and two layers."""
    network = {"network__layers": 2, "network__direct": True}
    found = {}
    for processes in (1, 2, 4):
        stage = start(
            folder,
            **(NOISE | ADAMW | network),
            steps=60,
            lr_decay=1.0,
            training__processes=processes,
        )
        output, errors = stage.communicate()
        assert stage.returncode == 0, errors
        losses = [float(line.split()[-1]) for line in output.splitlines()[1:]]
        assert len(losses) == 10  # printed by one process alone
        (trained,), _ = load_members(folder / "model.pt")
        found[processes] = (losses, [w.detach() for w in trained.parameters()])
    for processes in (2, 4):
        for ours, theirs in zip(found[processes], found[1], strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_torchrun_by_hand_starts_the_same(folder: Path) -> None:
    """On this machine or on many: the stage takes what torchrun says."""
    command = "torchrun --standalone --nproc-per-node=2 --local-ranks-filter=0"
    torchrun = shlex.split(command)
    torchrun[0] = str(Path(sys.executable).with_name("torchrun"))
    losses = []
    for values in ({}, {"training__processes": 2}):
        stage = start(
            folder, *(torchrun if not values else ()), steps=20, **NOISE, **values
        )
        output, errors = stage.communicate()
        assert stage.returncode == 0, errors
        losses.append(output)
    assert losses[0] == losses[1]


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_run_with_one_line(folder: Path) -> None:
    """The others end too, and there is no model."""
    steps = 1_000_000
    stage = start(folder, steps=steps, training__processes=2, **NOISE)
    end = time.monotonic() + 120
    while not (folder / "loss.csv").exists():
        assert time.monotonic() < end
        time.sleep(0.1)
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


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"training__processes": 3}, "batch_size: 16 needs to be a multiple of train"),
        (
            {"training__processes": 2, "training__device": "mps"},
            "training.processes: 2 needs to be 1 with training.device: mps",
        ),
        (
            {"training__processes": 2, "training__engine": "fused"},
            "training.engine: fused cannot do training.processes: 2; take auto",
        ),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_shared_is_one_line(
    folder: Path, values: dict[str, Any], problem: str
) -> None:
    """It names the key, the value and the remedy; once, not by each process."""
    stage = start(folder, **values)
    _, printed = stage.communicate()
    assert stage.returncode == 1
    errors = [line for line in printed.splitlines() if "error" in line]
    assert len(errors) == 1
    assert errors[0].startswith(f"error: params.yaml: {problem}")
