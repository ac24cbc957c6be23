"""Loss table: losses with the measures that follow from them, for the terminal."""

import math
from collections.abc import Mapping
from typing import Any

from nplm.losses import LEFT_OUT, perplexity


def loss_table(losses: Mapping[str, Any]) -> str:
    """Return a table of what measure_losses returns: a row for each split.

    >>> print(loss_table({"train": math.log(8), "dev": math.log(12.5)}))
    split  nats per symbol  bits per symbol  perplexity
    train           2.0794           3.0000        8.00
    dev             2.5257           3.6439       12.50
    >>> of_words = {f"perplexity{e}": {"dev": 8} for e in ("", "_without_eos")}
    >>> of_words["perplexity_without_unk"] = {}
    >>> print(loss_table({"dev": math.log(8), **of_words}))
    split  perplexity  without ends of lines  and without <unk>  nats per symbol
    dev          8.00                   8.00                              2.0794
    """
    splits = [name for name, loss in losses.items() if not isinstance(loss, Mapping)]
    if "perplexity" in losses:
        heads = ("perplexity", "without ends of lines", "and without <unk>")
        lines = [f"split  {'  '.join(heads)}  nats per symbol"]
        for split in splits:
            columns = [
                _legible(losses[name].get(split), len(head))
                for name, head in zip(LEFT_OUT, heads, strict=True)
            ]
            lines.append(f"{split:<5}  {'  '.join(columns)}  {losses[split]:15.4f}")
        return "\n".join(lines)
    lines = ["split  nats per symbol  bits per symbol  perplexity"]
    for split in splits:
        loss = losses[split]
        numbers = f"{loss:15.4f}  {loss / math.log(2):15.4f}"
        cells = f"{numbers}  {_legible(perplexity(loss), 10)}"
        lines.append(f"{split:<5}  {cells}")
    return "\n".join(lines)


def _legible(number: float | None, width: int) -> str:
    if number is None:
        return " " * width
    kind = ".2f" if number < 1e7 else ".2e"
    return f"{number:{width}{kind}}"
