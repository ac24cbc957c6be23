"""What training hides from the network, and the parts of it that processes get."""

import torch

from nplm.models.noise import NO_NOISE, Noise, Part


def test_dropout_keeps_the_mean_and_sets_its_share_to_0() -> None:
    """Of 100,000 units at 1, a share of 0.3 is 0 and the rest 1 / 0.7, to 5 sigma."""
    generator = torch.Generator().manual_seed(1)
    dropped = NO_NOISE.drop(torch.ones(1000, 100), 0.3, generator)
    kept = dropped != 0
    assert abs(kept.float().mean().item() - 0.7) < 5 * (0.3 * 0.7 / 1e5) ** 0.5
    assert torch.allclose(dropped[kept], torch.tensor(1 / 0.7))


def test_context_dropout_leaves_the_last_symbols() -> None:
    """A share of 0.6 keeps 1 to 4 of 4; so 0.6 / 4 of all keep 1, 2 or 3, each."""
    generator = torch.Generator().manual_seed(1)
    size = 40_000
    noise = Noise(context_dropout=0.6)
    seen = noise.cut_contexts(torch.ones(size, 4, 1), generator).squeeze(2)
    for left in (1, 2, 3):
        row = torch.tensor([0.0] * (4 - left) + [1.0] * left)
        share = (seen == row).all(dim=1).float().mean().item()
        assert abs(share - 0.15) < 5 * (0.15 * 0.85 / size) ** 0.5
    assert (seen[:, 1:] >= seen[:, :-1]).all()


def test_parts_have_the_noise_of_the_whole_batch() -> None:
    """Two of four examples each, put together, are what one process would have."""

    def generator() -> torch.Generator:
        return torch.Generator().manual_seed(1)

    units_BxH = torch.arange(1.0, 13.0).view(4, 3)
    whole = NO_NOISE.drop(units_BxH, 0.5, generator())
    parts = [
        Noise(part=Part(i, 2)).drop(units_BxH[2 * i :][:2], 0.5, generator())
        for i in (0, 1)
    ]
    assert torch.equal(torch.cat(parts), whole)
    emb_BxTxE = torch.ones(200, 3, 2)
    noise = Noise(context_dropout=0.5)
    whole = noise.cut_contexts(emb_BxTxE, generator())
    parts = [
        noise._replace(part=Part(i, 4)).cut_contexts(emb_BxTxE[:50], generator())
        for i in range(4)
    ]
    assert torch.equal(torch.cat(parts), whole)


def test_four_units_take_a_draw_of_64_bits() -> None:
    """What is drawn next depends on it: ten units take three draws."""
    generators = [torch.Generator().manual_seed(1) for _ in range(2)]
    NO_NOISE.drop(torch.ones(2, 5), 0.5, generators[0])
    draws = torch.empty(3, dtype=torch.int64)
    draws.random_(-(2**63), None, generator=generators[1])
    assert torch.equal(*(generator.get_state() for generator in generators))
