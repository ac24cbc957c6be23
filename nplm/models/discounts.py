"""Discounts: what an n-gram model takes from counts, for what was never counted.

Letters in names: D distinct n-grams of one length.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from nplm.metrics import Metrics
from nplm.parameters import Frozen

Discounts: TypeAlias = tuple[float, float, float]
"""What is taken from counts of one, of two, and of three or more."""

FALLBACK: Discounts = (0.5, 1.0, 1.5)
"""What KenLM takes where discounts cannot be estimated."""


class DiscountParameters(Frozen):
    """How the n-gram model gets its discounts."""

    discounts: Literal["fixed", "estimated"]
    discount_1: Annotated[float, Field(ge=0, le=1)]
    discount_2: Annotated[float, Field(ge=0, le=2)]
    discount_3: Annotated[float, Field(ge=0, le=3)]

    @model_validator(mode="after")
    def check_discounts(self) -> "DiscountParameters":
        """Refuse fixed discounts that nothing reads, and those that take nothing."""
        for key in ("discount_1", "discount_2", "discount_3"):
            value = getattr(self, key)
            if self.discounts == "estimated" and value != 0:
                raise ValueError(
                    f"{key}: {value} is read with ngram.discounts: fixed alone; "
                    "set it to 0 with estimated"
                )
            if self.discounts == "fixed" and value < 0.01:
                raise ValueError(
                    f"{key}: {value} needs to be at least 0.01 "
                    "with ngram.discounts: fixed"
                )
        return self

    @property
    def fixed(self) -> Discounts | None:
        """The discounts, or None: they are estimated."""
        if self.discounts == "estimated":
            return None
        return self.discount_1, self.discount_2, self.discount_3


def estimate_discounts(count_D: NDArray[np.integer[Any]]) -> Discounts | None:
    """Return the discounts of n-grams with these counts, or None.

    From the counts of counts (Chen and Goodman 1999, equation 26): where n_i n-grams
    have the count i, and Y = n_1 / (n_1 + 2 n_2), the discount of i is
    i - (i + 1) Y n_(i+1) / n_i. There is none where an n_i is 0, nor where a discount
    is 0 or below: it would leave nothing for what was never counted.

    >>> estimate_discounts(np.array([1, 1, 1, 1, 2, 2, 3, 4]))
    (0.5, 1.25, 1.0)
    >>> estimate_discounts(np.array([1, 2, 3, 3, 4])) is None  # that of 2 would be 0
    True
    """
    n = np.bincount(np.minimum(count_D, 5), minlength=6).tolist()
    if not all(n[1:5]):
        return None
    y = n[1] / (n[1] + 2 * n[2])
    one, two, three = (i - (i + 1) * y * n[i + 1] / n[i] for i in (1, 2, 3))
    return (one, two, three) if min(one, two, three) > 0 else None


def discount_table(discounts: Mapping[int, Discounts | None]) -> str:
    """Return a table: a row of the discounts of each length.

    >>> print(discount_table({2: (0.75, 1.125, 1.5), 1: None}))
    taken from counts of      1       2  3 or more
    length 2             0.7500  1.1250     1.5000
    length 1             0.5000  1.0000     1.5000  not estimated: too few counts
    """
    lines = [f"{'taken from counts of':<20} {1:>6}  {2:>6}  3 or more"]
    for length, estimated in discounts.items():
        one, two, three = estimated or FALLBACK
        row = f"{f'length {length}':<20} {one:.4f}  {two:.4f}     {three:.4f}"
        lines.append(row if estimated else f"{row}  not estimated: too few counts")
    return "\n".join(lines)


def discount_metrics(discounts: Mapping[int, Discounts | None]) -> Metrics:
    """Return the discounts of each length by their names."""
    names = ("discount_1", "discount_2", "discount_3")
    return {
        f"length_{length}": dict(zip(names, estimated or FALLBACK, strict=True))
        for length, estimated in discounts.items()
    }
