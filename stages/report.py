"""Report: a page with figures of what the other stages have made.

In: what they have made, the parameters, and what another revision has. Out: the page, a
single HTML file that needs no network.
"""

import numpy as np
import torch
from ruamel.yaml import YAML

from nplm.corpus.examples import load_examples_for
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.parameters import Frozen
from nplm.plots.embedding import most_frequent
from nplm.report import inside, sections
from nplm.report.comparison import flat, read_comparison
from nplm.report.leaderboard import read_leaderboard
from nplm.report.page import read_template, render
from nplm.report.predictions import predict
from nplm.report.results import read_columns, read_metrics, read_sizes
from nplm.report.texts import Language, read_texts
from nplm.sample_table import read_samples
from nplm.scores import load_pair
from stages.command import load_parameters, read_files, run

METRICS = {
    "loss": ("train", "dev", "test"),
    "ngram": ("dev", "test"),
    "mixture": (
        "dev",
        "test",
        "with_endings.mixture.dev",
        "with_endings.mixture.test",
    ),
    "distinct": ("network", "ngram", "mixture", "with_endings.mixture"),
    "samples": ("words", "new"),
    "activations": (
        "log_vocabulary",
        *(f"{w}.{k}" for k in ("loss", "saturated", "dead") for w in inside.WHEN),
    ),
    "lr_sweep": ("lr",),
}
"""Files of metrics, and what has to be in each."""
SUGGESTIONS = ("minimum_10", "steepest", "valley", "slide")
"""Other learning rates that the sweep may suggest."""


class ReportParameters(Frozen):
    """The group `report`."""

    language: Language


class Parameters(Frozen):
    """What this stage reads from params.yaml; the page shows the others too."""

    corpus: str
    lr: float
    ensemble: EnsembleParameters
    report: ReportParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={
            "model": "the model",
            "dev": "the dev split",
            "network": "the network's scores",
            "ngram": "the n-gram's scores",
            "curve": "the loss curve",
            "sweep": "the learning-rate sweep",
            "histogram": "values of the hidden units",
            "sizes": "sizes of gradients and updates",
            "samples": "the words drawn",
            **{f"{name}_metrics": f"the metrics of {name}" for name in METRICS},
            "parameters": "all parameters",
            "comparison": "what another revision has",
            "leaderboard": "the leaderboard",
            "texts": "the texts in all languages",
            "template": "the page without its content",
        },
        writes={"report": "the page"},
    )
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    texts = read_texts(arguments.texts, parameters.report.language)
    comparison = read_comparison(arguments.comparison)
    metrics = {
        name: read_metrics(getattr(arguments, f"{name}_metrics"), keys)
        for name, keys in METRICS.items()
    }
    ensemble = load_ensemble(arguments.model, parameters.ensemble)
    vocabulary, network, ngram = load_pair(arguments.network, arguments.ngram)
    dev = load_examples_for(arguments.dev, "dev", vocabulary, ensemble.context_size)
    ids_N = network["train"].ids_N
    count_V = torch.from_numpy(np.bincount(ids_N, minlength=len(vocabulary)))
    shown = most_frequent(count_V, inside.MOST).tolist()
    predictions = predict(ensemble, dev.X_NxT, dev.Y_N, shown)
    marks = {"lowest": metrics["lr_sweep"]["lr"], "used": parameters.lr}
    marks |= {k: v for k, v in metrics["lr_sweep"].items() if k in SUGGESTIONS}
    C_VxE = ensemble.members[0].C.detach()
    rungs = read_leaderboard(arguments.leaderboard, parameters.corpus)
    drawn = read_samples(arguments.samples)
    sweep = read_columns(
        arguments.sweep, ("lr", "loss", "smoothed", "lowest", "highest")
    )
    curve = read_columns(arguments.curve, ("step", "log10_loss", "log10_dev_loss"))
    histogram = read_columns(arguments.histogram, ("value", *inside.WHEN))
    sizes = read_sizes(arguments.sizes, inside.WHEN)
    everything = flat(
        YAML(typ="safe", pure=True).load(arguments.parameters.read_bytes())
    )
    page = [
        sections.losses(metrics, comparison, texts),
        sections.loss_curve(curve, texts),
        sections.sweep(sweep, marks, texts),
        inside.embedding(C_VxE, vocabulary, count_V, texts),
        inside.activations(metrics["activations"], histogram, texts),
        inside.updates(sizes, texts),
        inside.confusion(predictions, vocabulary, shown, texts),
        inside.surprises({"network": network["dev"], "ngram": ngram["dev"]}, texts),
        inside.calibration(predictions, texts),
        sections.samples(drawn, metrics["samples"], texts),
        sections.leaderboard(rungs, metrics, texts),
        sections.corpus(vocabulary, network, texts),
        sections.pipeline(comparison.stages, texts),
        sections.parameters(everything, comparison, texts),
    ]
    template = read_template(arguments.template)
    html = render(template, page, parameters.corpus, texts)
    arguments.report.write_text(html, "utf-8", newline="\n")
    print(f"{arguments.report}: {len(html.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    run(main)
