"""Settings: pictures look as matplotlib draws by itself, and their bytes are stable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure


@contextmanager
def default_settings() -> Iterator[None]:
    """Draw as matplotlib does by itself, whatever a user's matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def save_picture(figure: Figure, path: Path) -> None:
    """Write a figure to path, as PNG that does not name the program."""
    figure.savefig(path, format="png", dpi=100, metadata={"Software": None})
