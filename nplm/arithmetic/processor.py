"""Processor: what makes PyTorch give the same bits on every processor with AVX2.

Left to itself, PyTorch adds up in an order that depends on the processor and on the
number of threads. What takes that away, on any number of threads:

- its own loops take vectors of 8 numbers (ATEN_CPU_CAPABILITY=avx2, read at import);
- products of float32 are ours (product.py);
- deterministic algorithms: without them, the gradient of C[X] is added up by atomic
  operations;
- no weight comes from exp, log, erf or sqrt of a tensor: these are MKL's, and others on
  Intel's processors than on AMD's. tanh and softmax are not. Nor does one come from
  PyTorch's GELU (see gelu.py), or from the sum of a whole large tensor: they depend on
  where the part of a thread begins.
"""

import os
import sys

from llvmlite.binding import get_host_cpu_features

from nplm.errors import InputError

VECTORS = "ATEN_CPU_CAPABILITY"
SPINS = "5000"
"""How long PyTorch's idle threads keep a core: the threads of a product need it.

With GOMP's own 300,000 a step of the exercise's best network takes 1.4 times as long.
"""


def settle() -> None:
    """Set what torch reads when it is imported; after that, it does nothing.

    A processor without AVX2 keeps what it has.
    """
    if "torch" in sys.modules:
        return
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    if get_host_cpu_features().get("avx2"):
        os.environ.setdefault(VECTORS, "avx2")


def deterministic() -> None:
    """Let PyTorch add up in one order.

    Raises InputError where it was imported before `settle`, or with another setting.
    """
    import torch  # noqa: PLC0415 after its settings

    found = torch.backends.cpu.get_cpu_capability()
    if get_host_cpu_features().get("avx2") and found != "AVX2":
        raise InputError(
            f"{VECTORS}: PyTorch takes {found}, and the last digits are the same on "
            "every processor with avx2 alone; unset it, and call "
            "nplm.arithmetic.processor.settle() before torch is imported"
        )
    torch.use_deterministic_algorithms(True)
    # Else torch.empty fills what it makes.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined] # torch's
