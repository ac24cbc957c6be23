"""Product: of two matrices, with the same bits whatever the processor and the threads.

PyTorch's product calls MKL, which takes other code on Intel's processors than on AMD's,
and adds up in another order on more threads. In float32 on a processor, this one calls
multiply.py, and gives each thread a part of the result. Large products take the time
of MKL's with vectors of AVX2, wide ones a tenth more (docs/decisions.md).

Letters in names: R rows, K terms of a sum, N columns.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

WORTH_A_THREAD = 2**23
"""Terms of all sums of a thread's part, at least: 0.2 ms, where its start takes 0.1."""


def addmm(start_RxN: Tensor, a_RxK: Tensor, b_KxN: Tensor) -> Tensor:
    """Return start + a @ b, as torch.addmm does; a row (N,) can be the start of all.

    In float64, on a GPU, or where products may be rounded, it is PyTorch's.
    """
    if (
        a_RxK.dtype != torch.float32
        or a_RxK.device.type != "cpu"
        or torch.get_float32_matmul_precision() != "highest"
    ):
        return torch.addmm(start_RxN, a_RxK, b_KxN)
    result: Tensor = _Addmm.apply(start_RxN, a_RxK, b_KxN)  # type: ignore[no-untyped-call] # torch's
    return result


class _Addmm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, start_RxN: Tensor, a_RxK: Tensor, b_KxN: Tensor) -> Tensor:
        ctx.save_for_backward(a_RxK, b_KxN)
        ctx.one_row = start_RxN.dim() == 1
        out_RxN = start_RxN.expand(len(a_RxK), -1).clone(
            memory_format=torch.contiguous_format
        )
        return add_product(a_RxK, b_KxN, out_RxN)

    @staticmethod
    def backward(ctx: Any, slope_RxN: Tensor) -> Any:
        a_RxK, b_KxN = ctx.saved_tensors
        from_start, from_a, from_b = ctx.needs_input_grad
        to_start = slope_RxN.sum(0) if ctx.one_row else slope_RxN
        return (
            to_start if from_start else None,
            _product(slope_RxN, b_KxN.T) if from_a else None,
            _gradient(a_RxK, slope_RxN, b_KxN) if from_b else None,
        )


def _product(a_RxK: Tensor, b_KxN: Tensor) -> Tensor:
    return add_product(a_RxK, b_KxN, a_RxK.new_zeros(len(a_RxK), b_KxN.shape[1]))


def _gradient(a_RxK: Tensor, slope_RxN: Tensor, b_KxN: Tensor) -> Tensor:
    """Return the gradient of b, as it lies in memory: adding it up is faster then."""
    if b_KxN.is_contiguous():
        return _product(a_RxK.T, slope_RxN)
    return _product(slope_RxN.T, a_RxK).T


def add_product(a_RxK: Tensor, b_KxN: Tensor, out_RxN: Tensor) -> Tensor:
    """Add a @ b to out, by as many threads as PyTorch has, and return it."""
    from nplm.arithmetic.multiply import multiply  # noqa: PLC0415 takes half a second

    a, b, out = (tensor.detach().numpy() for tensor in (a_RxK, b_KxN, out_RxN))
    parts = min(torch.get_num_threads(), out.size * a.shape[1] // WORTH_A_THREAD)
    if parts < 2:
        multiply(a, b, out)
        return out_RxN
    by_rows = len(out) > out.shape[1]
    edges = [max(out.shape) * part // parts for part in range(parts + 1)]
    cuts = [slice(*edge) for edge in pairwise(edges)]

    def part(cut: slice) -> None:
        if by_rows:
            multiply(a[cut], b, out[cut])
        else:
            multiply(a, b[:, cut], out[:, cut])

    others = [_threads().submit(part, cut) for cut in cuts[1:]]
    part(cuts[0])
    for other in others:
        other.result()
    return out_RxN


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(torch.get_num_threads())
