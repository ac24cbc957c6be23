"""Loss table: losses with the measures that follow from them, for the terminal."""

import math


def loss_table(losses: dict[str, float]) -> str:
    """Return a table of losses with the measures that follow from them.

    >>> print(loss_table({"train": math.log(8)}))
    split  nats per symbol  bits per symbol  perplexity
    train           2.0794           3.0000           8
    """
    lines = ["split  nats per symbol  bits per symbol  perplexity"]
    for split, loss in losses.items():
        bits = loss / math.log(2)
        perplexity = math.exp(loss) if loss < 700 else math.inf
        lines.append(f"{split:<5}  {loss:15.4f}  {bits:15.4f}  {perplexity:10.4g}")
    return "\n".join(lines)
