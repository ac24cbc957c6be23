"""Matrix: the environments in which the bytes of one commit are the same.

    python -m tests.matrix             the table, by hand: half an hour
    python -m tests.matrix networks    the hashes of short trainings, here

Each network takes three steps on random examples. Its hash is that of the losses, the
weights, and float32 logits of 256 contexts. Other processors are those that qemu-user
emulates; where it is not there, they are left out. The pipeline is what `make verify`
runs.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from nplm.arithmetic.processor import deterministic, settle

settle()
import torch  # noqa: E402 after its settings

from experiments.ladder import read_rungs  # noqa: E402 the same
from experiments.pages import LADDER, TABLE_1, TEXT  # noqa: E402 the same
from experiments.paper import read_networks  # noqa: E402 the same
from nplm.corpus.examples import Examples  # noqa: E402 the same
from nplm.parameters import read_yaml  # noqa: E402 the same
from nplm.training.engine import start_training  # noqa: E402 the same
from nplm.training.parameters import WholeTrainingParameters  # noqa: E402 the same
from tests.inputs import parameters, symbols  # noqa: E402 the same
from tests.nplm.training.test_fused import PROCESSORS  # noqa: E402 the same

STEPS = 3
QEMU = "qemu-x86_64"
EMULATED = ("Haswell-noTSX", "Skylake-Client-noTSX-IBRS", "EPYC-Rome")
ENVIRONMENTS: dict[str, Mapping[str, str]] = {
    "1 thread": {"OMP_NUM_THREADS": "1"},
    "2 threads": {"OMP_NUM_THREADS": "2"},
    "4 threads": {"OMP_NUM_THREADS": "4"},
    "as without AVX-512": PROCESSORS["AVX2"],
}
EVERYDAY: dict[str, Mapping[str, str]] = {
    "PYTHONHASHSEED=1": {"PYTHONHASHSEED": "1"},
    "LC_ALL=C": {"LC_ALL": "C"},
    "LC_ALL=fr_FR.UTF-8": {"LC_ALL": "fr_FR.UTF-8"},
    "TZ=Asia/Tokyo": {"TZ": "Asia/Tokyo"},
    "umask 077": {},
    "a folder `un dossier \u00e9`": {},
}


def networks() -> dict[str, tuple[dict[str, Any], int]]:
    """Return the changes to params.yaml of each network, and its number of symbols."""
    ours = read_networks(read_yaml(TABLE_1))
    paper = {one.name: dict(one.changes) for one in ours}
    return {
        "the notebook's": ({}, 42),
        "the exercise's best": (dict(read_rungs(read_yaml(LADDER))[-1].changes), 42),
        "MLP9": (paper["MLP9"], 16_384),
        "the paper's best": (paper["ours"], 16_384),
        "text-model": (dict(read_yaml(TEXT)), 12_000),
    }


def digest(changes: Mapping[str, Any], vocabulary_size: int) -> str:
    """Return the hash of a network's first steps."""
    values = parameters(WholeTrainingParameters, **changes)
    generator = torch.Generator().manual_seed(1)
    shape = (5000, changes.get("context_size", 3) + 1)
    ids = torch.randint(vocabulary_size, shape, generator=generator).to(torch.int16)
    examples = Examples(symbols(vocabulary_size), ids[:, :-1].contiguous(), ids[:, -1])
    network, descent = start_training(values, examples, generator)
    losses = descent(torch.full((STEPS,), 0.01))
    with torch.no_grad():
        logits = network(examples.X_NxT[:256]).log_softmax(1)
    numbers = [losses, *network.parameters(), logits]
    content = b"".join(x.detach().contiguous().numpy().tobytes() for x in numbers)
    return hashlib.sha256(content).hexdigest()[:12]


def hashes_with(environment: Mapping[str, str], *before: str) -> list[str]:
    """Return the hashes of the networks in another process, in their order."""
    command = [*before, sys.executable, "-m", "tests.matrix", "networks"]
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [line.split()[0] for line in done.stdout.splitlines() if "|" in line]


def verified(name: str, environment: Mapping[str, str]) -> str:
    """Return what `make verify` says in an environment."""
    with tempfile.TemporaryDirectory(prefix="un dossier \u00e9") as folder:
        there = {"TMPDIR": folder} if "dossier" in name else {}
        done = subprocess.run(
            [sys.executable, "-m", "experiments.verify"],
            env=os.environ | environment | there,
            umask=0o077 if "umask" in name else -1,
            capture_output=True,
            text=True,
            check=False,
        )
    lines = (done.stdout + done.stderr).strip().splitlines()
    return "the same" if not done.returncode else lines[0]


def row(cells: Sequence[str]) -> None:
    """Print a row of a table in Markdown."""
    print("|", " | ".join(cells), "|", flush=True)


def main() -> None:
    if sys.argv[1:] == ["networks"]:
        deterministic()
        for name, (changes, size) in networks().items():
            print(f"{digest(changes, size)} | {name}", flush=True)
        return
    row(["", *networks()])
    row(["---"] * (1 + len(networks())))
    for name, environment in ENVIRONMENTS.items():
        row([name, *hashes_with(environment)])
    for processor in EMULATED if shutil.which(QEMU) else ():
        alone = {"OMP_NUM_THREADS": "1"}
        row([f"qemu, {processor}", *hashes_with(alone, QEMU, "-cpu", processor)])
    print()
    row(["", "the pipeline"])
    row(["---", "---"])
    for name, environment in (ENVIRONMENTS | EVERYDAY).items():
        row([name, verified(name, environment)])


if __name__ == "__main__":
    main()
