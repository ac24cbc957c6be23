"""Benchmark: the notebook's loop against ours, and the time of every stage.

Prints two tables and writes nothing that Git tracks. Ratios are medians of ROUNDS,
the two loops in turn in one process; times are of this machine at this moment.
"""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import torch

from nplm.training.fused import fused_loop
from tests.conftest import Pipeline, stages_run
from tests.inputs import examples, new_network
from tests.notebook import notebook_sgd

ROUNDS = 5
SIZES = (
    # context, embedding, hidden, batch, steps
    (3, 2, 100, 32, 5000),
    (3, 10, 300, 32, 2500),
    (8, 16, 512, 256, 250),
)
LR = 0.01


def compare(
    context_size: int, embedding_dim: int, hidden: int, batch_size: int, steps: int
) -> tuple[float, float, float]:
    """Return microseconds a step of the notebook's loop and of ours, and the ratio."""
    X, Y = examples(50_000, context_size)
    X_long, Y_long = X.long(), Y.long()
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS + 1):
        generator = torch.Generator().manual_seed(1)
        sizes = (41, context_size, embedding_dim, hidden)
        network = new_network(*sizes, generator=generator)
        weights = [w.detach().clone() for w in list(network.parameters())[:5]]
        start = time.perf_counter()
        notebook_sgd(weights, X_long, Y_long, [LR] * steps, batch_size, generator)
        middle = time.perf_counter()
        lr_S = torch.full((steps,), LR)
        fused_loop(network)(X, Y, lr_S, batch_size, generator)
        times.append((middle - start, time.perf_counter() - middle))
    del times[0]  # the first round compiles
    notebook, ours = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(notebook / ours for notebook, ours in times)
    return notebook / steps * 1e6, ours / steps * 1e6, ratio


def time_stages(pipeline: Pipeline, *options: str) -> dict[str, float]:
    """Run `dvc repro` and return the seconds of each stage, and of all."""
    process = subprocess.Popen(
        ["dvc", "repro", *options],
        cwd=pipeline.folder,
        env=pipeline.environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    begin = time.perf_counter()
    starts: dict[str, float] = {}
    for line in process.stdout:
        for stage in stages_run(line):
            starts[stage] = time.perf_counter()
    assert process.wait() == 0
    end = time.perf_counter()
    edges = [*starts.values(), end]
    seconds = {stage: edges[i + 1] - edges[i] for i, stage in enumerate(starts)}
    return {**seconds, "all": end - begin}


def main() -> None:
    torch.set_num_threads(1)
    print("microseconds a step, one thread")
    print("context  embedding  hidden  batch  notebook    ours  times faster")
    for size in SIZES:
        notebook, ours, ratio = compare(*size)
        sizes = "{:7}  {:9}  {:6}  {:5}".format(*size)
        print(f"{sizes}  {notebook:8.0f}  {ours:6.0f}  {ratio:12.1f}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder) / "clone")
        cold = time_stages(pipeline, "--force")
        cached = time_stages(pipeline, "--force")
        nothing = time_stages(pipeline)
    print("\nseconds of `dvc repro`, every stage forced")
    print("stage        nothing compiled  compiled before")
    for stage, seconds in cold.items():
        print(f"{stage:<11}  {seconds:16.1f}  {cached[stage]:15.1f}")
    print(f"and with nothing to do: {nothing['all']:.1f}")


if __name__ == "__main__":
    main()
