"""How cost grows: with the page, the table, the history and the unit."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import number, table
from benchmarks.peers import ours
from benchmarks.peers.base import BASE, Fresh, Operation
from benchmarks.peers.boto3_client import ABSENT, from_item, to_item
from benchmarks.peers.clients import client, new_name, new_table
from benchmarks.peers.ours import Plain, Rows, Versioned
from benchmarks.peers.samples import PARTITION, Row, fields, identity, row
from benchmarks.plots import line_plot
from benchmarks.stub import StubProcess
from benchmarks.timing import Samples, interleaved
from sst_repo import InMemoryTable, Table, TableRepository

PAGES = (1, 3, 10, 30, 100, 300, 1000)
UNITS = (1, 3, 10, 30, 100)
TABLES = (100, 1_000, 10_000, 100_000)
FULL_TABLES = (*TABLES, 1_000_000)
VERSIONS = (1, 10, 100, 1_000, 10_000)
ROUNDS = 3
SAVES = 10
"""So few saves are a measurement that a short history stays short."""

Sizes = Sequence[int]
Work = Mapping[str, Mapping[str, Operation]]


def report(options: Options) -> Chapter:
    rounds = min(ROUNDS, options.rounds)
    with StubProcess() as stub:
        of_pages = interleaved(paging(stub.url, PAGES), rounds)
        of_units = interleaved(units(stub.url, UNITS), rounds)
    sizes = FULL_TABLES if options.full else TABLES
    of_tables = interleaved(table_sizes(sizes), rounds)
    of_versions = interleaved(histories(VERSIONS), rounds, times={(str(size), "save"): SAVES for size in VERSIONS})
    parts = [
        told("page", "CPU per row of a page, µs", of_pages, PAGES, each=True),
        told("unit", "CPU per write of a unit, µs", of_units, UNITS, each=True),
        told("table", "CPU per operation in memory, µs", of_tables, sizes, each=False),
        told("history", "CPU per operation in memory, µs", of_versions, VERSIONS, each=False),
    ]
    return Chapter(
        "\n".join(part.text for part in parts),
        {name: figures for part in parts for name, figures in part.raw.items()},
        {name: plot for part in parts for name, plot in part.plots.items()},
        ROUNDS,
    )


def told(what: str, measure: str, samples: Samples, sizes: Sizes, *, each: bool) -> Chapter:
    """Tell how cost grows with a size: the operations are named by the sizes.

    Args:
        what: What has the size.
        measure: What the figures are.
        samples: The figures.
        sizes: The sizes.
        each: Whether to divide by the size.
    """
    lines = {
        name: [(size, micros / (size if each else 1)) for size in sizes if (micros := samples.median(str(size), name))]
        for name in dict.fromkeys(subject for _, subject in samples.taken)
    }
    rows = [[name, *(number(dict(line).get(size)) for size in sizes)] for name, line in lines.items()]
    file = f"growth-{what}.svg"
    text = table([f"{what}, {measure}", *(f"{size:,}" for size in sizes)], rows)
    plot = line_plot(measure, f"size of the {what}", "µs", lines)
    return Chapter(f"{text}\n![{measure}](plots/{file})\n", {what: samples.raw()}, {file: plot})


def paging(url: str, sizes: Sizes) -> Work:
    """Return listings of pages of each size, through boto3 and us."""
    name, its = new_table(url), client(url)
    for place in range(max(sizes)):
        its.put_item(TableName=name, Item=to_item(row(place)))

    def by_boto3(limit: int) -> Callable[[], list[Row]]:
        def page() -> list[Row]:
            answer = its.query(
                TableName=name,
                KeyConditionExpression="pk = :p",
                ExpressionAttributeValues={":p": {"S": PARTITION}},
                Limit=limit,
            )
            return list(map(from_item, answer["Items"]))

        return page

    def by_us(rows: Table, limit: int) -> Callable[[], object]:
        repository = TableRepository(Plain, rows)
        return lambda: repository.list(limit=limit)

    work: dict[str, Mapping[str, Operation]] = {BASE: {str(size): by_boto3(size) for size in sizes}}
    for kind, rows in _tables(url).items():
        ours.stock(rows, max(sizes))
        work[kind] = {str(size): by_us(rows, size) for size in sizes}
    return work


def units(url: str, sizes: Sizes) -> Work:
    """Return units of writes of each size, through boto3 and us."""
    name, its, fresh = new_table(url), client(url), Fresh()

    def by_boto3(size: int) -> Callable[[], object]:
        def unit() -> None:
            new = (Row(pk=PARTITION, sk=sk, **content) for sk, content in (fresh() for _ in range(size)))
            puts = [{"Put": {"TableName": name, "Item": to_item(model), **ABSENT}} for model in new]
            its.transact_write_items(TransactItems=puts)

        return unit

    def by_us(written: Table, size: int) -> Callable[[], object]:
        def unit() -> None:
            with Rows(written) as unit_of_work:
                for _ in range(size):
                    resource_id, content = fresh()
                    unit_of_work.plain.add(Plain(resource_id=resource_id, **content))
                unit_of_work.commit()

        return unit

    work: dict[str, Mapping[str, Operation]] = {BASE: {str(size): by_boto3(size) for size in sizes}}
    for kind, written in _tables(url).items():
        work[kind] = {str(size): by_us(written, size) for size in sizes}
    return work


def table_sizes(sizes: Sizes) -> Work:
    """Return operations on in-memory tables of each size, by operation."""
    work: dict[str, dict[str, Operation]] = {"add and delete": {}, "get": {}, "save": {}, "list 50": {}}
    for size in sizes:
        rows = InMemoryTable()
        repository = TableRepository(Plain, rows)
        fresh = Fresh()
        for place in range(size):
            repository.add(Plain(resource_id=identity(place), **fields(place % 1000)))
        for name, operation in _operations_in_memory(repository, fresh, identity(size // 2)).items():
            work[name][str(size)] = operation
    return work


def _operations_in_memory(repository: TableRepository[Plain], fresh: Fresh, middle: str) -> dict[str, Operation]:
    kept = repository.get(middle)

    def add_and_delete() -> None:
        """Add a row and take it away again, so that the table stays as large as it is."""
        resource_id, content = fresh()
        repository.delete(repository.add(Plain(resource_id=resource_id, **content)))

    def save() -> None:
        kept.count += 1
        repository.save(kept)

    return {
        "add and delete": add_and_delete,
        "get": lambda: repository.get(middle),
        "save": save,
        "list 50": lambda: repository.list(limit=50),
    }


def histories(sizes: Sizes) -> Work:
    """Return operations on resources with so many versions in memory, by operation."""
    work: dict[str, dict[str, Operation]] = {"get": {}, "save": {}, "get_version(1)": {}, "versions(limit=10)": {}}
    for size in sizes:
        repository = TableRepository(Versioned, InMemoryTable())
        read, saved = (_with_versions(repository, identity(place), size) for place in range(2))
        for name, operation in _operations_on_history(repository, read, saved).items():
            work[name][str(size)] = operation
    return work


def _with_versions(repository: TableRepository[Versioned], resource_id: str, versions: int) -> Versioned:
    resource = repository.add(Versioned(resource_id=resource_id, **fields(0)))
    for _ in range(versions - 1):
        resource.count += 1
        repository.save(resource)
    return resource


def _operations_on_history(
    repository: TableRepository[Versioned], read: Versioned, saved: Versioned
) -> dict[str, Operation]:
    def save() -> None:
        saved.count += 1
        repository.save(saved)

    return {
        "get": lambda: repository.get(read.resource_id),
        "save": save,
        "get_version(1)": lambda: repository.get_version(read.resource_id, 1),
        "versions(limit=10)": lambda: repository.versions(read.resource_id, limit=10),
    }


def _tables(url: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for kind, make in ours.tables().items():
        found[kind] = make(new_name(), client(url))
        found[kind].create()
    return found
