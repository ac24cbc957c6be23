"""Sample: new words from a model.

In: the model, and the three splits to tell what is new. Out: the words, and how many
of them are new as metrics. By hand, `--prefix` prints words that begin with it and
writes nothing.
"""

import unicodedata
from dataclasses import dataclass, replace

import torch

from stages.shared.arguments import add_files, file_arguments
from stages.shared.errors import InputError, reported_on_one_line, shortened
from stages.shared.metrics import save_metrics
from stages.shared.model import Model, forward, load_model
from stages.shared.parameters import MAX_SEED, load_parameters, parameter
from stages.shared.split import load_split
from stages.shared.vocabulary import encode


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    seed: int = parameter("seed", 0, MAX_SEED)
    count: int = parameter("sample.count", 1, 1_000_000)
    temperature: float = parameter("sample.temperature", 0.01, 100)
    max_length: int = parameter("sample.max_length", 1, 1000)


def draw_words(
    model: Model, vocabulary: list[str], parameters: Parameters, prefix: str = ""
) -> list[str]:
    """Return words that begin with prefix, drawn symbol by symbol from the model.

    Each symbol is drawn from the softmax of logits / temperature; EOS or max_length
    ends the word. Raises InputError for a prefix that the model cannot continue.
    """
    prefix = unicodedata.normalize("NFC", prefix)
    if len(prefix) >= parameters.max_length:
        raise InputError(
            f"--prefix: {shortened(prefix)} leaves no room in a word of "
            f"{parameters.max_length} characters (sample.max_length); shorten it"
        )
    prefix_ids = encode(prefix, vocabulary)
    generator = torch.Generator().manual_seed(parameters.seed)
    return [
        "".join(
            vocabulary[i] for i in draw_word(model, prefix_ids, parameters, generator)
        )
        for _ in range(parameters.count)
    ]


def draw_word(
    model: Model, prefix: list[int], parameters: Parameters, generator: torch.Generator
) -> list[int]:
    """Return the ids of one word that begins with prefix, without its EOS."""
    ids = [0] * model.context_size + prefix
    while len(ids) < model.context_size + parameters.max_length:
        context_1xT = torch.tensor([ids[-model.context_size :]])
        logits_1xV = forward(model, context_1xT) / parameters.temperature
        probabilities_1xV = logits_1xV.softmax(dim=1)
        symbol = int(torch.multinomial(probabilities_1xV, 1, generator=generator))
        if symbol == 0:
            break
        ids.append(symbol)
    return ids[model.context_size :]


def report(samples: list[str], splits: dict[str, set[str]]) -> dict[str, int]:
    """Return how many samples there are, are new, and stand in each split.

    >>> report(["loi", "lot"], {"train": {"loi"}, "dev": set()})
    {'words': 2, 'new': 1, 'in_train': 1, 'in_dev': 0}
    """
    known = set().union(*splits.values())
    return {
        "words": len(samples),
        "new": sum(word not in known for word in samples),
        **{
            f"in_{name}": sum(word in words for word in samples)
            for name, words in splits.items()
        },
    }


def main() -> None:
    parser = file_arguments(__doc__, model="read the model here")
    add_files(
        parser,
        required=False,
        train="read the train split here",
        dev="read the dev split here",
        test="read the test split here",
        samples="write the words here, as text",
        metrics="write how many are new here, as JSON",
    )
    parser.add_argument("--prefix", help="print words that begin so, write nothing")
    parser.add_argument("--count", type=int, metavar="N", help="how many such words")
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    model, vocabulary = load_model(arguments.model)
    if arguments.prefix is not None:
        if arguments.count is not None:
            if arguments.count < 1:
                raise InputError(f"--count: {arguments.count}; ask for at least 1 word")
            parameters = replace(parameters, count=arguments.count)
        for word in draw_words(model, vocabulary, parameters, arguments.prefix):
            print(word)
        return
    paths = {name: getattr(arguments, name) for name in ("train", "dev", "test")}
    if None in (*paths.values(), arguments.samples, arguments.metrics):
        parser.error("needs --prefix, or --train, --dev, --test, --samples, --metrics")

    samples = draw_words(model, vocabulary, parameters)
    splits = {name: set(load_split(path).words) for name, path in paths.items()}
    metrics = report(samples, splits)
    print(" ".join(samples[:20]))
    print(", ".join(f"{count} {name}" for name, count in metrics.items()))
    text = "".join(f"{word}\n" for word in samples)
    arguments.samples.write_text(text, "utf-8", newline="\n")
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
