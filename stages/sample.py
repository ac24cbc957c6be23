"""Sample: new words from a model.

In: the model, and the three splits to tell what is new. Out: the words, and how many
of them are new as metrics. By hand, `--prefix` prints words that begin with it and
writes nothing.

Letters in names: N words, L positions in a word.
"""

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from stages.shared.arguments import add_files, file_arguments, whole_number
from stages.shared.calibration import calibrated
from stages.shared.errors import InputError, reported_on_one_line, shortened
from stages.shared.metrics import save_metrics
from stages.shared.model import Model, load_members, log_probabilities
from stages.shared.parameters import MAX_SEED, load_parameters, parameter
from stages.shared.split import load_split_of
from stages.shared.vocabulary import encode

CHUNK = 4096
"""Words drawn at a time, which bounds the memory."""
MAX_COUNT = 100_000


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    seed: int = parameter("seed", 0, MAX_SEED)
    count: int = parameter("sample.count", 1, MAX_COUNT)
    temperature: float = parameter("sample.temperature", 0.01, 100)
    max_length: int = parameter("sample.max_length", 1, 1000)
    averaged_contexts: int = parameter("averaged_contexts", 1, 50)
    calibration: float = parameter("calibration", 0.01, 100)


def draw_words(
    members: Sequence[Model],
    vocabulary: list[str],
    parameters: Parameters,
    prefix: str = "",
) -> list[str]:
    """Return words that begin with prefix, drawn symbol by symbol from the model.

    Each symbol is drawn from the softmax of log-probabilities / temperature; EOS or
    max_length ends the word. The first words do not depend on how many are drawn.
    Raises InputError for a prefix that the model cannot continue.
    """
    prefix = unicodedata.normalize("NFC", prefix)
    if len(prefix) >= parameters.max_length:
        raise InputError(
            f"--prefix: {shortened(prefix)} leaves no room in a word of "
            f"{parameters.max_length} characters (sample.max_length); shorten it"
        )
    prefix_ids = encode(prefix, vocabulary)
    generator = torch.Generator().manual_seed(parameters.seed)
    words: list[str] = []
    for start in range(0, parameters.count, CHUNK):
        shape = (min(CHUNK, parameters.count - start), parameters.max_length)
        uniform_NxL = torch.rand(shape, generator=generator, dtype=torch.float64)
        rows = draw_ids(members, prefix_ids, parameters, uniform_NxL)
        words += ["".join(vocabulary[i] for i in ids) for ids in rows]
    return words


def draw_ids(
    members: Sequence[Model],
    prefix: list[int],
    parameters: Parameters,
    uniform_NxL: Tensor,
) -> list[list[int]]:
    """Return the ids of a word for each row of uniform draws, without its EOS.

    The draw in column i picks the symbol i of the word: the first whose cumulative
    probability is above it. So a word depends on its own row alone.
    """
    count, max_length = uniform_NxL.shape
    context_size = members[0].context_size
    ids = torch.zeros(count, context_size + max_length, dtype=torch.int64)
    ids[:, context_size : context_size + len(prefix)] = torch.tensor(prefix)
    open_words = torch.arange(count)
    for i in range(len(prefix), max_length):
        log_p = log_probabilities(
            members,
            ids[open_words, i : i + context_size],
            parameters.averaged_contexts,
        )
        cumulative = (log_p / parameters.temperature).softmax(dim=1).cumsum(dim=1)
        below = cumulative <= uniform_NxL[open_words, i, None]
        symbols = below.sum(dim=1).clamp(max=cumulative.shape[1] - 1)
        ids[open_words, context_size + i] = symbols
        open_words = open_words[symbols != 0]
        if not len(open_words):
            break
    words = ids[:, context_size:].tolist()
    return [word[: word.index(0)] if 0 in word else word for word in words]


def read_count(text: str) -> int:
    """Return the number of words asked for; raise InputError for what is none."""
    count = whole_number(text, 1, MAX_COUNT)
    if count is None:
        raise InputError(f"--count: {shortened(text)}; ask for 1 to {MAX_COUNT} words")
    return count


def report(samples: list[str], splits: dict[str, set[str]]) -> dict[str, int]:
    """Return how many samples there are, are new, and stand in each split.

    New are those that stand in no split. A word drawn twice counts twice.

    >>> report(["loi", "lot", "lot"], {"train": {"loi"}, "dev": set()})
    {'words': 3, 'new': 2, 'in_train': 1, 'in_dev': 0}
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
    parser.add_argument("--count", metavar="N", help="how many such words")
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    members, vocabulary = load_members(arguments.model)
    members = calibrated(members, parameters.calibration)
    if arguments.prefix is not None:
        if arguments.count is not None:
            parameters = replace(parameters, count=read_count(arguments.count))
        for word in draw_words(members, vocabulary, parameters, arguments.prefix):
            print(word)
        return
    paths = {name: getattr(arguments, name) for name in ("train", "dev", "test")}
    if None in (*paths.values(), arguments.samples, arguments.metrics):
        parser.error("needs --prefix, or --train, --dev, --test, --samples, --metrics")

    samples = draw_words(members, vocabulary, parameters)
    splits = {
        name: set(load_split_of(path, vocabulary, members[0].context_size).words)
        for name, path in paths.items()
    }
    metrics = report(samples, splits)
    print(textwrap.fill(" ".join(samples[:20]), width=80))
    print(", ".join(f"{count} {name}" for name, count in metrics.items()))
    text = "".join(f"{word}\n" for word in samples)
    arguments.samples.write_text(text, "utf-8", newline="\n")
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
