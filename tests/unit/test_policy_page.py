"""Each row of docs/explanation/versions-and-conflicts.md is true: it is read from there, and run."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from sst_repo import (
    AlreadyExistsError,
    ConflictError,
    InMemoryTable,
    NotFoundError,
    Repository,
    Resource,
    Table,
    TableRepository,
    UnitOfWork,
    VersionedResource,
)
from sst_repo.core.records import Applied, Check, Delete, Op, Outcome, Plan, Put, Record
from sst_repo.testing import DelegatingTable, ManualClock

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "versions-and-conflicts.md").read_text(encoding="utf-8")
NONE = "\N{EN DASH}"
ID = "x"


class Plain(Resource):
    text: str = "new"


class Versioned(VersionedResource):
    text: str = "new"


class Unit(UnitOfWork):
    plain: Repository[Plain]
    versioned: Repository[Versioned]


MODELS: dict[str, type[Any]] = {"Resource": Plain, "VersionedResource": Versioned}


def rows_under(heading: str) -> list[tuple[str, ...]]:
    section = re.split(rf"^#+ {re.escape(heading)}$", PAGE, flags=re.MULTILINE)[1]
    table = re.split(r"^#", section, flags=re.MULTILINE)[0]
    lines = re.findall(r"^\| (.*) \|$", table, re.MULTILINE)
    return [tuple(cell.strip() for cell in line.split(" | ")) for line in lines[1:]]


WRITES = [(model, *row) for model in MODELS for row in rows_under(f"Of a `{model}`")]
LATE = rows_under("What becomes of a write that comes too late")


class Witness(DelegatingTable):
    """Tells each write that is applied in the page's words, and has something else happen before the first one."""

    def __init__(self, table: Table, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__(table)
        self.applied: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self._meanwhile = meanwhile
        self._waiting = True

    def transact(self, plan: Plan) -> Outcome:
        if self._waiting:
            self._waiting = False
            self._meanwhile()
        head, *history = [self._words(op) for op in plan.ops]
        outcome = super().transact(plan)
        if isinstance(outcome, Applied):
            self.applied.append((head, ", ".join(history) or NONE))
        self.calls.append(self._call(plan) if isinstance(outcome, Applied) else f"{self._call(plan)}, refused")
        return outcome

    def _words(self, op: Op) -> str:
        stored = self.table.read(op.record.key if isinstance(op, Put) else op.key)
        match op:
            case Put(record) if record.key.sk == "@":
                return f"put {name_of(record)} in place of {name_of(stored)}"
            case Put(record):
                return f"put {name_of(record)}"
            case Delete():
                return f"delete {name_of(stored)}"
            case Check():
                return f"check {name_of(stored)}"

    def _call(self, plan: Plan) -> str:
        if self.goes_by_token(plan):
            return "TransactWriteItems"
        return "PutItem" if isinstance(plan.ops[0], Put) else "DeleteItem"


def name_of(record: Record | None) -> str:
    if record is None:
        return "nothing"
    return f"{'tombstone' if record.is_tombstone else 'version'} {record.version}"


class Writer:
    """Does what the page says, alone or in a unit of work."""

    def __init__(self, model: type[Any], repository: Repository[Any], unit: Unit | None = None) -> None:
        self._model = model
        self._repository = repository
        self._unit = unit

    def do(self, what: str) -> None:
        acts: dict[str, Callable[[], object]] = {
            "`add`": self._add,
            "`add` again": self._add,
            "look for it and `add`": self._look_and_add,
            "change and `save`": lambda: self._repository.save(self._changed()),
            "`save` what has not changed": lambda: self._repository.save(self._repository.get(ID)),
            "`delete`": lambda: self._repository.delete(self._repository.get(ID)),
            "`restore` version 1": lambda: self._repository.restore(ID, 1),
            "`purge`": lambda: self._repository.purge(ID),
            "`guard` what has not changed": lambda: self._guard(self._repository.get(ID)),
            "change and `guard`": lambda: self._guard(self._changed()),
        }
        acts[what]()

    def _add(self) -> None:
        self._repository.add(self._model(resource_id=ID))

    def _look_and_add(self) -> None:
        assert self._repository.find(ID) is None
        self._add()

    def _changed(self) -> Resource:
        resource: Any = self._repository.get(ID)
        resource.text += "er"
        return cast("Resource", resource)

    def _guard(self, resource: Resource) -> None:
        assert self._unit is not None
        self._unit.guard(resource)


@contextmanager
def alone(model: type[Resource], table: Table) -> Iterator[Writer]:
    yield Writer(model, TableRepository(model, table, clock=ManualClock()))


@contextmanager
def in_a_unit(model: type[Resource], table: Table) -> Iterator[Writer]:
    with Unit(table, clock=ManualClock()) as unit:
        yield Writer(model, unit.plain if model is Plain else unit.versioned, unit)
        unit.commit()


WAYS = {"alone": alone, "in a unit": in_a_unit}
ONLY = {
    "`purge`": "alone",
    "`guard` what has not changed": "in a unit",
    "change and `guard`": "in a unit",
    "look for it and `add`": "in a unit",
}


def ways_of(row: tuple[str, ...], you: int) -> Iterator[Any]:
    for way in WAYS:
        if ONLY.get(row[you], way) == way:
            yield pytest.param(*row, way, id=f"{', '.join(row[: you + 1])}, {way}".replace("`", ""))


def happen(model: type[Resource], table: Table, *acts: str) -> None:
    for act in acts:
        with alone(model, table) as writer:
            writer.do(act)


SAVE, ADD, DELETE, PURGE = "change and `save`", "`add`", "`delete`", "`purge`"
STORED = {
    "nothing": (),
    "version 1": (ADD,),
    "version 2": (ADD, SAVE),
    "tombstone 2": (ADD, DELETE),
}
MEANWHILE = {
    "saved": (SAVE,),
    "deleted": (DELETE,),
    "deleted and added again": (DELETE, ADD),
    "purged": (PURGE,),
    "added": (ADD,),
    "added and deleted": (ADD, DELETE),
}


@pytest.mark.parametrize(
    ("kind", "stored", "you", "latest", "history", "call", "way"),
    [param for row in WRITES for param in ways_of(row, 2)],
)
def test_a_write_becomes_what_the_page_says(
    kind: str, stored: str, you: str, latest: str, history: str, call: str, way: str
) -> None:
    memory = InMemoryTable()
    happen(MODELS[kind], memory, *STORED[stored])
    witness = Witness(memory)

    with WAYS[way](MODELS[kind], witness) as writer:
        writer.do(you)

    assert witness.applied == ([] if latest == NONE else [(latest, history)])
    assert ", then ".join(witness.calls) == call.replace(NONE, "")


def outcome_of(model: type[Resource], stored: str, meanwhile: str, you: str, way: str) -> str:
    memory = InMemoryTable()
    happen(model, memory, *STORED[stored])
    witness = Witness(memory, lambda: happen(model, memory, *MEANWHILE[meanwhile]))
    try:
        with WAYS[way](model, witness) as writer:
            writer.do(you)
    except ConflictError as error:
        (conflict,) = error.conflicts
        return f"ConflictError, expected {conflict.expected or 'none'}, found {conflict.actual or 'none'}"
    except AlreadyExistsError as error:
        return f"AlreadyExistsError, found {error.version}"
    except NotFoundError:
        return "NotFoundError"
    assert witness.applied
    return f"version {TableRepository(model, memory).get(ID).version}"


@pytest.mark.parametrize(
    ("stored", "meanwhile", "you", "versioned", "plain", "way"), [param for row in LATE for param in ways_of(row, 2)]
)
def test_a_write_that_comes_too_late_is_told_what_the_page_says(
    stored: str, meanwhile: str, you: str, versioned: str, plain: str, way: str
) -> None:
    assert outcome_of(Versioned, stored, meanwhile, you, way) == versioned
    assert outcome_of(Plain, stored, meanwhile, you, way) == plain


def test_the_page_has_a_row_for_each_intent() -> None:
    """Create, Update, Remove, Hold and Erase, over nothing, a version and a tombstone."""
    told = {re.sub(r"\d+", "n", latest) for _, _, _, latest, _, _ in WRITES} - {NONE}

    assert told == {
        "put version n in place of nothing",
        "put version n in place of version n",
        "put version n in place of tombstone n",
        "put tombstone n in place of version n",
        "delete version n",
        "check version n",
    }
