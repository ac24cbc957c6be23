"""Calibration: a network as sure of what it says as it is right on other words."""

from collections.abc import Sequence

from stages.shared.model import Model


def calibrated(members: Sequence[Model], calibration: float) -> list[Model]:
    """Return the members with their logits divided by calibration.

    Above 1 they are less sure than training made them (temperature scaling; Guo et al.
    2017); at 1 they are as they were, to the bit.
    """
    return [
        member._replace(
            W2=member.W2 / calibration,
            b2=member.b2 / calibration,
            D=member.D / calibration,
        )
        for member in members
    ]
