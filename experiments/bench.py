"""Benchmark: the notebook's loop against ours, and the time of every stage.

Prints two tables and writes nothing. Ratios are medians of ROUNDS, the two loops in
turn in one process; times are of this machine at this moment. Stages run in a copy of
the project, with a cache of its own.
"""

import statistics
import tempfile
import time

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from experiments.copies import pack, unpack
from experiments.repro import time_stages
from experiments.runs import corpora_to_copy
from nplm.errors import reported_on_one_line
from nplm.models.network import Network
from nplm.models.normal import initialize
from nplm.training import fused

ROUNDS = 5
SIZES = (
    # context, embedding, hidden, batch, steps
    (3, 2, 100, 32, 5000),
    (3, 10, 300, 32, 2500),
    (8, 16, 512, 256, 250),
)
EXAMPLES, SYMBOLS = 50_000, 41
LR = 0.01


def notebook_sgd(
    parameters: list[Tensor],
    X: Tensor,
    Y: Tensor,
    lr: list[float],
    batch_size: int,
    g: torch.Generator,
) -> list[float]:
    """Train C, W1, b1, W2, b2 with the notebook's loop; return the losses."""
    C, W1, b1, W2, b2 = parameters
    for p in parameters:
        p.requires_grad = True
    losses = []
    for rate in lr:
        ix = torch.randint(0, X.shape[0], (batch_size,), generator=g)
        emb = C[X[ix]]
        h = torch.tanh(emb.view(emb.shape[0], -1) @ W1 + b1)
        logits = h @ W2 + b2
        loss = cross_entropy(logits, Y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        for p in parameters:
            assert p.grad is not None
            p.data += -rate * p.grad
        losses.append(loss.item())
    for p in parameters:
        p.requires_grad = False
    return losses


def compare(
    context_size: int, embedding_dim: int, hidden: int, batch_size: int, steps: int
) -> tuple[float, float, float]:
    """Return microseconds a step of the notebook's loop and of ours, and the ratio."""
    generator = torch.Generator().manual_seed(1)
    shape = (EXAMPLES, context_size + 1)
    examples = torch.randint(SYMBOLS, shape, generator=generator).to(torch.uint8)
    X, Y = examples[:, :-1].contiguous(), examples[:, -1].contiguous()
    X_long, Y_long = X.long(), Y.long()
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS + 1):
        generator = torch.Generator().manual_seed(1)
        network = Network(SYMBOLS, context_size, embedding_dim, hidden)
        initialize(network, "normal", generator)
        weights = [w.detach().clone() for w in list(network.parameters())[:5]]
        begin = time.perf_counter()
        notebook_sgd(weights, X_long, Y_long, [LR] * steps, batch_size, generator)
        middle = time.perf_counter()
        lr_S = torch.full((steps,), LR)
        fused.descend(network, X, Y, lr_S, batch_size, generator)
        times.append((middle - begin, time.perf_counter() - middle))
    del times[0]  # the first round compiles
    notebook, ours = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(notebook / ours for notebook, ours in times)
    return notebook / steps * 1e6, ours / steps * 1e6, ratio


def main() -> None:
    copy = pack(corpora_to_copy([{}], elsewhere=False))
    torch.set_num_threads(1)
    print("microseconds a step, one thread")
    print("context  embedding  hidden  batch  notebook    ours  times faster")
    for size in SIZES:
        notebook, ours, ratio = compare(*size)
        sizes = "{:7}  {:9}  {:6}  {:5}".format(*size)
        print(f"{sizes}  {notebook:8.0f}  {ours:6.0f}  {ratio:12.1f}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        project = unpack(copy, folder)
        cold = time_stages(project, "--force")
        cached = time_stages(project, "--force")
        nothing = time_stages(project)
    print("\nseconds of `dvc repro`, every stage forced")
    print("stage        nothing compiled  compiled before")
    for stage, seconds in cold.items():
        print(f"{stage:<11}  {seconds:16.1f}  {cached[stage]:15.1f}")
    print(f"and with nothing to do: {nothing['all']:.1f}")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
