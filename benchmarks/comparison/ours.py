"""What sst_repo answers."""

from datetime import datetime
from decimal import Decimal

from benchmarks.comparison.asking import Answers, Peer, Stage, carried, fate, is_refused, pages
from benchmarks.peers.clients import client, new_name
from sst_repo import (
    AlreadyExistsError,
    ConflictError,
    DynamoDBTable,
    F,
    InMemoryTable,
    Repository,
    Resource,
    TableRepository,
    Unique,
    UniqueViolationError,
    UnitOfWork,
    VersionedResource,
)


class Plain(Resource):
    title: str
    count: int = 0
    by_title = Unique("title")


class Kept(VersionedResource):
    count: int = 0


class Values(Resource):
    price: Decimal | None = None
    ratio: float | None = None
    at: datetime | None = None
    data: bytes | None = None
    tags: tuple[str, ...] | None = None


class Unit(UnitOfWork):
    kept: Repository[Kept]


def answers(stage: Stage) -> Answers:
    table = DynamoDBTable(new_name(), client(stage.url))
    table.create()
    plain, kept, values = TableRepository(Plain, table), TableRepository(Kept, table), TableRepository(Values, table)

    for row in (plain.add(Plain(title="first")), kept.add(Kept())):
        repository: Repository[Plain] | Repository[Kept] = plain if isinstance(row, Plain) else kept
        stale = row.model_copy()
        row.count = 1
        repository.save(row)  # type: ignore[arg-type]
        stale.count = 2
        assert is_refused(lambda repository=repository, stale=stale: repository.save(stale), ConflictError)  # type: ignore[misc]

    assert kept.get_version(row.resource_id, 1).count == 0
    kept.delete(row)
    assert [old.count for old in kept.versions(row.resource_id)] == [1, 0]

    def both(unit: Unit) -> None:
        unit.kept.add(Kept(resource_id="new"))
        unit.kept.add(Kept(resource_id="taken"))

    kept.add(Kept(resource_id="taken"))
    assert is_refused(lambda: Unit.run(table, both), AlreadyExistsError)
    assert not kept.exists("new")

    runs: list[int] = []

    def raise_it(unit: Unit) -> None:
        unit.kept.get("taken").count += 1
        runs.append(1)
        if len(runs) == 1:
            faster = kept.get("taken")
            faster.count = 10
            kept.save(faster)

    Unit.run(table, raise_it)
    assert (len(runs), kept.get("taken").count) == (2, 11)

    with stage.losing_an_answer() as url:
        lost = plain.add(Plain(title="lost"))
        lost.count = 1
        through = TableRepository(Plain, DynamoDBTable(table.name, client(url)))
        told = fate(lambda: through.save(lost), lambda: plain.get(lost.resource_id).version, ConflictError)

    assert is_refused(lambda: plain.add(Plain(title="lost")), UniqueViolationError)

    for number in range(30):
        plain.add(Plain(title=f"row {number}", count=100 + number % 3))
    where = F.count == 100
    first = plain.list(where=where, limit=5)
    sizes = pages(
        lambda: (len(first), first.cursor),
        lambda cursor: (len(page := plain.list(where=where, limit=5, cursor=str(cursor))), page.cursor),
    )

    def value(name: str, given: object) -> object:
        return getattr(values.get(values.add(Values.model_validate({name: given})).resource_id), name)

    in_memory = TableRepository(Kept, InMemoryTable())
    in_memory.add(Kept())
    return {
        "models": "pydantic",
        "stale": "yes",
        "history": "yes",
        "deleted": "yes",
        "together": "yes",
        "again": "yes",
        "lost": told,
        "unique": "yes",
        "pages": sizes,
        "memory": "`InMemoryTable`",
        "values": carried(value),
        "partial": "no",
        "layout": "no",
        "async": "no",
    }


PEER = Peer("sst-repo", "sst-repo", answers)
