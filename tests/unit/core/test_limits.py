"""DynamoDB's limits: the arithmetic of sizes, and the exact boundaries."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import layout, limits
from sst_repo.core.layout import IndexKeys
from sst_repo.core.records import (
    Absent,
    AttributeValue,
    Check,
    Delete,
    HeldByNoOther,
    Key,
    Matches,
    Op,
    Plan,
    Put,
    Record,
)
from sst_repo.errors import ItemTooLargeError, TransactionTooLargeError


@pytest.mark.parametrize(
    ("value", "size"),
    [
        pytest.param({"S": ""}, 0, id="S-empty"),
        pytest.param({"S": "abc"}, 3, id="S-ascii"),
        pytest.param({"S": "aé€😀"}, 1 + 2 + 3 + 4, id="S-utf-8"),
        pytest.param({"B": b""}, 0, id="B-empty"),
        pytest.param({"B": b"\x00\xff"}, 2, id="B"),
        pytest.param({"BOOL": False}, 1, id="BOOL"),
        pytest.param({"NULL": True}, 1, id="NULL"),
        pytest.param({"SS": ["a", "é"]}, 3, id="SS"),
        pytest.param({"BS": [b"a", b"bc"]}, 3, id="BS"),
        pytest.param({"NS": ["1", "-123"]}, 2 + 4, id="NS"),
        pytest.param({"L": []}, 3, id="L-empty"),
        pytest.param({"L": [{"S": "ab"}, {"NULL": True}]}, 3 + (1 + 2) + (1 + 1), id="L"),
        pytest.param({"M": {}}, 3, id="M-empty"),
        pytest.param({"M": {"ab": {"S": "c"}, "d": {"N": "1"}}}, 3 + (1 + 2 + 1) + (1 + 1 + 2), id="M"),
        pytest.param({"L": [{"M": {"é": {"L": []}}}]}, 3 + 1 + (3 + 1 + 2 + 3), id="nested"),
        pytest.param({"N": "0"}, 1, id="N-zero"),
        pytest.param({"N": "1"}, 2, id="N-one-digit"),
        pytest.param({"N": "12"}, 2, id="N-two-digits"),
        pytest.param({"N": "123"}, 3, id="N-three-digits"),
        pytest.param({"N": "-12"}, 3, id="N-negative"),
        pytest.param({"N": "1000000"}, 2, id="N-trailing-zeros-are-free"),
        pytest.param({"N": "1000001"}, 5, id="N-inner-zeros-are-not"),
        pytest.param({"N": "12000"}, 3, id="N-pairs-of-digits-end-at-the-point"),
        pytest.param({"N": "0.5"}, 2, id="N-fraction"),
        pytest.param({"N": "0.0012"}, 2, id="N-leading-zeros-are-free"),
        pytest.param({"N": "0.00012"}, 3, id="N-pairs-of-digits-begin-at-the-point"),
        pytest.param({"N": "100.25"}, 4, id="N-zeros-before-a-fraction-are-not"),
        pytest.param({"N": "-123.456"}, 1 + 1 + 2 + 2, id="N-negative-fraction"),
        pytest.param({"N": "9" * 38}, 20, id="N-38-digits"),
        pytest.param({"N": "-1." + "9" * 37}, 21, id="N-38-digits-out-of-step"),
        pytest.param({"N": "0." + "0" * 129 + "1"}, 2, id="N-least"),
        pytest.param({"N": "1" + "0" * 125}, 2, id="N-most"),
    ],
)
def test_a_value_takes_as_many_bytes_as_dynamodb_counts(value: AttributeValue, size: int) -> None:
    assert limits.attributes_size({"name": value}) == len("name") + size


def test_the_example_of_the_developer_guide() -> None:
    assert limits.attributes_size({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}}) == 23


def test_an_item_counts_its_key_and_the_names_in_utf_8() -> None:
    row = Record(Key("é", "@"), {"ñame": {"S": "x"}})

    assert limits.item_size(row) == (2 + 2) + (2 + 1) + (5 + 1)


@given(st.integers(-(10**37), 10**37))
def test_a_number_takes_at_most_21_bytes(number: int) -> None:
    assert 1 <= limits.attributes_size({"": {"N": str(number)}}) <= 21


def row(size: int, name: str = "o1") -> Record:
    """A row that counts for exactly so many bytes."""
    empty = Record(Key(f"Order#{name}", "@"), {"_t": {"S": "Order"}, "text": {"S": ""}})
    filling = "x" * (size - limits.item_size(empty))
    return Record(empty.key, {**empty.attributes, "text": {"S": filling}})


def plan(*ops: Op) -> Plan:
    return Plan(ops, "w")


def puts(*rows: Record) -> Plan:
    return plan(*(Put(each, Absent()) for each in rows))


def checks(count: int) -> list[Op]:
    return [Check(Key(f"Order#c{number}", "@"), Matches(1, "w")) for number in range(count)]


def test_an_item_of_400_kb_is_the_largest_there_is() -> None:
    limits.check(puts(row(409_600)))

    with pytest.raises(ItemTooLargeError, match="Order o1 has 409601 bytes of at most 409600") as caught:
        limits.check(puts(row(100, "small"), row(409_601)))
    assert (caught.value.bytes, caught.value.culprit) == (409_601, "Order o1")


def test_a_hundred_actions_are_the_most_there_are() -> None:
    limits.check(plan(*checks(100)))

    with pytest.raises(
        TransactionTooLargeError, match=r"101 actions and 200 bytes .* largest item is Order o1"
    ) as caught:
        limits.check(plan(Put(row(90, "o2"), Absent()), Put(row(110), Absent()), *checks(99)))
    assert (caught.value.count, caught.value.bytes, caught.value.culprit) == (101, 200, "Order o1")


def test_too_many_actions_that_write_nothing_are_refused_too() -> None:
    deletes = [Delete(Key(f"Order#{number}", "@"), Matches(1, "w")) for number in range(101)]

    with pytest.raises(TransactionTooLargeError, match="101 actions and 0 bytes"):
        limits.check(plan(*deletes))


def test_four_megabytes_are_the_most_there_are() -> None:
    full = [row(409_600, f"o{number}") for number in range(10)]
    rest = 4 * 1024 * 1024 - 10 * 409_600
    limits.check(puts(*full, row(rest, "last")))

    with pytest.raises(TransactionTooLargeError, match="11 actions and 4194305 bytes") as caught:
        limits.check(puts(*full, row(rest + 1, "last")))
    assert (caught.value.count, caught.value.bytes, caught.value.culprit) == (11, 4_194_305, "Order o0")


def test_a_plan_has_one_op_a_row() -> None:
    with pytest.raises(ValueError, match="one op a row"):
        limits.check(plan(Put(row(100), Absent()), Check(row(100).key, Absent())))


def test_a_plan_has_at_least_one_op() -> None:
    with pytest.raises(ValueError, match="at least one op"):
        limits.check(plan())


@pytest.mark.parametrize("write_id", ["", "x" * 37], ids=["empty", "37-characters"])
def test_the_id_of_a_commit_is_a_token_that_dynamodb_takes(write_id: str) -> None:
    put = Put(row(100), Absent())
    limits.check(Plan((put,), "x" * 36))

    with pytest.raises(ValueError, match="1 to 36 characters"):
        limits.check(Plan((put,), write_id))


NO_KEYS: list[AttributeValue] = [{"N": "1"}, {"NULL": True}, {"B": b"x"}, {"SS": ["x"]}, {"S": ""}]


@pytest.mark.parametrize("index", [layout.LISTING, layout.gsi(2)], ids=lambda index: index.partition)
def test_the_keys_of_a_row_are_text_of_1_to_2048_and_1024_bytes(index: IndexKeys) -> None:
    def misfit(name: str, value: AttributeValue) -> str | None:
        return limits.key_misfit(Record(Key("Order#o1", "@"), {name: value}), [layout.PRIMARY, index])

    for name, most in ((index.partition, 2048), (index.sort, 1024)):
        assert misfit(name, {"S": "x"}) is None
        assert misfit(name, {"S": "é" * (most // 2)}) is None
        for value in (*NO_KEYS, {"S": "é" * (most // 2) + "x"}):
            assert misfit(name, value) == f"{name} of Order o1 is no text of 1 to {most} bytes, as a key is"
        assert limits.key_misfit(Record(Key("Order#o1", "@"), {name: {"N": "1"}}), [layout.PRIMARY]) is None


@pytest.mark.parametrize("key", [Key("", "@"), Key("Order#o1", ""), Key("x" * 2049, "@"), Key("Order#o1", "x" * 1025)])
def test_so_are_those_of_the_table_itself(key: Key) -> None:
    assert limits.key_misfit(Record(key, {}), []) is None
    assert "as a key is" in (limits.key_misfit(Record(key, {}), [layout.PRIMARY]) or "")


def test_nothing_is_one_empty_batch() -> None:
    assert limits.batches([]) == [()]


def test_a_batch_leaves_an_action_to_spare() -> None:
    rows = [row(60, f"o{number}") for number in range(199)]

    assert [len(batch) for batch in limits.batches(rows)] == [99, 99, 1]


def test_a_batch_leaves_as_many_actions_to_spare_as_it_is_told() -> None:
    rows = [row(60, f"o{number}") for number in range(98)]

    assert [len(batch) for batch in limits.batches(rows, 3)] == [97, 1]


def test_a_batch_is_at_most_four_megabytes() -> None:
    rows = [row(409_600, f"o{number}") for number in range(21)]

    assert [len(batch) for batch in limits.batches(rows)] == [10, 10, 1]


@given(st.lists(st.sampled_from([60, 1_000, 200_000, 409_600]), max_size=60))
def test_batches_hold_all_rows_in_order_and_fit(sizes: list[int]) -> None:
    rows = [ROWS[size] for size in sizes]
    parts = limits.batches(rows)

    assert [each for part in parts for each in part] == rows
    assert all(part for part in parts) or parts == [()]
    for part in parts:
        assert len(part) <= 99
        assert sum(map(limits.item_size, part)) <= 4 * 1024 * 1024


ROWS = {size: row(size) for size in (60, 1_000, 200_000, 409_600)}


@given(st.text(string.ascii_letters, min_size=1), st.text(min_size=1))
def test_an_op_is_named_by_type_and_id(type_name: str, resource_id: str) -> None:
    assert limits.culprit(Delete(Key(f"{type_name}#{resource_id}", "@"), Absent())) == f"{type_name} {resource_id}"


GUARD = Key("#Order#number#a7#", "@")


@pytest.mark.parametrize(
    ("op", "name"),
    [
        (Put(Record(GUARD, {"_h": {"S": "o2"}}), HeldByNoOther("o1")), "Order o2"),
        (Delete(GUARD, HeldByNoOther("o1")), "Order o1"),
        (Check(GUARD, Absent()), "Order number#a7#"),
    ],
)
def test_an_op_on_a_guard_row_is_named_by_who_holds_it_or_gives_it_up(op: Op, name: str) -> None:
    assert limits.culprit(op) == name
