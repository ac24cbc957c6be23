"""Report: a page with figures of what the other stages have made.

In: what they have made, the parameters, and what another revision has. Out: the page, a
single HTML file that needs no network, and a model card.
"""

import numpy as np
import torch

from nplm.arithmetic.processor import deterministic
from nplm.corpus.ids import load_ids
from nplm.corpus.vocabulary import decode
from nplm.metrics import load_metrics
from nplm.models.ensemble import EnsembleParameters, load_ensemble
from nplm.models.together import ModelParameters, fit_models
from nplm.parameters import Frozen, Seed, read_yaml
from nplm.plots.activations import WHEN
from nplm.plots.embedding import most_frequent
from nplm.report import inside, sections
from nplm.report.card import render_card
from nplm.report.comparison import read_comparison
from nplm.report.leaderboard import read_leaderboard
from nplm.report.page import render
from nplm.report.play import play
from nplm.report.predictions import predict
from nplm.report.texts import Language, Texts
from nplm.sampling import SampleParameters
from nplm.scores import load_scores
from nplm.tables import read_table
from nplm.training.curve import read_points
from nplm.training.sweep import SUGGESTIONS
from nplm.trees import flat
from stages.command import load_parameters, read_files, run


class ReportParameters(Frozen):
    """The group `report`."""

    language: Language


class Parameters(ModelParameters):
    """What this stage reads from params.yaml; the page shows the others too."""

    corpus: str
    lr: float
    seed: Seed
    sample: SampleParameters
    ensemble: EnsembleParameters
    report: ReportParameters


def main() -> None:
    files = read_files(
        __doc__,
        reads={
            "model": "the model",
            "ids": "the sequences of each split",
            "curve": "the loss curve",
            "sweep": "the learning-rate sweep",
            "histogram": "values of the hidden units",
            "sizes": "sizes of gradients and updates",
            "samples": "the words drawn",
            "parameters": "all parameters",
            "comparison": "what another revision has",
            "leaderboard": "the leaderboard",
            "texts": "the texts in all languages",
            "charts": "the charts without their data",
            "template": "the page without its content",
            "play": "the script that asks the models in the page",
            "card_template": "the model card without its content",
        },
        reads_some={
            "scores": "the scores of models, each named like its file,",
            "metrics": "the metrics of stages",
        },
        writes={"report": "the page", "card": "the model card"},
    )
    parameters = load_parameters(Parameters)
    deterministic()

    everything = flat(read_yaml(files.parameters))
    texts = Texts(read_yaml(files.texts), parameters.report.language)
    comparison = read_comparison(files.comparison)
    metrics = {path.stem: load_metrics(path) for path in files.metrics}
    ensemble = load_ensemble(files.model, **parameters.ensemble.model_dump())
    vocabulary, ids = splits = load_ids(files.ids)
    scores = {path.stem: load_scores(path, ids) for path in files.scores}
    dev = {name: found["dev"].values_N for name, found in scores.items()}
    count_V = torch.from_numpy(np.bincount(ids["train"], minlength=len(vocabulary)))
    shown = most_frequent(count_V, inside.SHOWN).tolist()
    predictions = predict(ensemble, ids["dev"], shown)
    C_VxE = ensemble.members[0].C.detach()
    found, marks = metrics["lr_sweep"], {"used": parameters.lr}
    if found:
        marks = {"lowest": found["lowest"], **marks}
        marks |= {name: found[name] for name in SUGGESTIONS}
    steps = read_table(files.sweep, ("lr", "loss", "smoothed", "lowest", "highest"))
    histogram = read_table(files.histogram, ("value", *WHEN))
    sizes = read_table(files.sizes, (), texts=("weights",))
    numbers, words = ("log_probability", "edits"), ("word", "split", "nearest")
    samples = read_table(files.samples, numbers, texts=words)
    rungs = read_leaderboard(files.leaderboard, parameters.corpus)
    page = [
        sections.losses(metrics, comparison, texts, same=comparison.is_of(files.ids)),
        sections.loss_curve(read_points(files.curve), texts),
        sections.sweep(steps, marks, texts),
        inside.embedding(C_VxE, vocabulary, count_V, texts),
        inside.activations(metrics["activations"], histogram, texts),
        inside.updates(sizes, texts),
        inside.confusion(predictions, vocabulary, shown),
        inside.surprises(ids["dev"], dev, texts),
        inside.calibration(predictions, texts),
        sections.samples(samples, metrics["samples"], texts),
        sections.leaderboard(rungs, metrics, texts),
        sections.corpus(splits, texts),
        sections.pipeline(comparison.stages),
        sections.parameters(everything, comparison, texts),
    ]
    template = files.template.read_text("utf-8")
    charts = read_yaml(files.charts)
    models = fit_models(ensemble, splits, scores, parameters)
    listed = {split: decode(ids_N, vocabulary) for split, ids_N in ids.items()}
    script = files.play.read_text("utf-8")
    asked = parameters.sample, parameters.seed, texts, script
    played = play(models, listed, shown, *asked)
    html = render(template, page, charts, parameters.corpus, texts, played)
    files.report.write_text(html, "utf-8", newline="\n")
    print(f"{files.report}: {len(html.encode()) / 1e6:.1f} MB")
    template = files.card_template.read_text("utf-8")
    card = render_card(template, ensemble, metrics["loss"], everything)
    files.card.write_text(card, "utf-8", newline="\n")


if __name__ == "__main__":
    run(main)
