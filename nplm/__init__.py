"""A neural probabilistic language model, the n-gram beside it, and their mixture.

    import nplm
    model = nplm.load("data/model.pt")
    model.sample(prefix="ju", count=5, seed=1)

corpus      from lines to ids to examples
arithmetic  the same bits on every processor
models      what gives a symbol a probability
endings     words that other words propose
training    gradient steps
plots       pictures of it
report      a page with all figures
and one noun a file: scores, sampling, metrics, files, parameters, errors
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nplm.loaded import LoadedModel, load

__all__ = ["LoadedModel", "load"]


def __getattr__(name: str) -> Any:
    """Return what __all__ names; it is imported, and torch with it, when asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'nplm' has no attribute {name!r}")
    from nplm import loaded  # noqa: PLC0415 takes a second

    return getattr(loaded, name)
