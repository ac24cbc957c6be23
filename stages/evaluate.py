"""Evaluate: the loss of a model on train, dev and test, and a look at its embedding.

In: the model and the three splits. Out: the losses as metrics, the log-probability of
each example, the embedding as a picture (the first member's). Prints what else follows
from a loss.

Letters in names: N examples, T context positions, E embedding, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from torch import Tensor

from stages.shared.arguments import file_arguments
from stages.shared.calibration import calibrated
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import SPLITS, LogProbs, save_log_probs
from stages.shared.loss_table import loss_table
from stages.shared.metrics import save_metrics
from stages.shared.model import Model, load_members, log_probabilities
from stages.shared.parameters import load_parameters, parameter
from stages.shared.split import load_split_of

CHUNK = 4096
"""Examples at a time, which bounds the memory."""


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    averaged_contexts: int = parameter("averaged_contexts", 1, 50)
    calibration: float = parameter("calibration", 0.01, 100)


def log_probs(
    members: Sequence[Model], X_NxT: Tensor, Y_N: Tensor, averaged_contexts: int = 1
) -> Tensor:
    """Return the log-probability of each of Y_N in nats, (N,)."""
    chunks = []
    for start in range(0, len(Y_N), CHUNK):
        chunk = slice(start, start + CHUNK)
        log_p_NxV = log_probabilities(members, X_NxT[chunk], averaged_contexts)
        chunks.append(log_p_NxV.gather(1, Y_N[chunk, None].long()).squeeze(1))
    return torch.cat(chunks)


def plane(C_VxE: Tensor) -> tuple[Tensor, str, str]:
    """Return two coordinates for each symbol, (V, 2), and what the axes are.

    More than two embedding dimensions are projected on their first two principal
    components; a single one is drawn against the symbol's id.
    """
    dimensions = C_VxE.shape[1]
    if dimensions == 1:
        ids_Vx1 = torch.arange(len(C_VxE)).unsqueeze(1)
        return torch.cat([C_VxE, ids_Vx1], dim=1), "embedding dimension 1", "symbol id"
    if dimensions == 2:
        return C_VxE, "embedding dimension 1", "embedding dimension 2"
    centred = C_VxE.double() - C_VxE.double().mean(dim=0)
    variances, axes = torch.linalg.eigh(centred.T @ centred)
    axes = axes.flip(dims=(1,))[:, :2]
    largest = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True))
    share = variances.flip(dims=(0,)).clamp(min=0) / variances.sum()
    labels = [
        f"principal component {i + 1} of {dimensions} ({share[i]:.0%} of the variance)"
        for i in range(2)
    ]
    return centred @ (axes * largest.sign()), *labels


def plot_embedding(C_VxE: Tensor, vocabulary: list[str], path: Path) -> None:
    """Draw every symbol where its embedding is."""
    points_Vx2, x_label, y_label = plane(C_VxE)
    figure = Figure(figsize=(8, 8), layout="constrained")
    axes = figure.add_subplot(
        title=f"Embedding of the {len(vocabulary)} symbols (. ends a word)",
        xlabel=x_label,
        ylabel=y_label,
    )
    x_V, y_V = points_Vx2.T.tolist()
    axes.scatter(x_V, y_V, s=260, color="tab:blue", alpha=0.3)
    font = get_font(findfont(FontProperties()))
    for symbol, x, y in zip(vocabulary, x_V, y_V, strict=True):
        drawn = symbol.isprintable() and font.get_char_index(ord(symbol))
        name = symbol if drawn else f"U+{ord(symbol):04X}"
        axes.text(x, y, name, ha="center", va="center")
    axes.grid(alpha=0.3)
    figure.savefig(path, format="png", dpi=100, metadata={"Software": None})


def main() -> None:
    parser = file_arguments(
        __doc__,
        model="read the model here",
        train="read the train split here",
        dev="read the dev split here",
        test="read the test split here",
        log_probs="write the log-probability of each example here, a tensor file",
        metrics="write the losses here, as JSON",
        embedding="write the picture of the embedding here, as PNG",
    )
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    members, vocabulary = load_members(arguments.model)
    members = calibrated(members, parameters.calibration)
    of_splits: dict[str, LogProbs] = {}
    for name in SPLITS:
        path = getattr(arguments, name)
        split = load_split_of(path, vocabulary, members[0].context_size)
        log_probs_N = log_probs(
            members, split.X_NxT, split.Y_N, parameters.averaged_contexts
        )
        of_splits[name] = LogProbs(split.words, log_probs_N.numpy())
    losses = {name: -float(of.values.mean()) for name, of in of_splits.items()}
    print(loss_table(losses))
    save_log_probs(of_splits, arguments.log_probs)
    save_metrics(losses, arguments.metrics)
    plot_embedding(members[0].C, vocabulary, arguments.embedding)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
