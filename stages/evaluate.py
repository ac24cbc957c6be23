"""Evaluate: the loss of a model on train, dev and test, and a look at its embedding.

In: the model and the three splits. Out: the losses as metrics, the embedding as a
picture. Prints what else follows from a loss.

Letters in names: N examples, T context positions, E embedding, V vocabulary.
"""

import math
from pathlib import Path

import torch
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from torch import Tensor
from torch.nn.functional import cross_entropy

from stages.shared.arguments import file_arguments
from stages.shared.errors import reported_on_one_line
from stages.shared.metrics import save_metrics
from stages.shared.model import Model, forward, load_model
from stages.shared.split import load_split_of

CHUNK = 4096
"""Examples at a time, which bounds the memory."""


def mean_loss(model: Model, X_NxT: Tensor, Y_N: Tensor) -> float:
    """Return the mean negative log-likelihood of Y_N in nats per symbol.

    In float64, so that the six digits that are kept are the same on every processor.
    """
    exact = model.double()
    total = 0.0
    for start in range(0, len(Y_N), CHUNK):
        chunk = slice(start, start + CHUNK)
        logits = forward(exact, X_NxT[chunk])
        loss = cross_entropy(logits, Y_N[chunk].long(), reduction="sum")
        total += loss.item()
    return total / len(Y_N)


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
        metrics="write the losses here, as JSON",
        embedding="write the picture of the embedding here, as PNG",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    model, vocabulary = load_model(arguments.model)
    losses = {}
    for name in ("train", "dev", "test"):
        path = getattr(arguments, name)
        split = load_split_of(path, vocabulary, model.context_size)
        losses[name] = mean_loss(model, split.X_NxT, split.Y_N)
    print(loss_table(losses))
    save_metrics(losses, arguments.metrics)
    plot_embedding(model.C, vocabulary, arguments.embedding)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
