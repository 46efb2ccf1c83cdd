"""Random writes through every write path, after each of which every index is compared with the truth."""

from abc import abstractmethod
from collections.abc import Callable
from decimal import Decimal
from itertools import groupby
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sst_repo import Index, NotFoundError, Repository, Resource, Table, TableRepository, UnitOfWork, VersionedResource
from sst_repo.testing import ManualClock


class Thing(Resource):
    owner: str | None = None
    size: Decimal = Decimal(0)
    hidden: bool = False
    by_owner = Index(gsi=1, partition="owner", sort="size", when=lambda thing: not thing.hidden)
    by_version = Index(gsi=2, partition="hidden", sort=("version", "updated_at"))


class KeptThing(VersionedResource):
    owner: str | None = None
    size: Decimal = Decimal(0)
    hidden: bool = False
    by_owner = Index(gsi=1, partition="owner", sort="size", when=lambda thing: not thing.hidden)
    by_version = Index(gsi=2, partition="hidden", sort=("version", "updated_at"))


class Things(UnitOfWork):
    plain: Repository[Thing]
    kept: Repository[KeptThing]


KINDS: tuple[Any, ...] = (Thing, KeptThing)
OWNERS = (None, "", "a", "a#", "b")
kinds = st.sampled_from(KINDS)
ids = st.sampled_from(("1", "2", "3"))
contents = st.fixed_dictionaries(
    {
        "owner": st.sampled_from(OWNERS),
        "size": st.sampled_from([Decimal(text) for text in ("-10", "-9.5", "0", "2", "10", "1e3")]),
        "hidden": st.booleans(),
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
        try:
            self.stored[KeptThing].restore(resource_id, version)
        except NotFoundError:
            assert version not in self.versions(resource_id)

    @rule(kind=kinds, resource_id=ids)
    def purge(self, kind: Any, resource_id: str) -> None:
        self.stored[kind].purge(resource_id)

    @rule(work=st.lists(st.tuples(kinds, ids, st.none() | contents), max_size=4), commit=st.booleans())
    def unit(self, work: list[tuple[Any, str, dict[str, Any] | None]], commit: bool) -> None:  # noqa: FBT001
        with Things(self.table, clock=self.clock) as unit:
            of: dict[Any, Repository[Any]] = {Thing: unit.plain, KeptThing: unit.kept}
            for kind, resource_id, content in work:
                found = of[kind].find(resource_id)
                if content is None and found is not None:
                    of[kind].delete(found)
                elif content is not None and found is None:
                    of[kind].add(kind(resource_id=resource_id, **content))
                elif content is not None and found is not None:
                    for name, value in content.items():
                        setattr(found, name, value)
            if commit:
                unit.commit()

    @invariant()
    def every_index_tells_the_truth(self) -> None:
        for kind, stored in self.stored.items():
            things = list(stored.get_many(["1", "2", "3"]).values())
            listed = sorted(things, key=lambda thing: (thing.updated_at, thing.resource_id), reverse=True)
            assert list(stored.list()) == listed
            assert stored.count() == len(things)
            for owner in OWNERS[1:]:
                owned = [thing for thing in things if thing.owner == owner and not thing.hidden]
                _same(stored.query(kind.by_owner(owner)), owned, key=lambda thing: thing.size)
            for hidden in (False, True):
                alike = [thing for thing in things if thing.hidden is hidden]
                _same(stored.query(kind.by_version(hidden)), alike, key=lambda thing: (thing.version, thing.updated_at))

    def versions(self, resource_id: str) -> set[int]:
        try:
            return {thing.version for thing in self.stored[KeptThing].versions(resource_id)}
        except NotFoundError:
            return set()


def _same(found: Any, expected: list[Any], key: Callable[[Any], Any]) -> None:
    """Insist on the order of the keys; resources of one key may come in any order."""
    assert [key(thing) for thing in found] == sorted(key(thing) for thing in expected)
    by_id = {thing.resource_id: thing for thing in expected}
    assert len(found) == len(by_id)
    for _, same in groupby(found, key=key):
        assert all(thing == by_id[thing.resource_id] for thing in same)
