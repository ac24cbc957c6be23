"""Optimizers: what turns gradients into steps, by name.

To add one, add it to the table, and to the comment of `optimizer` in params.yaml.
"""

from collections.abc import Callable
from typing import Any

from torch.optim import SGD, AdamW, Optimizer

from nplm.models.network import BIASES, Network

OPTIMIZERS: dict[str, Callable[[list[dict[str, Any]], float], Optimizer]] = {
    "sgd": lambda groups, _: SGD(groups),
    "adamw": lambda groups, beta2: AdamW(groups, betas=(0.9, beta2), fused=True),
}
"""Each takes groups of weights and beta2; the loop sets the learning rate.

With sgd, weight_decay times a weight is added to its gradient (the paper's penalty,
section 3.1); with adamw, a step takes off lr times weight_decay of it (Loshchilov and
Hutter 2019). beta2 is adamw's, of the running mean of the squared gradient; that of the
gradient is 0.9 (Kingma and Ba 2015).
"""


def make_optimizer(
    network: Network, name: str, *, weight_decay: float = 0.0, beta2: float = 0.95
) -> Optimizer:
    """Return the optimizer of all weights; biases have no decay."""
    groups = [
        {
            "params": [w for n, w in network.named_parameters() if (n in BIASES) == b],
            "weight_decay": 0.0 if b else weight_decay,
        }
        for b in (False, True)
    ]
    return OPTIMIZERS[name](groups, beta2)
