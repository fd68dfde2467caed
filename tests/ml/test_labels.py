"""Labels that were mixed up are found; what a model is unsure about, noise and other borders are not taken for it."""

import numpy as np
import pytest

from ml.labels import find_mixed

GROUPS = 8


def drawn(random, texts=600):
    """Probabilities of a calibrated model, and labels drawn from them: half the texts are clear, half are not."""
    meant = random.integers(0, GROUPS, texts)
    rest = random.dirichlet(np.full(GROUPS, 0.2), texts)
    sure = np.where(random.random(texts) < 0.5, random.uniform(0.9, 0.99, texts), random.uniform(0.4, 0.8, texts))
    mass = (1 - sure)[:, None] * rest
    mass[np.arange(texts), meant] += sure
    labels = np.array([random.choice(GROUPS, p=row / row.sum()) for row in mass])
    return mass, labels


def poisoned(random, labels, meant, named, share):
    """The labels with a share of one group's put under another, and where."""
    mine = np.flatnonzero(labels == meant)
    moved = random.choice(mine, round(share * len(mine)), replace=False)
    bad = labels.copy()
    bad[moved] = named
    return bad, set(moved.tolist())


def test_honest_labels_are_seldom_doubted():
    random = np.random.default_rng(4)
    flagged = sum(bool(find_mixed(*drawn(random))) for _ in range(60))
    assert flagged <= 6


@pytest.mark.parametrize("seed", range(6))
def test_ten_per_cent_of_a_group_under_another_are_found_with_the_rows(seed):
    random = np.random.default_rng(seed)
    mass, labels = drawn(random, 1200)
    bad, moved = poisoned(random, labels, 2, 5, 0.1)
    found = find_mixed(mass, bad)
    assert (found[0].meant, found[0].named) == (2, 5)
    assert 0.05 <= found[0].share <= 0.2
    assert len(moved & set(found[0].rows)) >= len(moved) / 3


@pytest.mark.parametrize("seed", range(3))
def test_labels_that_a_second_person_kept_are_not_doubted_again(seed):
    random = np.random.default_rng(seed)
    mass, labels = drawn(random, 1200)
    bad, moved = poisoned(random, labels, 2, 5, 0.1)
    reviewed = np.isin(np.arange(len(bad)), list(moved))
    assert not any((one.meant, one.named) == (2, 5) for one in find_mixed(mass, bad, reviewed))
    other, _ = poisoned(random, bad, 3, 6, 0.1)
    assert (3, 6) in {(one.meant, one.named) for one in find_mixed(mass, other, reviewed)}


def test_a_group_whose_labels_were_strewn_over_all_others_is_found():
    random = np.random.default_rng(1)
    mass, labels = drawn(random, 1200)
    mine = np.flatnonzero(labels == 3)
    bad = labels.copy()
    for row in random.choice(mine, round(0.15 * len(mine)), replace=False):
        bad[row] = (3 + random.integers(1, GROUPS)) % GROUPS
    assert 3 in {one.meant for one in find_mixed(mass, bad)}


def test_plain_noise_everywhere_is_nobody_s_fault():
    random = np.random.default_rng(2)
    mass, labels = drawn(random, 1200)
    noisy = np.where(random.random(1200) < 0.03, random.integers(0, GROUPS, 1200), labels)
    assert find_mixed(mass, noisy) == []


def test_no_labels_are_no_reason_to_worry():
    assert find_mixed(np.zeros((0, 3)), np.zeros(0, dtype=int)) == []
