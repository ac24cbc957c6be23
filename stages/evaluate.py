"""Evaluate: the loss of a model on train, dev and test, and a look at its embedding.

In: the model and the three splits. Out: the losses as metrics, the log-probability of
each symbol, the embedding as a picture (the first member's). Prints what else follows
from a loss.
"""

import torch

from nplm.corpus.examples import load_examples_for
from nplm.corpus.split import SPLITS
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import save_metrics
from nplm.models.device import DeviceParameters, find_device
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.parameters import Frozen
from nplm.plots.embedding import plot_embedding
from nplm.scores import Scores, save_scores
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
            "train": "the train split",
            "dev": "the dev split",
            "test": "the test split",
        },
        writes={
            "scores": "the log-probability of each symbol, a NumPy archive,",
            "metrics": "the losses, as JSON,",
            "embedding": "the picture of the embedding, as PNG,",
        },
    )
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    device = find_device(parameters.training.device)
    ensemble = load_ensemble(arguments.model, parameters.ensemble, device)
    scores: dict[str, Scores] = {}
    for split in SPLITS:
        examples = load_examples_for(
            getattr(arguments, split), split, ensemble.vocabulary, ensemble.context_size
        )
        values_N = ensemble.score(examples.X_NxT, examples.Y_N)
        scores[split] = Scores(examples.Y_N.numpy(), values_N.numpy())
    losses = measure_losses(scores, ensemble.vocabulary)
    print(loss_table(losses))
    C_VxE = ensemble.members[0].C.detach().cpu()
    Y_N = torch.from_numpy(scores["train"].ids_N)
    plot_embedding(C_VxE, ensemble.vocabulary, Y_N, arguments.embedding)
    save_scores("network", ensemble.vocabulary, scores, arguments.scores)
    save_metrics(losses, arguments.metrics)


if __name__ == "__main__":
    run(main)
