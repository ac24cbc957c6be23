"""Mixture: all models, weighted and added, as in Bengio et al. (2003).

Where there are three or more, also what the mixture loses without each. To each of
them, and to the mixture, the endings are added word by word. The same again, given that
a word is none of train.

In: the sequences of the splits, the scores of the models, and those of the endings.
Out: weights and losses as metrics, the losses on test given new words as others, and
the loss of each sequence of dev and test as a table.

Letters in names: K buckets, M models, W sequences.
"""

from collections.abc import Mapping
from pathlib import Path

from nplm.arrays import Floats
from nplm.corpus.ids import SplitIds, lengths, load_ids
from nplm.corpus.split import HELD_OUT
from nplm.corpus.vocabulary import Ids, decode
from nplm.endings.scores import EndingsScores, load_endings
from nplm.held_out import DEV, MIXTURE, TEST, HeldOut, add_mixture, losses_of, only_new
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import Metrics, save_metrics
from nplm.models.mixture import Buckets, MixtureParameters, weight_tables
from nplm.parameters import Frozen
from nplm.scores import Scores, load_scores
from nplm.tables import write_table
from stages.command import load_parameters, read_files, run

PAIR = 2
"""Of models: what one of them adds is seen from the losses of the other."""


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    mixture: MixtureParameters


Models = Mapping[str, Mapping[str, Scores]]
"""By the name of a model, its scores of each split."""


def hold_out(
    models: Models,
    buckets: Buckets,
    ids: Mapping[str, Ids],
    endings: Mapping[str, EndingsScores],
) -> dict[str, HeldOut]:
    """Return what models and endings give dev and test."""
    held_out = {}
    for split in HELD_OUT:
        scores = {name: model[split] for name, model in models.items()}
        held_out[split] = HeldOut(
            ids[split],
            {name: model.values_N for name, model in scores.items()},
            buckets.of(ids[split], scores),
            endings[split].plain_SxW,
        )
    return held_out


def mixture_losses(mixed: Mapping[str, HeldOut], vocabulary: list[str]) -> Metrics:
    """Return the losses of the mixture on dev and test."""
    values = {split: part.values[MIXTURE] for split, part in mixed.items()}
    ids = {split: part.ids_N for split, part in mixed.items()}
    return measure_losses(values, ids, vocabulary)


def measure_with_endings(
    splits: Mapping[str, HeldOut],
) -> tuple[Metrics, dict[str, dict[str, Floats]]]:
    """Print the losses of all models with endings.

    Return them, and the loss of each sequence by each model; `endings` is the mixture
    with endings.
    """
    print("with endings, fitted on dev: their weight, that of beginnings, dev, test")
    losses = {model: losses_of(splits, model) for model in splits[DEV].values}
    metrics: dict[str, Metrics] = {}
    for model, (_, with_endings, weights_M) in losses.items():
        metrics[model] = {
            "endings_weight": float(weights_M[1]),
            "beginnings_weight": float(weights_M[2]),
            **with_endings.symbol,
        }
        numbers = "".join(f"{number:8.4f}" for number in metrics[model].values())
        print(f"{model:<12}{numbers}")
    sequences = {model: plain.sequences for model, (plain, *_) in losses.items()}
    _, mixture_with_endings, _ = losses[MIXTURE]
    return metrics, {**sequences, "endings": mixture_with_endings.sequences}


def measure_new(
    splits: Mapping[str, HeldOut], buckets: int, parameters: MixtureParameters
) -> Metrics:
    """Print the losses of all models on new words; return those on test."""
    _, splits = add_mixture(splits, buckets, parameters)
    print("given new words         dev     test  (weights fitted on dev)")
    losses: dict[str, float] = {}
    with_endings: dict[str, float] = {}
    for model in splits[TEST].values:
        plain, mixed, _ = losses_of(splits, model)
        for name, (dev, test) in (
            (model, plain.symbol.values()),
            (f"{model}, endings", mixed.symbol.values()),
        ):
            print(f"{name:<18}  {dev:7.4f}  {test:7.4f}")
        losses[model], with_endings[model] = plain.symbol[TEST], mixed.symbol[TEST]
    return {**losses, "with_endings": with_endings}


