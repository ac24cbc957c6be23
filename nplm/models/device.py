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


def check_device(name: str, count: int) -> None:
    """Raise InputError where there are not so many devices of this kind."""
    if name == "cpu":
        return
    there = torch.cuda.device_count() if name == "cuda" else torch.mps.device_count()
    if count > there:
        remedy = "set it to cpu" + (", or lower training.processes" if there else "")
        raise InputError(
            f"params.yaml: training.device: {name} needs {count} such device(s), and "
            f"PyTorch {torch.__version__} finds {there} here; {remedy}"
        )


def find_device(name: str, number: int = 0) -> torch.device:
    """Return the device: the processor, a GPU by its number, or Apple's GPU.

    A GPU is told to add up in the same order each time; Apple's cannot always. Raises
    InputError for one that is not there.
    """
    check_device(name, number + 1)
    if name == "cpu":
        return CPU
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # else cuBLAS refuses
    torch.use_deterministic_algorithms(True, warn_only=name == "mps")
    if name == "mps":
        return torch.device(name)
    device = torch.device(name, number)
    torch.cuda.set_device(device)
    return device


def send(numbers: Tensor, device: torch.device) -> Tensor:
    """Return numbers on the device; an NVIDIA GPU is not waited for."""
    if device.type == "cuda":  # only a copy from pinned memory does not wait
        return numbers.pin_memory().to(device, non_blocking=True)
    return numbers.to(device)


def place_for(dtype: torch.dtype, device: torch.device) -> torch.device:
    """Return the device, or the CPU where it does not compute in dtype."""
    return CPU if dtype == torch.float64 and device.type == "mps" else device
