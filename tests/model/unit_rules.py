"""The rules of units of work: several open at once, each step of which may come between those of the others."""

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.acting import MOST_UNITS, Acting
from tests.model.resources import Account, Asset, Content, Everything, Note, content_of
from tests.model.sides import Side
from tests.model.strategies import clients, contents, faults, keys
from tests.model.truth import Change, Key, is_alive
from tests.model.units import ModelUnit

Isolation: TypeAlias = Literal["optimistic", "serializable"]


@dataclass(frozen=True)
class Task:
    """One thing that a unit does."""

    unit: int
    act: str
    key: Key
    content: Content
    version: int
    isolation: Isolation
    client: int
    fault: str | None


OTHERS = ("is_disturbed", "is_disturbed")
ENDS = ("commits", "commits", "ends")
ACTS = ("finds", "puts", "puts", "puts", "adds", "deletes", "guards", "restores", "looks_up", *OTHERS, *ENDS)

tasks = st.builds(
    Task,
    st.integers(0, MOST_UNITS - 1),
    st.sampled_from(ACTS),
    keys,
    contents,
    st.integers(1, 4),
    st.sampled_from(("optimistic", "serializable")),
    clients,
    faults,
)


class UnitRules(Acting):
    """Units of both isolations."""

    @rule(tasks=st.lists(tasks, min_size=1, max_size=12))
    def units_work(self, tasks: list[Task]) -> None:
        """Have units go on by turns; one is opened where there are too few."""
        self.does(tasks)

    def does(self, tasks: list[Task]) -> None:
        for task in tasks:
            number = min(task.unit, len(self.units))
            if number == len(self.units):
                self.opens(task.isolation, task.client)
            getattr(self, f"unit_{task.act}")(number, task)

    @rule(tasks=st.lists(tasks, min_size=1, max_size=12), last_first=st.booleans())
    def units_work_and_commit(self, tasks: list[Task], last_first: bool) -> None:  # noqa: FBT001
        """Have units go on by turns, and commit all that are open then."""
        self.does(tasks)
        while self.units:
            self.unit_commits(len(self.units) - 1 if last_first else 0, replace(tasks[0], fault=None))

    def opens(self, isolation: Isolation, client: int) -> None:
        self.units.append(ModelUnit(self.truth, isolation == "serializable"))
        self.clients_of_units.append(client)
        for side in self.sides:
            unit = Everything(side.faulty, isolation=isolation, clock=self.clocks[client], ids=side.ids)
            side.units.append(unit.__enter__())

    def unit_finds(self, number: int, task: Task) -> None:
        self.found_in_unit(number, task.key)

    def unit_puts(self, number: int, task: Task) -> None:
        key = task.key
        if self.found_in_unit(number, key) is None:
            self.unit_adds(number, task)
            return
        self.units[number].find(key).content = dict(task.content)
        for side in self.sides:
            found = side.units[number].of(key[0]).get(key[1])
            for name, value in task.content.items():
                setattr(found, name, value)

    def unit_adds(self, number: int, task: Task) -> None:
        kind, resource_id = task.key

        def ask(side: Side) -> None:
            side.units[number].of(kind).add(kind(resource_id=resource_id, **task.content))

        self.asks(ask, lambda: self.units[number].add(task.key, task.content))

    def unit_deletes(self, number: int, task: Task) -> None:
        if self.found_in_unit(number, task.key) is not None:
            self.units[number].delete(task.key)
            for side in self.sides:
                mine = side.units[number].of(task.key[0])
                mine.delete(mine.get(task.key[1]))

    def unit_guards(self, number: int, task: Task) -> None:
        if self.found_in_unit(number, task.key) is not None:
            self.units[number].find(task.key).guarded = True
            for side in self.sides:
                side.units[number].guard(side.units[number].of(task.key[0]).get(task.key[1]))

    def unit_restores(self, number: int, task: Task) -> None:
        kind, resource_id = task.key
        self.asks(
            lambda side: content_of(side.units[number].of(kind).restore(resource_id, task.version)),
            lambda: self.units[number].restore(task.key, task.version),
        )

    def unit_looks_up(self, number: int, task: Task) -> None:
        kind = Account if task.key[0] in {Note, Account} else Asset
        code = task.content["code"] or ""

        def ask(side: Side) -> str | None:
            found = side.units[number].of(kind).find_by("code", code)
            return None if found is None else found.resource_id

        self.asks(ask, lambda: self.units[number].find_by(kind, code))

    def unit_is_disturbed(self, _: int, task: Task) -> None:
        """Have somebody else write, who knows nothing of the unit."""
        kind, resource_id = task.key
        latest = self.truth.latest(task.key)

        def write(side: Side) -> None:
            repository = side.repositories[task.client, kind]
            found = repository.find(resource_id)
            if found is None:
                repository.add(kind(resource_id=resource_id, **task.content))
            else:
                repository.save(found.model_copy(update=task.content))

        if latest is None or latest.content is None:
            changes = [Change(task.key, "create", None, task.content)]
        else:
            changes = [] if latest.content == task.content else [Change(task.key, "update", latest, task.content)]
        self.commits(write, changes, task.client)

    def unit_ends(self, number: int, _: Task) -> None:
        """Abandon it."""
        self.ends(number)
        self.sees(self.sides[0].rows())

    def unit_commits(self, number: int, task: Task) -> None:
        unit, client = self.units[number], self.clients_of_units[number]
        changes, lookups = unit.changes, unit.lookups
        stored = {key: self.truth.latest(key) for key in unit.known}
        known = self.commits(
            lambda side: side.units[number].commit(),
            changes,
            client,
            lookups=lookups,
            fault=_bearable(task.fault, changes),
        )
        if known:
            written = {change.key for change in changes if change.act != "hold"}
            for key, base in unit.reads:
                # What was written must be as it was read; in a serializable unit all that was read: so the units
                # that were committed could have run one after the other.
                if key in written or unit.is_serializable:
                    assert stored[key] is base or not (is_alive(stored[key]) or is_alive(base))
        self.ends(number)

    @precondition(lambda self: any(is_alive(versions[-1]) for versions in self.truth.rows.values()))
    @rule(number=st.integers(0, 11), client=clients)
    def two_count_at_once(self, number: int, client: int) -> None:
        """Have a unit run anew since somebody else counts too: neither count is lost."""
        living = [key for key, versions in self.truth.rows.items() if is_alive(versions[-1])]
        kind, resource_id = key = living[number % len(living)]
        for side in self.sides:
            _count_up_while_another_does(side, kind, resource_id, client)
        for step, counted_by in ((100, 0), (1, client)):
            latest = self.truth.latest(key)
            assert latest is not None
            assert latest.content is not None
            content = {**latest.content, "size": latest.content["size"] + step}
            self.truth.apply([Change(key, "update", latest, content)], self.clocks[counted_by].time)
        self.sees(self.sides[0].rows())

    def found_in_unit(self, number: int, key: Key) -> Content | None:
        """Find a resource in a unit on every side, as the model says."""
        content = self.units[number].find(key).content

        def ask(side: Side) -> Content | None:
            found = side.units[number].of(key[0]).find(key[1])
            return None if found is None else content_of(found)

        self.asks(ask, lambda: content)
        return content


def _bearable(fault: str | None, changes: list[Change]) -> str | None:
    """Leave out what cannot be told: a plain row that is deleted twice leaves no trace of who it was."""
    return None if fault == "resent" and all(change.act == "remove" for change in changes) else fault


def _count_up_while_another_does(side: Side, kind: Any, resource_id: str, client: int) -> None:
    others = [side.repositories[0, kind]]

    def work(unit: Everything) -> None:
        unit.of(kind).get(resource_id).size += 1
        if others:
            other = others.pop()
            found = other.get(resource_id)
            found.size += 100
            other.save(found)

    Everything.run(side.faulty, work, clock=side.clocks[client], ids=side.ids)
