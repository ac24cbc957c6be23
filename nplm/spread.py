"""Spread: what a number comes to over several seeds."""

from collections.abc import Sequence
from statistics import mean, stdev

from nplm.parameters import Frozen


class Spread(Frozen):
    """A mean, and the standard deviation; a single number has none."""

    mean: float
    deviation: float | None = None

    def written(self, digits: int) -> str:
        """Return both, with so many digits after the point.

        What is the same for all seeds has none: the mean alone.

        >>> over_seeds([280.0, 284.0]).written(1), over_seeds([280.0, 280.0]).written(1)
        ('282.0 ± 2.8', '280.0')
        """
        text = f"{self.mean:.{digits}f}"
        if not self.deviation:
            return text
        return f"{text} ± {self.deviation:.{digits}f}"


def over_seeds(numbers: Sequence[float]) -> Spread:
    """Return the spread of the numbers of one or more seeds, rounded to six digits."""
    deviation = round(stdev(numbers), 6) if len(numbers) > 1 else None
    return Spread(mean=round(mean(numbers), 6), deviation=deviation)
