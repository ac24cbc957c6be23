"""Normal: a network's first weights, with the same bits on every x86-64 processor.

torch.randn turns uniform draws into normal ones with vector instructions where the
processor has AVX2, and with the C library where it has not; the last bits differ.
Here the former is spelled out, so that the weights of the notebook, which ran on such
a processor, come out everywhere: the transform of Box and Muller (1958) on blocks of
16 draws, with the single-precision logarithm, sine and cosine of the Cephes library
(Moshier, netlib.org/cephes) and fused multiply-adds, as in PyTorch's avx_mathfun.h.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nplm.models.network import BIASES, GAINS, Network

Singles = NDArray[np.float32]

SMALL = 0.01
SMALL_EMBEDDING, LARGE_INPUT = 0.03, 2.5

BLOCK = 16
CHUNK = 2**12 * BLOCK
"""Draws transformed at a time, which bounds the memory."""
LOG = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1,
    1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1,
    3.3333331174e-1,
)  # fmt: skip
LOG_2 = (-2.12194440e-4, 0.693359375)
SINE = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
COSINE = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
QUARTER_PI = (0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)


def initialize(network: Network, init: str, generator: torch.Generator) -> None:
    """Fill the network's weights from N(0, 1) in the notebook's order, then the others.

    normal: as they are drawn.
    scaled: matrices are divided by the square root of the number of their inputs, so
    that sums of inputs of variance 1 have variance 1. Biases are 0.
    kaiming: matrices that lead to hidden units are scaled so too, times the gain of the
    activation (He et al. 2015). Those that lead to the logits are times SMALL, so that
    all symbols are nearly as likely at the start. Biases are 0.
    small: as kaiming, but embeddings are times SMALL_EMBEDDING, and W1 is times
    LARGE_INPUT. The embedding of a rare word is seldom trained: near 0 it says little,
    as it is drawn it says something random, and with a large W1 a few steps do more.
    Else embeddings are as they are drawn. With every init, a tied W2 is divided by the
    square root of E besides: E of its sums are multiplied by numbers of variance 1 and
    added up, and so logits are as large as untied ones.
    """
    gain = GAINS[network.sizes["activation"]]
    with torch.no_grad():
        for name, weights in network.named_parameters():
            weights.copy_(randn(*weights.shape, generator=generator))
            if name == "W2" and network.sizes["tied"]:
                weights.div_(math.sqrt(weights.shape[1]))
            if init == "normal" or (name == "C" and init != "small"):
                continue
            if name == "C":
                weights.mul_(SMALL_EMBEDDING)
            elif name in BIASES:
                weights.zero_()
            elif init != "scaled" and name in ("W2", "D"):
                weights.mul_(SMALL)
            else:
                weights.div_(math.sqrt(max(1, weights.shape[-2])))
                if init != "scaled":
                    weights.mul_(gain)
                if init == "small" and name == "W1":
                    weights.mul_(LARGE_INPUT)


def randn(*shape: int, generator: torch.Generator) -> Tensor:
    """Return independent N(0, 1) draws in float32, those of torch.randn with AVX2."""
    size = math.prod(shape)
    if size < BLOCK:  # torch computes these in double precision everywhere
        return torch.randn(shape, generator=generator)
    uniform = torch.rand(size, generator=generator).numpy()
    whole = size - size % BLOCK
    normal = np.empty_like(uniform)
    for start in range(0, whole, CHUNK):
        chunk = slice(start, min(start + CHUNK, whole))
        normal[chunk] = _box_muller(uniform[chunk])
    if whole < size:  # torch draws the last block anew, over the end of the one before
        normal[-BLOCK:] = _box_muller(torch.rand(BLOCK, generator=generator).numpy())
    return torch.from_numpy(normal).view(shape)


def _box_muller(uniform: Singles) -> Singles:
    first, second = uniform.reshape(-1, 2, BLOCK // 2).swapaxes(0, 1)
    radius = np.sqrt(np.float32(-2) * _log(np.float32(1) - first))
    sine, cosine = _sine_and_cosine(np.float32(2 * math.pi) * second)
    return np.stack([radius * cosine, radius * sine], axis=1).ravel()


def _fma(a: Singles, b: Singles | float, c: Singles | float) -> Singles:
    """Return a * b + c: an exact product, the sum rounded to 64 bits, then to 24.

    A fused multiply-add rounds once. The two differ only if the sum comes within
    2**-40 of halfway between two float32.
    """
    wide = a.astype(np.longdouble) * np.float32(b) + np.float32(c)
    return np.asarray(wide, np.float32)


def _polynomial(x: Singles, coefficients: tuple[float, ...]) -> Singles:
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total = _fma(total, x, coefficient)
    return total


def _log(x: Singles) -> Singles:
    mantissa, exponent = np.frexp(x)
    small = mantissa < np.float32(math.sqrt(0.5))
    e = (exponent - small).astype(np.float32)
    m = mantissa - np.float32(1) + np.where(small, mantissa, np.float32(0))
    square = m * m
    y = _fma(_polynomial(m, LOG) * m, square, e * np.float32(LOG_2[0]))
    y = _fma(-square, 0.5, y)
    return _fma(e, LOG_2[1], m + y)


def _sine_and_cosine(angle: Singles) -> tuple[Singles, Singles]:
    octant = (angle * np.float32(4 / math.pi)).astype(np.int32)
    octant += octant & 1
    x = angle
    for part in QUARTER_PI:
        x = _fma(octant.astype(np.float32), -part, x)
    square = x * x
    y = _polynomial(square, COSINE) * square
    cosine = _fma(y, square, -(square * np.float32(0.5))) + np.float32(1)
    sine = _fma(_polynomial(square, SINE) * square, x, x)
    swapped = octant & 2 != 0
    sine, cosine = np.where(swapped, cosine, sine), np.where(swapped, sine, cosine)
    sine = np.where(octant & 4 != 0, -sine, sine)
    cosine = np.where((octant + 2) & 4 != 0, -cosine, cosine)
    return sine, cosine
