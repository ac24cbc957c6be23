"""Loss table: losses with the measures that follow from them, for the terminal."""

import math
from collections.abc import Mapping


def loss_table(losses: Mapping[str, float]) -> str:
    """Return a table of losses with the measures that follow from them.

    >>> print(loss_table({"train": math.log(8), "dev": math.log(12.5)}))
    split  nats per symbol  bits per symbol  perplexity
    train           2.0794           3.0000        8.00
    dev             2.5257           3.6439       12.50
    """
    lines = ["split  nats per symbol  bits per symbol  perplexity"]
    for split, loss in losses.items():
        bits = loss / math.log(2)
        perplexity = math.exp(min(loss, 700))  # exp(710) is more than a float can be
        number = f"{perplexity:10.2f}" if perplexity < 1e7 else f"{perplexity:10.2e}"
        lines.append(f"{split:<5}  {loss:15.4f}  {bits:15.4f}  {number}")
    return "\n".join(lines)
