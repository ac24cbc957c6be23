"""Evaluate: the loss on each split, and pictures of the loss curve and the embedding.

In: the model, its loss curve, and the sequences of the splits. Out: the losses as
metrics, the log-probability of each symbol, and both pictures (the embedding is the
first member's). Prints what else follows from a loss.
"""

import torch

from nplm.arithmetic.processor import deterministic
from nplm.corpus.ids import load_ids
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import save_metrics
from nplm.models.device import DeviceParameters, find_device
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.parameters import Frozen
from nplm.plots.embedding import plot_embedding
from nplm.plots.loss import plot_curve
from nplm.scores import save_scores
from nplm.training.curve import read_points
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    ensemble: EnsembleParameters
    training: DeviceParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={
            "model": "the model",
            "ids": "the sequences of each split",
            "curve": "the loss curve",
        },
        writes={
            "scores": "the log-probability of each symbol, a NumPy archive,",
            "metrics": "the losses, as JSON,",
            "curve_plot": "the picture of the loss curve, as PNG,",
            "embedding": "the picture of the embedding, as PNG,",
        },
    )
    parameters = load_parameters(Parameters)
    deterministic()

    device = find_device(parameters.training.device)
    ensemble = load_ensemble(
        arguments.model, **parameters.ensemble.model_dump(), device=device
    )
    vocabulary, ids = load_ids(arguments.ids)
    scores = {split: ensemble.score(ids_N) for split, ids_N in ids.items()}
    values = {split: scored.values_N for split, scored in scores.items()}
    losses = measure_losses(values, ids, vocabulary)
    print(loss_table(losses))
    plot_curve(read_points(arguments.curve), arguments.curve_plot)
    C_VxE = ensemble.members[0].C.detach().cpu()
    plot_embedding(C_VxE, vocabulary, torch.tensor(ids["train"]), arguments.embedding)
    save_scores(scores, arguments.scores)
    save_metrics(losses, arguments.metrics)


if __name__ == "__main__":
    run(main)
