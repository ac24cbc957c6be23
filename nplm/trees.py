"""Trees: values in groups, as params.yaml and metrics have them."""

from collections.abc import Mapping
from typing import Any


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of a tree, a dot between group and key.

    >>> flat({"lr": 0.1, "sample": {"count": 20}})
    {'lr': 0.1, 'sample.count': 20}
    """
    values: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            values |= flat(value, f"{prefix}{key}.")
        else:
            values[f"{prefix}{key}"] = value
    return values
