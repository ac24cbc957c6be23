"""Progress: steps in pieces, and how far they are.

Letters in names: S steps.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from tqdm import tqdm

from nplm.corpus.examples import Examples
from nplm.training.loop import Loop

PIECES = 200
LINES = 10
"""How many lines report progress where there is no terminal."""


def train_in_pieces(
    loop: Loop,
    examples: Examples,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
) -> Iterator[Tensor]:
    """Run the loop over lr_S in min(PIECES, S) equal pieces; yield the losses of each.

    A loss that is not finite ends the run; it is the last one yielded.
    """
    pieces = lr_S.tensor_split(min(PIECES, len(lr_S)))
    step = 0
    with tqdm(total=len(lr_S), unit=" steps", disable=None, ncols=80) as bar:
        for piece, lr in enumerate(pieces, start=1):
            losses_S = loop(examples.X_NxT, examples.Y_N, lr, batch_size, generator)
            step += len(losses_S)
            loss = losses_S.double().mean().item()
            bar.update(len(losses_S))
            bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
            if bar.disable and piece * LINES % len(pieces) < LINES:
                print(f"step {step} of {len(lr_S)}: loss {loss:.4f}", flush=True)
            yield losses_S
            if not losses_S[-1].isfinite():
                break
