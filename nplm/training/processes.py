"""Processes: one training on several of them, each with its part of every batch.

They are started by torchrun, or by `launch`, which is torchrun's own launcher. All draw
the same numbers, so a batch, its dropout and the first weights are what one process
would have; only sums are added up in another order.

Letters in names: S steps.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from nplm.errors import InputError
from nplm.models.noise import WHOLE, Part

SECONDS_TO_END = 60
"""That torchrun takes at most, to end the other processes when one has died."""


def launched() -> int:
    """Return how many processes torchrun has started, or 0: this one is none of them.

    torchrun says it by WORLD_SIZE.
    """
    return int(os.environ.get("WORLD_SIZE", "0"))


def number_here() -> int:
    """Return the number of this process among those of its machine; alone it is 0."""
    return int(os.environ.get("LOCAL_RANK", "0"))


@contextmanager
def joined(device: str) -> Iterator[Part]:
    """Join the processes that torchrun has started; yield which of them this one is.

    By gloo, and on GPUs by NCCL. Without torchrun there is one process, which is the
    whole. If another one dies, this one waits for torchrun to end it: torchrun says
    which.
    """
    if not launched():
        yield WHOLE
        return
    import torch.distributed as dist  # noqa: PLC0415 takes half a second

    dist.init_process_group("nccl" if device == "cuda" else "gloo")
    try:
        yield Part(dist.get_rank(), dist.get_world_size())
    except RuntimeError as error:
        # gloo has no class of errors of its own
        if isinstance(error, dist.DistError) or "gloo" in str(error):
            time.sleep(SECONDS_TO_END)
        raise
    else:  # after an error others may still wait, and NCCL would wait for them
        dist.destroy_process_group()


def launch(module: str, arguments: list[str], processes: int) -> None:
    """Run a module with these arguments on several processes of this machine.

    Only the first one prints. If one of them dies, the others are ended. Raises
    SystemExit if one stops with an error, which it has printed, and InputError if one
    is killed.
    """
    from torch.distributed.elastic.multiprocessing.errors import (  # noqa: PLC0415
        ChildFailedError,
    )
    from torch.distributed.run import parse_args, run  # noqa: PLC0415

    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in a stage
    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)
    options = ["--standalone", "--local-ranks-filter=0"]
    options += [f"--nproc-per-node={processes}", "-m", module, *arguments]
    try:
        run(parse_args(options))  # type: ignore[no-untyped-call]
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        if failure.exitcode > 0:
            sys.exit(failure.exitcode)
        raise InputError(
            f"process {rank} of {processes} was killed ({failure.signal_name()}); "
            "with too little memory take fewer: training.processes"
        ) from error


def in_parts(network: nn.Module, part: Part) -> nn.Module:
    """Return a network whose gradients are the means over all processes."""
    if part == WHOLE:
        return network
    for weights in network.parameters():
        weights.requires_grad_(weights.numel() > 0)  # what is not there has no gradient
    return nn.parallel.DistributedDataParallel(network)


def mean_losses(losses_S: Tensor, part: Part) -> Tensor:
    """Return losses_S of whole batches, on the CPU, from those of this process's part.

    A loss that is not finite is the last one.
    """
    if part != WHOLE:
        import torch.distributed as dist  # noqa: PLC0415 takes half a second

        dist.all_reduce(losses_S)
        losses_S /= part.of
    losses_S = losses_S.cpu()
    not_finite = (~losses_S.isfinite()).nonzero()
    return losses_S[: int(not_finite[0]) + 1] if len(not_finite) else losses_S
