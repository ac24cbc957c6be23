"""Discounts: what an n-gram model takes from counts, for what was never counted.

Letters in names: D distinct n-grams of one length.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from nplm.arrays import Integers
from nplm.metrics import Metrics

Discounts: TypeAlias = tuple[float, float, float]
"""What is taken from counts of one, of two, and of three or more."""

FALLBACK: Discounts = (0.5, 1.0, 1.5)
"""What KenLM takes where discounts cannot be estimated."""


def estimate_discounts(count_D: Integers) -> Discounts | str:
    """Return the discounts of n-grams with these counts, or why there are none.

    From the counts of counts (Chen and Goodman 1999, equation 26): where n_i n-grams
    have the count i, and Y = n_1 / (n_1 + 2 n_2), the discount of i is
    i - (i + 1) Y n_(i+1) / n_i. There is none where an n_i is 0, nor where a discount
    is 0 or below: it would leave nothing for what was never counted.

    >>> estimate_discounts(np.array([1, 1, 1, 1, 2, 2, 3, 4]))
    (0.5, 1.25, 1.0)
    >>> estimate_discounts(np.repeat([1, 2, 3, 4], [5075, 415, 227, 312]))
    '3 gives -1.73'
    """
    n = np.bincount(np.minimum(count_D, 5), minlength=6).tolist()
    if not all(n[1:5]):
        return f"no count of {n.index(0, 1)}"
    y = n[1] / (n[1] + 2 * n[2])
    one, two, three = (i - (i + 1) * y * n[i + 1] / n[i] for i in (1, 2, 3))
    for count, discount in enumerate((one, two, three), start=1):
        if discount <= 0:
            return f"{count} gives {discount:.2f}"
    return one, two, three


def usable(estimated: Discounts | str) -> Discounts:
    """Return the discounts, or KenLM's where there are none."""
    return FALLBACK if isinstance(estimated, str) else estimated


def discount_table(discounts: Mapping[int, Discounts | str]) -> str:
    """Return a table: a row of the discounts of each length.

    Where they cannot be estimated, those of KenLM stand there, and why.

    >>> print(discount_table({2: (0.75, 1.125, 1.5), 1: "no count of 4"}))
    taken from counts of      1       2  3 or more
    length 2             0.7500  1.1250     1.5000
    length 1             0.5000  1.0000     1.5000  not estimated: no count of 4
    """
    lines = [f"{'taken from counts of':<20} {1:>6}  {2:>6}  3 or more"]
    for length, estimated in discounts.items():
        one, two, three = usable(estimated)
        row = f"{f'length {length}':<20} {one:.4f}  {two:.4f}     {three:.4f}"
        why = f"  not estimated: {estimated}" if isinstance(estimated, str) else ""
        lines.append(f"{row}{why}")
    return "\n".join(lines)


def discount_metrics(discounts: Mapping[int, Discounts | str]) -> Metrics:
    """Return the discounts of each length by their names."""
    names = ("discount_1", "discount_2", "discount_3")
    return {
        f"length_{length}": dict(zip(names, usable(estimated), strict=True))
        for length, estimated in discounts.items()
    }
