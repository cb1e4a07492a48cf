import torch

from deepstudy.loading.seeds import epoch_order, seed_for


def test_order_is_a_permutation_of_its_own_for_each_seed_and_epoch() -> None:
    first = epoch_order(100, seed=0, epoch=1)
    assert sorted(first.tolist()) == list(range(100))
    assert torch.equal(first, epoch_order(100, seed=0, epoch=1))
    assert not torch.equal(first, epoch_order(100, seed=0, epoch=2))
    assert not torch.equal(first, epoch_order(100, seed=1, epoch=1))


def test_derive_tells_words_apart() -> None:
    assert len({seed_for("a", 1, 23), seed_for("a", 12, 3), seed_for("b", 1, 23), seed_for("a", 1)}) == 4
    assert 0 <= seed_for("x") < 2**63
