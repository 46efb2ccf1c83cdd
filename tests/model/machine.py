"""Random work of several clients, on resources that stand alone and in units, checked step by step by the model."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sst_repo import Conflict, ConflictError, NotFoundError
from tests.model.acting import Copy
from tests.model.list_rules import ListRules
from tests.model.resources import CONSTRAINED, KEEPING, Content, told
from tests.model.strategies import changed, clients, contents, faults, keys, numbers
from tests.model.truth import Change, Key, Written, conflict, is_alive, visible
from tests.model.unit_rules import UnitRules


class Machine(UnitRules, ListRules):
    """The whole machine: derive, and say with `make_tables` what is tested."""

    @rule(key=keys, content=contents, client=clients, fault=faults)
    def add(self, key: Key, content: Content, client: int, fault: str | None) -> None:
        kind, resource_id = key
        added = [kind(resource_id=resource_id, **content) for _ in self.sides]
        known = self.commits(
            lambda side: self.nothing(side.repositories[client, kind].add(added[self.sides.index(side)])),
            [Change(key, "create", None, content)],
            client,
            fault=fault,
        )
        if known:
            self.takes(Copy(key, self.truth.latest(key), dict(content)), added)

    @rule(key=keys, client=clients)
    def get(self, key: Key, client: int) -> None:
        kind, resource_id = key
        found = [side.repositories[client, kind].find(resource_id) for side in self.sides]
        assert all(told(each) == self.truth.told(key) for each in found)
        latest = self.truth.latest(key)
        if latest is not None and latest.content is not None:
            self.takes(Copy(key, latest, dict(latest.content)), found)

    @rule(key=keys, version=st.integers(1, 4), content=contents)
    def build_by_hand(self, key: Key, version: int, content: Content) -> None:
        made = [key[0](resource_id=key[1], version=version, **content) for _ in self.sides]
        self.takes(Copy(key, Written(version, None, self.clocks[0].time, self.clocks[0].time), dict(content)), made)

    @precondition(lambda self: self.copies)
    @rule(number=numbers, change=changed, client=clients, fault=faults)
    def save(self, number: int, change: Content, client: int, fault: str | None) -> None:
        copy = self.copies[number := number % len(self.copies)]
        copy.content |= change
        for side in self.sides:
            for name, value in change.items():
                setattr(side.copies[number], name, value)
        base = self.base_of(copy)
        repository = client, copy.key[0]
        if isinstance(base, Conflict):
            self.asks(
                lambda side: side.repositories[repository].save(side.copies[number]),
                lambda: self.fails(ConflictError([base])),
            )
            return
        changes = [] if copy.content == base.content else [Change(copy.key, "update", base, dict(copy.content))]
        known = self.commits(
            lambda side: self.nothing(side.repositories[repository].save(side.copies[number])),
            changes,
            client,
            fault=fault if changes else None,
        )
        if known:
            copy.base = self.truth.latest(copy.key) if changes else base
        if known and changes:
            assert all(told(side.copies[number]) == self.truth.told(copy.key) for side in self.sides)

    @precondition(lambda self: self.copies)
    @rule(number=numbers, client=clients, fault=faults)
    def delete(self, number: int, client: int, fault: str | None) -> None:
        copy = self.copies[number := number % len(self.copies)]
        base = self.base_of(copy)
        repository = client, copy.key[0]
        if isinstance(base, Conflict):
            gone = NotFoundError(copy.key[0].__name__, copy.key[1])
            self.asks(
                lambda side: side.repositories[repository].delete(side.copies[number]),
                lambda: self.fails(gone if base.actual is None else ConflictError([base])),
            )
            return
        self.commits(
            lambda side: side.repositories[repository].delete(side.copies[number]),
            [Change(copy.key, "remove", base)],
            client,
            fault=self.bearable(fault, copy.key, base),
        )

    @rule(key=keys, version=st.integers(1, 5), client=clients)
    def restore(self, key: Key, version: int, client: int) -> None:
        kind, resource_id = key
        repository = client, kind
        old = next((each for each in self.truth.rows.get(key, ()) if each.version == version and is_alive(each)), None)
        if old is None:
            self.asks(
                lambda side: side.repositories[repository].restore(resource_id, version),
                lambda: self.truth.version(key, version),
            )
            return
        self.commits(
            lambda side: self.nothing(side.repositories[repository].restore(resource_id, version)),
            [Change(key, "update", self.truth.latest(key), dict(old.content or {}))],
            client,
        )

    @rule(key=keys, client=clients)
    def purge(self, key: Key, client: int) -> None:
        for side in self.sides:
            side.repositories[client, key[0]].purge(key[1])
        self.truth.purge(key)
        self.sees(self.sides[0].rows())

    @precondition(lambda self: self.copies)
    @rule(number=numbers, content=contents, client=clients, purged=st.booleans())
    def live_again(self, number: int, content: Content, client: int, purged: bool) -> None:  # noqa: FBT001
        """Begin a new life under an id that somebody holds a copy of: over its grave, or at version 1 once more."""
        key = self.copies[number % len(self.copies)].key
        self.get(key, client)
        if purged:
            self.purge(key, client)
        elif is_alive(self.truth.latest(key)):
            self.delete(len(self.copies) - 1, client, None)
        self.add(key, content, client, None)

    @rule(client=clients, minutes=st.sampled_from((-180, -60, -1, 1, 60, 180)))
    def move_a_clock(self, client: int, minutes: int) -> None:
        self.clocks[client].time += timedelta(minutes=minutes)

    def base_of(self, copy: Copy) -> Written | Conflict:
        """Say what a change of a copy starts from: what was read, or what is stored where it was built by hand."""
        base = copy.base
        assert base is not None
        if base.content is not None:
            return base
        latest = self.truth.latest(copy.key)
        if latest is not None and is_alive(latest) and latest.version == base.version:
            return latest
        return conflict(copy.key, base.version, visible(latest))

    @staticmethod
    def bearable(fault: str | None, key: Key, base: Written) -> str | None:
        """Leave out what cannot be told: a plain row that is deleted twice leaves no trace of who it was."""
        leaves_no_trace = key[0] not in KEEPING and (key[0] not in CONSTRAINED or (base.content or {})["code"] is None)
        return None if fault == "resent" and leaves_no_trace else fault

    @staticmethod
    def nothing(_: object) -> None:
        """Drop a result that is compared elsewhere."""

    @staticmethod
    def fails(error: Exception) -> Any:
        raise error
