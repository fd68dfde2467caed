"""The damage that the tables do to texts is the damage that was seen, no more and no less."""

import pytest

from ml.changes import LOOK_ALIKES, RATE, changes, inserted, lose_byte, masked, misread

TEXTS = [f"{i}号楼前的车棚没有遮雨，居民把电动车推进楼道，物业说管不了，台阶也塌了一块。" * 3 for i in range(200)]
SIGNS = sum(map(len, TEXTS))


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [("路燈。活動開展", "路燈?；顒娱_展"), ("路燈·戶外", "路燈??戶外"), ("路灯坏了3天", "路灯?盗?3天")],
)
def test_a_lost_byte_shifts_the_pairs_after_it(whole, damaged):
    assert lose_byte(whole, 2) == damaged


def test_misread_signs_keep_the_length_and_come_at_the_stated_rate():
    wrong = sum(a != b for text in TEXTS for a, b in zip(text, misread(text), strict=True))
    assert 0.7 * RATE < wrong / SIGNS < 1.3 * RATE


def test_masks_and_inserted_lines_come_at_the_stated_rate():
    masks = sum(masked(text).count("***") for text in TEXTS)
    lines = sum(inserted(text).count("示例") for text in TEXTS)
    assert 0.7 * RATE < masks / SIGNS < 1.3 * RATE
    assert 0.7 * RATE < lines / SIGNS < 1.3 * RATE


def test_a_change_is_the_same_each_time_and_leaves_nothing_to_fail_on():
    for change in changes().values():
        assert change(TEXTS[0]) == change(TEXTS[0])
        assert isinstance(change(""), str)


def test_no_sign_is_taken_for_itself():
    assert all(a != b for a, b in LOOK_ALIKES.items())
