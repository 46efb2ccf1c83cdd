"""Rows, guards and plans."""

import copy

import pytest

from sst_repo.core.records import (
    Absent,
    Check,
    Contended,
    Delete,
    Guard,
    HeldByNoOther,
    Key,
    Matches,
    Plan,
    Put,
    Record,
    Unknown,
    holds,
)

KEY = Key("Order#o1", "@")
ROW = Record(KEY, {"_v": {"N": "3"}, "_w": {"S": "w3"}})
GRAVE = Record(KEY, {"_v": {"N": "3"}, "_w": {"S": "w3"}, "_d": {"BOOL": True}})
GUARD = Record(KEY, {"_h": {"S": "o1"}, "_w": {"S": "w3"}})
NOT_OURS = Record(KEY, {"name": {"S": "x"}})


@pytest.mark.parametrize(
    ("guard", "stored", "expected"),
    [
        pytest.param(Absent(), None, True, id="absent-nothing"),
        pytest.param(Absent(), ROW, False, id="absent-row"),
        pytest.param(Absent(), GRAVE, False, id="absent-tombstone"),
        pytest.param(Absent(), NOT_OURS, False, id="absent-foreign-row"),
        pytest.param(Matches(3, "w3"), ROW, True, id="same"),
        pytest.param(Matches(3, "w3"), GRAVE, True, id="same-tombstone"),
        pytest.param(Matches(2, "w3"), ROW, False, id="other-version"),
        pytest.param(Matches(3, "w2"), ROW, False, id="other-write-of-the-same-version"),
        pytest.param(Matches(3, "w3"), None, False, id="nothing"),
        pytest.param(Matches(3, "w3"), NOT_OURS, False, id="foreign-row"),
        pytest.param(Matches(0, ""), NOT_OURS, False, id="foreign-row-is-not-version-0"),
        pytest.param(HeldByNoOther("o1"), None, True, id="held-by-nobody"),
        pytest.param(HeldByNoOther("o1"), GUARD, True, id="held-by-that-one"),
        pytest.param(HeldByNoOther("o2"), GUARD, False, id="held-by-another"),
        pytest.param(HeldByNoOther("o1"), NOT_OURS, False, id="held-by-who-knows"),
    ],
)
def test_a_guard_holds_for_exactly_what_was_read(guard: Guard, stored: Record | None, expected: bool) -> None:  # noqa: FBT001
    assert holds(guard, stored) is expected


@pytest.mark.parametrize(
    ("attribute", "version"),
    [
        ({"N": "7"}, 7),
        ({"N": "1.5"}, None),
        ({"N": "-1"}, None),
        ({"N": "0"}, None),
        ({"N": "999999999999"}, 999999999999),
        ({"N": "1000000000000"}, None),
        ({"N": "\u00b2"}, None),
        ({"S": "7"}, None),
        ({"NULL": True}, None),
    ],
)
def test_a_version_is_a_number_that_history_has_a_key_for_or_none(
    attribute: dict[str, object], version: int | None
) -> None:
    assert Record(KEY, {"_v": attribute}).version == version


def test_a_row_that_is_not_ours_has_no_version_and_no_write_id() -> None:
    assert NOT_OURS.version is None
    assert NOT_OURS.write_id is None
    assert Record(KEY, {"_w": {"N": "1"}}).write_id is None
    assert not NOT_OURS.is_tombstone


def test_a_guard_row_names_its_holder_and_a_latest_row_its_guards() -> None:
    assert (GUARD.holder, ROW.holder, Record(KEY, {"_h": {"N": "1"}}).holder) == ("o1", None, None)
    assert Record(KEY, {"_q": {"SS": ["#a", "#b"]}}).guards == ("#a", "#b")
    assert ROW.guards == ()


def test_a_tombstone_is_known_by_its_mark() -> None:
    assert GRAVE.is_tombstone
    assert not ROW.is_tombstone


def test_records_are_shared_not_copied() -> None:
    assert copy.deepcopy({"image": ROW})["image"] is ROW


def test_keys_sort_by_partition_then_by_sort_key() -> None:
    assert sorted([Key("b", "1"), Key("a", "2"), Key("a", "1")]) == [Key("a", "1"), Key("a", "2"), Key("b", "1")]


def test_every_op_names_its_row() -> None:
    assert {Put(ROW, Absent()).key, Delete(KEY, Absent()).key, Check(KEY, Absent()).key} == {KEY}


def test_a_plan_that_is_sent_again_bears_the_same_token() -> None:
    assert Plan((), "w1").token == Plan((), "w1").token
    assert Plan((), "w1").token != Plan((), "w2").token


def test_outcomes_compare_without_their_cause() -> None:
    assert Contended(ValueError()) == Contended()
    assert Unknown(ValueError()) == Unknown()
