"""Products: held against PyTorch in float64, and the same bits on any threads."""

import itertools

import pytest
import torch
from torch import Tensor

from nplm.arithmetic import product
from nplm.arithmetic.product import addmm

SIZES = [(1, 1, 1), (13, 7, 17), (32, 6, 100), (64, 257, 64), (50, 600, 33), (7, 0, 3)]


def numbers(*shape: int) -> Tensor:
    """Return numbers that need a gradient."""
    generator = torch.Generator().manual_seed(1)
    return torch.randn(shape, generator=generator).requires_grad_()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("row", [False, True])
def test_a_product_and_its_gradients_are_pytorchs(
    size: tuple[int, int, int], row: bool
) -> None:
    """In float64, to float32 rounding; matrices lie in memory by rows or columns."""
    rows, terms, columns = size
    slope = numbers(rows, columns).detach()
    start = numbers(columns) if row else numbers(rows, columns)
    for a_turned, b_turned in itertools.product([False, True], repeat=2):
        a = numbers(terms, rows) if a_turned else numbers(rows, terms)
        b = numbers(columns, terms) if b_turned else numbers(terms, columns)
        results = []
        for multiply, kind in ((addmm, torch.float32), (torch.addmm, torch.float64)):
            leaves = [x.detach().to(kind).requires_grad_() for x in (start, a, b)]
            s, left, right = leaves
            left, right = left.T if a_turned else left, right.T if b_turned else right
            out = multiply(s, left, right)
            torch.autograd.backward(out, slope.to(kind))
            results.append([out, *(leaf.grad for leaf in leaves)])
        for ours, theirs in zip(*results, strict=True):
            assert ours is not None
            assert theirs is not None
            assert torch.allclose(ours.double(), theirs, rtol=1e-4, atol=1e-4)


def test_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts by rows and by columns, of odd sizes."""
    monkeypatch.setattr(product, "WORTH_A_THREAD", 1)
    before = torch.get_num_threads()
    for rows, columns in ((101, 37), (37, 101)):
        results = []
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            results.append(
                addmm(numbers(columns), numbers(rows, 300), numbers(300, columns))
            )
        torch.set_num_threads(before)
        assert all(torch.equal(results[0], result) for result in results)
