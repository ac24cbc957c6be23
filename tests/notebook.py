"""The notebook's cells, as oracles for the tests and the benchmark."""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


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


def notebook_sgd(
    parameters: list[Tensor],
    X: Tensor,
    Y: Tensor,
    lr: list[float],
    batch_size: int,
    g: torch.Generator,
) -> list[float]:
    """Train C, W1, b1, W2, b2 with the notebook's loop; return the losses."""
    C, W1, b1, W2, b2 = parameters
    for p in parameters:
        p.requires_grad = True
    losses = []
    for rate in lr:
        ix = torch.randint(0, X.shape[0], (batch_size,), generator=g)
        emb = C[X[ix]]
        h = torch.tanh(emb.view(emb.shape[0], -1) @ W1 + b1)
        logits = h @ W2 + b2
        loss = cross_entropy(logits, Y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        for p in parameters:
            assert p.grad is not None
            p.data += -rate * p.grad
        losses.append(loss.item())
    for p in parameters:
        p.requires_grad = False
    return losses


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
