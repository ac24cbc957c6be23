"""Embedding: where training has put the symbols, as a picture.

Letters in names: N examples, E embedding, V vocabulary, S symbols shown.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from torch import Tensor

from nplm.corpus.vocabulary import unit_of
from nplm.plots.labels import place_labels
from nplm.plots.settings import default_settings, save_picture

MOST_SYMBOLS = {"character": 150, "word": 400}
"""Symbols that a picture can show; of more, it shows the most frequent ones."""
SIZES = {"character": 260, "word": 8}
"""Of the mark at a symbol: behind it, or below it where it needs more room."""
LONGEST = 30
"""Characters of a symbol that are drawn: a word of a text can be an address."""
SEEN = 0.015
"""Share of the picture from which on a line leads from a point to its label."""
ENDED = {"character": "a word", "word": "a line"}


def plane(C_SxE: Tensor, ids_S: Tensor) -> tuple[Tensor, str, str]:
    """Return two coordinates for each symbol, (S, 2), and what the axes are.

    More than two embedding dimensions are projected on their first two principal
    components; a single one is drawn against the symbol's id.
    """
    dimensions = C_SxE.shape[1]
    if dimensions == 1:
        points_Sx2 = torch.stack([C_SxE[:, 0], ids_S.to(C_SxE.dtype)], dim=1)
        return points_Sx2, "embedding dimension 1", "symbol id"
    if dimensions == 2:
        return C_SxE, "embedding dimension 1", "embedding dimension 2"
    centred = C_SxE.double() - C_SxE.double().mean(dim=0)
    variances, axes = torch.linalg.eigh(centred.T @ centred)
    axes = axes.flip(dims=(1,))[:, :2]
    largest = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True))
    share = variances.flip(dims=(0,)).clamp(min=0) / variances.sum()
    labels = [
        f"principal component {i + 1} of {dimensions} ({share[i]:.0%} of the variance)"
        for i in range(2)
    ]
    return centred @ (axes * largest.sign()), *labels


def most_frequent(counts_V: Tensor, most: int) -> Tensor:
    """Return ids_S of the most frequent symbols, ascending; at most so many.

    >>> most_frequent(torch.tensor([5, 1, 9]), most=2).tolist()
    [0, 2]
    """
    return counts_V.argsort(descending=True, stable=True)[:most].sort().values


@default_settings()
def plot_embedding(
    C_VxE: Tensor, vocabulary: list[str], Y_N: Tensor, path: Path
) -> None:
    """Draw the symbols where their embeddings are; Y_N tells the most frequent ones."""
    unit = unit_of(vocabulary)
    counts_V = torch.bincount(Y_N.int(), minlength=len(vocabulary))
    shown_S = most_frequent(counts_V, MOST_SYMBOLS[unit])
    points_Sx2, x_label, y_label = plane(C_VxE[shown_S], shown_S)
    symbols = f"{len(vocabulary)} symbols"
    if len(shown_S) < len(vocabulary):
        symbols = f"{len(shown_S)} most frequent of {len(vocabulary)} symbols"
    figure = Figure(figsize=(8, 8), layout="constrained")
    axes = figure.add_subplot(
        title=f"Embedding of the {symbols} ({vocabulary[0]} ends {ENDED[unit]})",
        xlabel=x_label,
        ylabel=y_label,
    )
    x_S, y_S = points_Sx2.T.tolist()
    axes.scatter(x_S, y_S, s=SIZES[unit], color="tab:blue", alpha=0.3)
    axes.grid(alpha=0.3)
    font = get_font(findfont(FontProperties()))
    symbols_S = [legible(vocabulary[i], font) for i in shown_S.tolist()]
    places_Sx2 = points_Sx2.double().numpy()
    if unit == "character":
        there_Sx2, places_Sx2 = places_Sx2, place_labels(places_Sx2, symbols_S)
        range_2 = np.maximum(np.ptp(there_Sx2, axis=0), 1e-9)
        moved_S = np.hypot(*((places_Sx2 - there_Sx2) / range_2).T) > SEEN
        ends = np.stack([there_Sx2, places_Sx2], axis=1)[moved_S]
        axes.add_collection(LineCollection(list(ends), linewidths=0.8))
    labels = [
        axes.text(x, y, symbol, ha="center", va="center")
        for (x, y), symbol in zip(places_Sx2.tolist(), symbols_S, strict=True)
    ]
    if unit == "word":
        thin_out(labels, counts_V[shown_S])
    save_picture(figure, path)


def thin_out(labels: Sequence[Text], counts_S: Tensor) -> None:
    """Leave out the labels of rarer symbols that would lie on those of others."""
    figure = labels[0].get_figure(root=True)
    assert figure is not None  # they stand in one
    for label in labels:
        label.update({"fontsize": 8, "verticalalignment": "bottom"})
    figure.draw_without_rendering()  # only then is known where they are
    taken: list[Bbox] = []
    for i in counts_S.argsort(descending=True, stable=True).tolist():
        box = labels[i].get_window_extent()
        if any(box.overlaps(other) for other in taken):
            labels[i].set_visible(False)
        else:
            taken.append(box)


def legible(symbol: str, font: FT2Font) -> str:
    """Return the symbol as it is drawn, or the code of a character without a shape."""
    if len(symbol) > LONGEST:
        return f"{legible(symbol[:LONGEST], font)}…"
    if symbol == " ":
        return "\u2423"
    if all(c.isprintable() and font.get_char_index(ord(c)) for c in symbol):
        return symbol
    return " ".join(f"U+{ord(character):04X}" for character in symbol)
