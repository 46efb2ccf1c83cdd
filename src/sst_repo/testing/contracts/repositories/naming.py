"""Ids and key values of any text: each names one resource, and none reaches the rows of another."""

from typing import Final

import pytest

from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from sst_repo.core.times import UTC_WIDTH
from sst_repo.errors import InvalidQueryError, NotFoundError, UnstorableValueError
from sst_repo.indexes import Index
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.contracts.stored import IMPOSSIBLE_IDS
from sst_repo.testing.wrappers import CountingTable
from sst_repo.uniques import Unique

_LONGEST: Final = MAX_SORT_KEY_BYTES - UTC_WIDTH - len("#")

HOSTILE_TEXTS: Final = (
    *("#", "a", "a#", "a#b", "a$b", "$_", "@", "v#000000000001", "LabelledToo#a", "#Labelled#label#a#", "_t"),
    *("\0", "a\0", "\r\n", "\x7f", "\u2028", "\ufeff", "é", "e\u0301", "\ud7ff", "\ue000", "\U0010ffff"),
    *(":v0", ") OR (#0 = :0", "x" * _LONGEST, "\U0001f98a" * (_LONGEST // 4), "#" * (_LONGEST // 2)),
)
"""Texts that mean something to somebody, look alike, or are as long as an id can be."""


class Labelled(VersionedResource):
    """What is named by its id, by a key in an index, and by a unique value."""

    label: str
    rank: str = ""
    by_label = Index(gsi=1, partition="label", sort="rank")
    sole_label = Unique("label")


class LabelledToo(Resource):
    """Another type with the same keys, and a name that begins like the other's."""

    label: str
    by_label = Index(gsi=1, partition="label")
    sole_label = Unique("label")


class NamingContract(Contract):
    """What texts can do as names: nothing but name."""

    @pytest.fixture
    def labelled(self, table: Table) -> Repository[Labelled]:
        """The repository under test."""
        return TableRepository(Labelled, table, clock=ManualClock())

    def test_any_text_names_one_resource_of_one_type(self, table: Table, labelled: Repository[Labelled]) -> None:
        too = TableRepository(LabelledToo, table, clock=ManualClock())
        made = {text: labelled.add(Labelled(resource_id=text, label=text)) for text in HOSTILE_TEXTS}
        others = {text: too.add(LabelledToo(resource_id=text, label=text)) for text in HOSTILE_TEXTS}
        saved = list(made.values())[-9:]
        for number, resource in enumerate(saved):
            resource.rank = str(number)
            labelled.save(resource)

        assert labelled.get_many(HOSTILE_TEXTS) == made
        assert too.get_many(HOSTILE_TEXTS) == others
        assert list(labelled.iterate(newest_first=False)) == list(made.values())
        assert list(too.iterate(newest_first=False)) == list(others.values())
        with labelled.scan(segments=1) as run:
            assert sorted(found.resource_id for found in run) == sorted(HOSTILE_TEXTS)
        for text, resource in made.items():
            assert list(labelled.query(Labelled.by_label(text))) == [resource]
            assert labelled.get_by("label", text) == resource
            assert [old.version for old in labelled.versions(text)] == ([2, 1] if resource in saved else [1])

    def test_what_is_purged_takes_nothing_else_along(self, table: Table, labelled: Repository[Labelled]) -> None:
        too = TableRepository(LabelledToo, table, clock=ManualClock())
        texts = HOSTILE_TEXTS[:9]
        for text in texts:
            labelled.add(Labelled(resource_id=text, label=text))
            too.add(LabelledToo(resource_id=text, label=text))
        left = dict.fromkeys(texts)
        for text in texts:
            labelled.purge(text)
            del left[text]
            assert labelled.get_many(texts).keys() == left.keys()
            assert labelled.find_by("label", text) is None
        assert too.get_many(texts).keys() == set(texts)
        for text in texts:
            assert too.get_by("label", text).resource_id == text

    def test_what_can_not_be_an_id_is_refused_before_any_call(self, table: Table) -> None:
        counting = CountingTable(table)
        labelled = TableRepository(Labelled, counting)
        for text in (*IMPOSSIBLE_IDS, "x" * (_LONGEST + 1), "é" * (_LONGEST // 2 + 1), "a\udfff", "\ud83e\udd8a"):
            resource = Labelled.model_construct(resource_id=text, label="a", version=0)
            with pytest.raises(UnstorableValueError):
                labelled.add(resource)
            with pytest.raises(NotFoundError):
                labelled.get(text)
            assert labelled.find(text) is None
            assert not labelled.exists(text)
        assert not counting.calls

    def test_keys_have_room_to_the_byte(self, table: Table) -> None:
        counting = CountingTable(table)
        ranked = TableRepository(Labelled, counting)
        # Of all keys that a label is in, the one of its guard is the longest.
        label = "x" * (MAX_PARTITION_KEY_BYTES - len("#Labelled#label##"))
        rank = "é" * ((MAX_SORT_KEY_BYTES - len("#")) // 2)
        made = ranked.add(Labelled(label=label, rank=rank))
        assert list(ranked.query(Labelled.by_label(label).eq(rank))) == [made]
        assert ranked.get_by("label", label) == made

        counting.reset()
        for longer in (Labelled(label=label + "x"), Labelled(label="a", rank=rank + "xx")):
            with pytest.raises(UnstorableValueError, match="bytes"):
                ranked.add(longer)
        with pytest.raises(InvalidQueryError, match="bytes"):
            ranked.query(Labelled.by_label("a").eq(rank + "xx"))
        assert not counting.calls
