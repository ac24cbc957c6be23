"""The notebook's cells, as oracles for the tests; experiments/bench.py has its loop."""

import torch
from torch import Tensor


def notebook_windows(
    words: list[str], vocabulary: list[str], context_size: int
) -> tuple[list[list[int]], list[int]]:
    """Build examples with the notebook's loop over words and characters."""
    X, Y = [], []
    for word in words:
        context = [0] * context_size
        for character in f"{word}.":
            symbol = vocabulary.index(character)
            X.append(context)
            Y.append(symbol)
            context = [*context[1:], symbol]
    return X, Y


def notebook_words(
    parameters: list[Tensor], vocabulary: list[str], count: int, g: torch.Generator
) -> list[str]:
    """Sample words with the notebook's loop, symbol by symbol."""
    C, W1, b1, W2, b2 = parameters
    context_size = W1.shape[0] // C.shape[1]
    words = []
    for _ in range(count):
        out = ""
        context = [0] * context_size
        while True:
            emb = C[torch.tensor([context])]
            h = torch.tanh(emb.view(1, -1) @ W1 + b1)
            probs = torch.softmax(h @ W2 + b2, dim=1)
            ix = int(torch.multinomial(probs, num_samples=1, generator=g).item())
            context = [*context[1:], ix]
            if ix == 0:
                break
            out += vocabulary[ix]
        words.append(out)
    return words
