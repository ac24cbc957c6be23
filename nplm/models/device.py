"""Device: what a network computes on, the processor or a GPU.

Random numbers are drawn on the processor, whatever the device is: the first weights,
the batches and the noise of a training are the same everywhere.
"""

import os
from typing import Literal

import torch
from torch import Tensor

from nplm.errors import InputError
from nplm.parameters import Frozen

CPU = torch.device("cpu")


class DeviceParameters(Frozen):
    """The device, of the group `training` of the parameters."""

    device: Literal["cpu", "cuda", "mps"]


def find_device(name: str, number: int = 0) -> torch.device:
    """Return the device: the processor, a GPU by its number, or Apple's GPU.

    A GPU is told to add up in the same order each time. Raises InputError for one that
    is not there.
    """
    if name == "cpu":
        return CPU
    there = torch.cuda.device_count() if name == "cuda" else torch.mps.device_count()
    if number >= there:
        raise InputError(
            f"params.yaml: training.device: {name} needs {number + 1} such device(s), "
            f"and PyTorch {torch.__version__} finds {there} here; set it to cpu"
        )
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # else cuBLAS refuses
    torch.use_deterministic_algorithms(True, warn_only=name == "mps")
    if name == "mps":
        return torch.device(name)
    device = torch.device(name, number)
    torch.cuda.set_device(device)
    return device


def send(numbers: Tensor, device: torch.device) -> Tensor:
    """Return numbers on the device, without a wait for what it still has to do."""
    if device.type == "cuda":  # it copies on its own from memory that stays in place
        return numbers.pin_memory().to(device, non_blocking=True)
    return numbers.to(device)


def has_float64(device: torch.device) -> bool:
    """Return whether a device computes in float64."""
    return device.type != "mps"
