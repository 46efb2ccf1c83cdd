"""Random writes through every write path, after each of which every index and guard row is compared with the truth."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sst_repo import (
    ConflictError,
    Index,
    NotFoundError,
    Repository,
    Resource,
    Table,
    TableRepository,
    Unique,
    UniqueViolationError,
    UnitOfWork,
    VersionedResource,
)
from sst_repo.core.layout import guard_key, latest_key, partition_key
from sst_repo.core.records import Key
from sst_repo.testing import ManualClock


class Thing(Resource):
    owner: str | None = None
    size: Decimal = Decimal(0)
    hidden: bool = False
    code: str | None = None
    by_owner = Index(gsi=1, partition="owner", sort="size", when=lambda thing: not thing.hidden)
    by_version = Index(gsi=2, partition="hidden", sort=("version", "updated_at"))
    by_code = Unique("code")


class KeptThing(VersionedResource):
    owner: str | None = None
    size: Decimal = Decimal(0)
    hidden: bool = False
    code: str | None = None
    by_owner = Index(gsi=1, partition="owner", sort="size", when=lambda thing: not thing.hidden)
    by_version = Index(gsi=2, partition="hidden", sort=("version", "updated_at"))
    by_code = Unique("code")


class Things(UnitOfWork):
    plain: Repository[Thing]
    kept: Repository[KeptThing]


KINDS: tuple[Any, ...] = (Thing, KeptThing)
OWNERS = (None, "", "a", "a#", "b")
CODES = (None, "", "x", "x#")
kinds = st.sampled_from(KINDS)
IDS = ("1", "2", "3")
ids = st.sampled_from(IDS)
contents = st.fixed_dictionaries(
    {
        "owner": st.sampled_from(OWNERS),
        "size": st.sampled_from([Decimal(text) for text in ("-10", "-9.5", "0", "2", "10", "1e3")]),
        "hidden": st.booleans(),
        "code": st.sampled_from(CODES),
    }
)


class IndexTruth(RuleBasedStateMachine):
    """Derive, and say with `make_table` what is tested."""

    @staticmethod
    @abstractmethod
    def make_table() -> Table:
        """Make a fresh, empty, existing table."""

    @initialize()
    def begin(self) -> None:
        self.table = self.make_table()
        self.clock = ManualClock()
        self.stored: dict[Any, Repository[Any]] = {
            kind: TableRepository(kind, self.table, clock=self.clock) for kind in KINDS
        }

    @rule(kind=kinds, resource_id=ids, content=contents)
    def add_or_save(self, kind: Any, resource_id: str, content: dict[str, Any]) -> None:
        found = self.stored[kind].find(resource_id)
        with self.refused_if(self.clashes(kind, resource_id, content["code"])):
            if found is None:
                self.stored[kind].add(kind(resource_id=resource_id, **content))
            else:
                self.stored[kind].save(found.model_copy(update=content))

    @rule(kind=kinds, resource_id=ids)
    def delete(self, kind: Any, resource_id: str) -> None:
        found = self.stored[kind].find(resource_id)
        if found is not None:
            self.stored[kind].delete(found)

    @rule(resource_id=ids, version=st.integers(1, 4))
    def restore(self, resource_id: str, version: int) -> None:
        codes = {thing.version: thing.code for thing in self.versions(resource_id)}
        if version in codes:
            with self.refused_if(self.clashes(KeptThing, resource_id, codes[version])):
                self.stored[KeptThing].restore(resource_id, version)
        else:
            with pytest.raises(NotFoundError):
                self.stored[KeptThing].restore(resource_id, version)

    @rule(kind=kinds, resource_id=ids)
    def purge(self, kind: Any, resource_id: str) -> None:
        self.stored[kind].purge(resource_id)

    @rule(
        work=st.lists(st.tuples(kinds, ids, st.none() | contents, st.booleans()), max_size=4),
        isolation=st.sampled_from(("optimistic", "serializable")),
        commit=st.booleans(),
    )
    def unit(
        self,
        work: list[tuple[Any, str, dict[str, Any] | None, bool]],
        isolation: Any,
        commit: bool,  # noqa: FBT001
    ) -> None:
        codes = {(kind, thing.resource_id): thing.code for kind in KINDS for thing in self.living(kind)}
        with Things(self.table, isolation=isolation, clock=self.clock) as unit:
            of: dict[Any, Repository[Any]] = {Thing: unit.plain, KeptThing: unit.kept}
            for kind, resource_id, content, looks in work:
                if looks:
                    self.unit_finds_what_it_knows(of[kind], kind, codes)
                found = of[kind].find(resource_id)
                if content is None and found is not None:
                    of[kind].delete(found)
                    del codes[kind, resource_id]
                elif content is not None and found is None:
                    of[kind].add(kind(resource_id=resource_id, **content))
                    codes[kind, resource_id] = content["code"]
                elif content is not None and found is not None:
                    for name, value in content.items():
                        setattr(found, name, value)
                    codes[kind, resource_id] = content["code"]
            if commit:
                held = [(kind, code) for (kind, _), code in codes.items() if code is not None]
                # Who had looked, and finds that the unit itself clashes with it, is told of a conflict.
                with self.refused_if(len(held) > len(set(held)), UniqueViolationError, ConflictError):
                    unit.commit()

    @staticmethod
    def unit_finds_what_it_knows(repository: Repository[Any], kind: Any, codes: dict[tuple[Any, str], Any]) -> None:
        for code in CODES[1:]:
            found = repository.find_by("code", code)
            holders = {resource_id for (each, resource_id), held in codes.items() if each is kind and held == code}
            assert found.resource_id in holders if found is not None else not holders

    @invariant()
    def every_index_tells_the_truth(self) -> None:
        for kind, stored in self.stored.items():
            things = self.living(kind)
            listed = sorted(things, key=lambda thing: (thing.updated_at, thing.resource_id), reverse=True)
            assert list(stored.list()) == listed
            assert stored.count() == len(things)
            for owner in OWNERS[1:]:
                owned = [thing for thing in things if thing.owner == owner and not thing.hidden]
                _same(stored.query(kind.by_owner(owner)), owned, key=lambda thing: thing.size)
            for hidden in (False, True):
                alike = [thing for thing in things if thing.hidden is hidden]
                _same(stored.query(kind.by_version(hidden)), alike, key=lambda thing: (thing.version, thing.updated_at))

    @invariant()
    def every_guard_row_tells_the_truth(self) -> None:
        for kind, stored in self.stored.items():
            holders = {_guard(kind, thing.code): thing for thing in self.living(kind) if thing.code is not None}
            for code in CODES[1:]:
                holder, row = holders.get(_guard(kind, code)), self.table.read(_guard(kind, code))
                assert (row and row.holder) == (holder and holder.resource_id)
                assert stored.find_by("code", code) == holder
            for resource_id in IDS:
                row = self.table.read(latest_key(partition_key(kind.__name__, resource_id)))
                held = [guard.pk for guard, thing in holders.items() if thing.resource_id == resource_id]
                assert list(row.guards if row else ()) == held

    def living(self, kind: Any) -> list[Any]:
        return list(self.stored[kind].get_many(IDS).values())

    def clashes(self, kind: Any, resource_id: str, code: str | None) -> bool:
        others = [thing.code for thing in self.living(kind) if thing.resource_id != resource_id]
        return code is not None and code in others

    @staticmethod
    def refused_if(clash: bool, *errors: type[Exception]) -> AbstractContextManager[object]:  # noqa: FBT001
        return pytest.raises(errors or UniqueViolationError) if clash else nullcontext()

    def versions(self, resource_id: str) -> list[Any]:
        try:
            return list(self.stored[KeptThing].versions(resource_id))
        except NotFoundError:
            return []


def _guard(kind: Any, code: str) -> Key:
    return guard_key(kind.__name__, "code", {"": "#", "x": "x#", "x#": "x$b#"}[code])


def _same(found: Any, expected: list[Any], key: Callable[[Any], Any]) -> None:
    """Insist on the order of the keys; resources of one key may come in any order."""
    assert [key(thing) for thing in found] == sorted(key(thing) for thing in expected)
    by_id = {thing.resource_id: thing for thing in expected}
    assert len(found) == len(by_id)
    for _, same in groupby(found, key=key):
        assert all(thing == by_id[thing.resource_id] for thing in same)