def write_sequences(
    splits: SplitIds, losses: Mapping[str, Mapping[str, Floats]], path: Path
) -> None:
    """Write what each model loses on each sequence of dev and test, in nats."""
    rows = (
        (split, *row)
        for split in HELD_OUT
        for row in zip(
            decode(splits.ids[split], splits.vocabulary),
            lengths(splits.ids[split]),
            *(losses_W[split] for losses_W in losses.values()),
            strict=True,
        )
    )
    write_table(("split", "word", "symbols", *losses), rows, path, ".6f")


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={
            "ids": "the sequences of each split",
            "endings": "the scores of the endings",
        },
        reads_some={"scores": "the scores of the models, each named like its file,"},
        writes={
            "sequences": "the loss of each sequence of dev and test, as CSV,",
            "metrics": "the weights and the losses, as JSON,",
            "distinct": "the losses on test given new words, as JSON,",
        },
    )
    parameters = load_parameters(Parameters).mixture
    vocabulary, ids = splits = load_ids(arguments.ids)
    loaded = {path.stem: load_scores(path, ids) for path in arguments.scores}
    models = {name: scores for name, scores in loaded.items() if scores}
    words = {split: len(lengths(ids[split])) for split in HELD_OUT}
    endings = load_endings(arguments.endings, words)

    train = {name: scores["train"].values_N for name, scores in models.items()}
    classes = parameters.classes({name: s[DEV] for name, s in models.items()})
    buckets = Buckets(classes, ids["train"], train)
    held_out = hold_out(models, buckets, ids, endings)
    weights_KxM, mixed = add_mixture(held_out, buckets.total, parameters)
    losses = mixture_losses(mixed, vocabulary)
    if parameters.weight is None:
        print("weights fitted on dev:")
    print(loss_table(losses))
    bucket_N = held_out[DEV].bucket_N
    print(*weight_tables([*models], weights_KxM, bucket_N, buckets), sep="\n")
    without: dict[str, Metrics] = {}
    for left_out in models if len(models) > PAIR else ():
        others = {name: model for name, model in models.items() if name != left_out}
        rest = hold_out(others, buckets, ids, endings)
        _, rest = add_mixture(rest, buckets.total, parameters)
        without[left_out] = mixture_losses(rest, vocabulary)
        print(f"without {left_out}", loss_table(without[left_out]), sep="\n")
    mean_M = weights_KxM[bucket_N].mean(axis=0)
    weights = {f"{m}_weight": float(w) for m, w in zip(models, mean_M, strict=True)}
    with_endings, sequences = measure_with_endings(mixed)

    new_W, new = {}, {}
    for split, part in held_out.items():
        new[split], new_W[split], p_train = only_new(
            part, buckets, endings[split].new_SxW
        )
        known = int((~new_W[split]).sum())
        if known:
            print(f"{split}: {known} of {words[split]} left out, as train has them")
    for name, p in p_train.items():
        print(f"{name}: probability of all words of train: {p:.4f}")
    distinct: Metrics = {}
    nothing = [split for split, of_split in new_W.items() if not of_split.any()]
    if nothing:
        print(f"given new words: nothing, as no word of {nothing[0]} is new")
    else:
        distinct = measure_new(new, buckets.total, parameters)

    metrics: Metrics = {**weights, **losses, "with_endings": with_endings}
    if without:
        metrics = {**metrics, "without": without}
    save_metrics(metrics, arguments.metrics)
    save_metrics(distinct, arguments.distinct)
    write_sequences(splits, sequences, arguments.sequences)


if __name__ == "__main__":
    run(main)
