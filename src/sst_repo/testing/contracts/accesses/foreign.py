"""Rows that somebody else wrote, between good ones: they are named or passed over, and hide no other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import pytest

from sst_repo.core import layout
from sst_repo.core.records import Absent, Applied, Attributes, AttributeValue, Key, Plan, Put, Record
from sst_repo.errors import CorruptRecordError
from sst_repo.ids import ULIDS
from sst_repo.indexes import Index
from sst_repo.pages import Page
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.resource import VersionedResource
from sst_repo.tables.base import Table
from sst_repo.tables.memory import InMemoryTable
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.contracts.stored import spoil, stored_row

VALUES: Final[Sequence[AttributeValue]] = (
    {"S": "somebody's"},
    {"N": "7.5"},
    {"B": b"\x00"},
    {"BOOL": True},
    {"NULL": True},
    {"L": [{"S": "a"}]},
    {"M": {"a": {"S": "b"}}},
    {"SS": ["a"]},
    {"NS": ["1"]},
    {"BS": [b"a"]},
)
"""One of each type that DynamoDB has."""


class Crate(VersionedResource):
    """What is stored: in the listing, in an index, in a collection, in the history."""

    owner: str
    number: int
    in_store = Index(gsi=1, partition="owner", sort="number", collection="store")


SICK: Final[dict[str, tuple[str, AttributeValue | None]]] = {
    f"{name}-{next(iter(value)) if value else 'missing'}": (name, value)
    for name, own in {"owner": "S", "number": "", "_v": "", "_w": "S", "_c": "", "_u": "", "_z": None}.items()
    for value in (*VALUES, None)
    if own is None or value is None or own not in value
    if not (own is None and value is None)
}
"""By name: the attribute, and what becomes of it so that the row can't be read: nothing (None), or a value of each type
but its own, and a text or number that is none of its own."""

HARMLESS: Final[dict[str, tuple[str, AttributeValue]]] = {
    f"{name}-{next(iter(value))}": (name, value) for name in ("extra", "_x") for value in VALUES
}
"""Attributes that are nothing to the library: the row is read as if they were not there."""

PASSED_OVER: Final[dict[str, tuple[str, AttributeValue]]] = {
    f"_d-{next(iter(value))}": ("_d", value) for value in VALUES
}
"""Whatever the mark of a deletion holds, what has it is deleted."""

OUT_OF_PLACE: Final[dict[str, Key]] = {
    "of another type": Key("Visit#x", layout.LATEST),
    "of a longer type name": Key("Crates#x", layout.LATEST),
    "without a type": Key("x", layout.LATEST),
    "without an id": Key("Crate#", layout.LATEST),
    "a guard's": Key("#Crate#owner#x#", layout.LATEST),
    "in the history of another one": Key("Crate#good-0", "v#000000000007"),
    "at the side of another one": Key("Crate#good-0", "note"),
    "in no place of ours": Key("Crate#x", "v#1"),
}
"""By name: keys that no latest row of a crate has."""

GOOD_EVERY: Final = 5

_Walk: TypeAlias = Callable[[], Iterable[Page[Any]]]


class ForeignRowContract(Contract):
    """What rows do that the library did not write."""

    @pytest.fixture
    def crates(self, table: Table) -> Repository[Crate]:
        """The repository under test."""
        return TableRepository(Crate, table, clock=ManualClock())

    def test_pages_name_each_sick_row_once_and_show_the_good_ones_exactly(
        self, table: Table, crates: Repository[Crate]
    ) -> None:
        good = _stock(table)
        for way, walk, descending in _ways(table, crates, limits=(9,)):
            pages = list(walk())
            assert [crate.resource_id for page in pages for crate in page] == good[:: -1 if descending else 1], way
            assert sorted(error.id for page in pages for error in page.skipped) == sorted(SICK), way

    def test_scans_and_batches_name_sick_rows_and_give_all_good_ones(
        self, table: Table, crates: Repository[Crate]
    ) -> None:
        good = _stock(table)
        with crates.scan(segments=2) as run:
            found = [next(run).resource_id for _ in good]
            with pytest.raises(CorruptRecordError):
                next(run)
        assert sorted(found) == sorted(good)
        assert sorted(error.id for error in run.skipped) == sorted(SICK)
        with pytest.raises(CorruptRecordError) as corrupt:
            crates.get_many([*good, *SICK, *PASSED_OVER])
        assert sorted(corrupt.value.found) == sorted(good)
        assert corrupt.value.id in SICK
        for name in PASSED_OVER:
            assert crates.find(name) is None

    def test_versions_name_each_sick_row_and_show_the_good_ones_exactly(
        self, table: Table, crates: Repository[Crate]
    ) -> None:
        faults = [*SICK.values(), ("_v", {"N": "1"}), ("_t", {"S": "Visit"}), ("_t", None)]
        crates.add(Crate(resource_id="storied", owner="o", number=0))
        latest = stored_row(table, Crate, "storied")
        image = layout.of_any_version(latest.attributes)
        last = 2 * len(faults) + 1
        rows: list[Record] = []
        for number in range(1, last):
            attributes = {**image, "_v": {"N": str(number)}}
            if number % 2 == 0:
                attributes = _spoilt(attributes, *faults[number // 2 - 1])
            rows.append(Record(layout.history_key(latest.key.pk, number), attributes))
        spoil(table, latest, "_v", {"N": str(last)})
        _store(table, *(Put(row, Absent()) for row in rows))

        for limit in (None, 1, 7):
            pages = list(_pages(partial(crates.versions, "storied", limit=limit)))
            assert [crate.version for page in pages for crate in page] == list(range(last, 0, -2))
            assert sum(len(page.skipped) for page in pages) == len(faults)
        assert len(crates.get_many(["storied"])) == 1

    @pytest.mark.parametrize("key", OUT_OF_PLACE.values(), ids=OUT_OF_PLACE.keys())
    def test_a_row_out_of_place_is_no_resource_whatever_it_says(
        self, table: Table, crates: Repository[Crate], key: Key
    ) -> None:
        for number in range(3):
            crates.add(Crate(resource_id=f"good-{number}", owner="o", number=number))
        middle = stored_row(table, Crate, "good-1")
        _store(table, Put(Record(key, middle.attributes), Absent()))
        for way, walk, descending in _ways(table, crates):
            pages = list(walk())
            expected = ["good-0", "good-1", "good-2"][:: -1 if descending else 1]
            assert [crate.resource_id for page in pages for crate in page] == expected, way
            assert len([error for page in pages for error in page.skipped]) == 1, way
        run = crates.scan(segments=1)
        assert sorted(next(run).resource_id for _ in range(3)) == ["good-0", "good-1", "good-2"]
        assert crates.find("x") is None

    @pytest.mark.parametrize("text", ["~", "0", "#", "2001-02-03T04:05:06.000000Z#good-0", "0#x", "\U0010ffff#\0"])
    def test_rows_in_a_wrong_place_of_an_index_are_read_once_each(
        self, table: Table, crates: Repository[Crate], text: str
    ) -> None:
        for number in range(4):
            crates.add(Crate(resource_id=f"good-{number}", owner="o", number=number))
        for number in (1, 2):
            for name, value in ((layout.LISTED, text), ("gsi1sk", f"Crate#{text}")):
                spoil(table, stored_row(table, Crate, f"good-{number}"), name, {"S": value})
        for way, walk, _ in _ways(table, crates):
            found = [crate.resource_id for page in walk() for crate in page]
            assert sorted(found) == [f"good-{number}" for number in range(4)], way

    def test_a_type_that_is_not_ours_is_no_business_of_ours(self, table: Table, crates: Repository[Crate]) -> None:
        good = crates.add(Crate(resource_id="good", owner="o", number=1))
        ours = stored_row(table, Crate, "good").attributes
        strange = {**ours, layout.TYPE: {"S": "Stranger"}, "gsi1sk": {"S": "Stranger#b1#"}}
        _store(table, Put(Record(Key("Stranger#good", layout.LATEST), strange), Absent()))
        assert list(crates.list()) == [good]
        assert list(crates.query(Crate.in_store("o"))) == [good]
        assert list(crates.scan(segments=1)) == [good]
        page = table.collection("store", "o")
        assert list(page) == [good]
        assert [(error.type, error.id) for error in page.skipped] == [("Stranger", "good")]


def _stock(table: Table) -> list[str]:
    """Store crates of which most are sick, and return the ids of those that are read, in order."""
    faults: dict[str, tuple[str, AttributeValue | None]] = {**SICK, **HARMLESS, **PASSED_OVER}
    good: list[str] = []
    # Made elsewhere and stored many at a time: one by one takes emulators their time.
    elsewhere = InMemoryTable()
    crates = TableRepository(Crate, elsewhere, clock=ManualClock())
    ops: list[Put] = []
    for number, (name, fault) in enumerate(faults.items()):
        if number % GOOD_EVERY == 0:
            good.append(crates.add(Crate(owner="o", number=2 * number)).resource_id)
            ops.append(Put(stored_row(elsewhere, Crate, good[-1]), Absent()))
        crates.add(Crate(resource_id=name, owner="o", number=2 * number + 1))
        if name in HARMLESS:
            good.append(name)
        row = stored_row(elsewhere, Crate, name)
        ops.append(Put(Record(row.key, _spoilt(row.attributes, *fault)), Absent()))
    _store(table, *ops)
    return good


def _spoilt(attributes: Attributes, name: str, value: AttributeValue | None) -> dict[str, AttributeValue]:
    spoilt = {key: kept for key, kept in attributes.items() if key != name}
    return spoilt if value is None else {**spoilt, name: value}


def _store(table: Table, *ops: Put) -> None:
    for begin in range(0, len(ops), 100):
        assert table.transact(Plan(ops[begin : begin + 100], ULIDS.new_id())) == Applied()


def _pages(read: Callable[..., Page[Any]]) -> Iterator[Page[Any]]:
    """Go through the pages; an end is to come."""
    cursor: str | None = None
    for _ in range(1000):
        page = read(cursor=cursor)
        yield page
        cursor = page.cursor
        if cursor is None:
            return
    pytest.fail("the walk does not end")


def _ways(
    table: Table, crates: Repository[Crate], limits: Sequence[int] = (1, 2, 50)
) -> Iterator[tuple[str, _Walk, bool]]:
    """Give ways to walk through all crates: their names, the pages, whether the order is descending."""
    for limit in limits:
        readings: tuple[tuple[bool, dict[str, Any]], ...] = (
            (False, {"limit": limit}),
            (True, {"limit": limit, "predicate": _any, "reads": 1}),
        )
        for back, reading in readings:
            listed = partial(crates.list, newest_first=back, **reading)
            queried = partial(crates.query, Crate.in_store("o"), descending=back, **reading)
            gathered = partial(table.collection, "store", "o", descending=back, **reading)
            yield "listing", partial(_pages, listed), back
            yield "index", partial(_pages, queried), back
            yield "collection", partial(_pages, gathered), back


def _any(crate: object) -> bool:  # noqa: ARG001 - all count
    return True
