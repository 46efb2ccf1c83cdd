"""The move from simplesingletable: the old table is written by the package itself, on moto, its blobs too."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import boto3
import pytest
from moto import mock_aws
from simplesingletable import DynamoDbMemory
from simplesingletable.utils import create_standard_dynamodb_table

from examples.migrate_simplesingletable import new, old
from examples.migrate_simplesingletable.migration import Report, migrate
from examples.migrate_simplesingletable.source import Source
from sst_repo import InMemoryTable, NotFoundError, Repository, Table, TableRepository
from sst_repo.testing import Fault, FaultSchedule, FaultyTable

REGION = "us-east-1"
SCAN = b"%PDF-1.7 " + bytes(range(256)) * 40


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDbMemory]:
    """The old table, with a bucket for its blobs."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "fake")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="old-blobs")
        create_standard_dynamodb_table("old", boto3.resource("dynamodb"))
        logger = logging.getLogger("simplesingletable")
        yield DynamoDbMemory(logger, "old", track_stats=False, s3_bucket="old-blobs")


@pytest.fixture
def table() -> InMemoryTable:
    return InMemoryTable()


def run(memory: DynamoDbMemory, table: Table, *, replace: bool = False) -> Report:
    return migrate(Source(memory), table, new.MOVES, replace=replace)


def contract_fields(**given: Any) -> dict[str, Any]:
    return {
        "title": "Delivery of mugs",
        "author_id": "a1",
        "fee": Decimal("1250.50"),
        "due_at": datetime(2026, 5, 1, 12, tzinfo=UTC),
        "clauses": [{"heading": "1", "text": "Mugs are delivered."}],
        **given,
    }


def times_of(resource: Any) -> tuple[datetime, datetime]:
    return resource.created_at, resource.updated_at


class TestAResourceWithoutVersions:
    @pytest.fixture
    def author(self, memory: DynamoDbMemory) -> Any:
        author = memory.create_new(
            old.Author, {"name": "Ada", "email": "ada@example.org", "rating": 4.5, "tags": {"legal"}}
        )
        return memory.update_existing(author, {"name": "Ada L."})

    def test_comes_with_its_id_its_times_and_its_fields_as_they_are_to_be(
        self, memory: DynamoDbMemory, table: InMemoryTable, author: Any
    ) -> None:
        assert run(memory, table).ok

        moved = TableRepository(new.Author, table).get(author.resource_id)
        assert (moved.name, moved.email, moved.stars, moved.tags) == (
            "Ada L.",
            "ada@example.org",
            Decimal("4.5"),
            {"legal"},
        )
        assert times_of(moved) == times_of(author)

    def test_is_found_by_what_was_an_index_key(self, memory: DynamoDbMemory, table: InMemoryTable, author: Any) -> None:
        run(memory, table)

        assert TableRepository(new.Author, table).get_by("email", "ada@example.org").resource_id == author.resource_id

    def test_that_changed_since_it_was_moved_is_left_alone_unless_it_may_be_replaced(
        self, memory: DynamoDbMemory, table: InMemoryTable, author: Any
    ) -> None:
        run(memory, table)
        memory.update_existing(author, {"name": "Ada King"})
        authors: Repository[new.Author] = TableRepository(new.Author, table)

        left_alone = run(memory, table)
        assert left_alone.differing == [f"Author {author.resource_id}"]
        assert authors.get(author.resource_id).name == "Ada L."

        assert run(memory, table, replace=True).ok
        assert authors.get(author.resource_id).name == "Ada King"
        assert times_of(authors.get(author.resource_id))[0] == author.created_at

    def test_whose_unique_value_another_has_is_told_to_have_failed(
        self, memory: DynamoDbMemory, table: InMemoryTable, author: Any
    ) -> None:
        memory.create_new(old.Author, {"name": "Also Ada", "email": "ada@example.org"})

        report = run(memory, table)

        assert report.complete == 1
        (reason,) = report.failed.values()
        assert "Author.email is held by" in reason


class TestAResourceWithVersions:
    @pytest.fixture
    def contract(self, memory: DynamoDbMemory) -> Any:
        """A contract with a scan, of which the title changes, then nothing, then the scan, until version 12."""
        contract = memory.create_new(old.Contract, contract_fields(scan=SCAN))
        contract = memory.update_existing(contract, {"title": "Delivery of mugs and teapots"})
        contract = memory.update_existing(contract, {})
        contract = memory.update_existing(contract, {"scan": b"%PDF-1.7 signed"})
        for fee in range(5, 13):
            contract = memory.update_existing(contract, {"fee": Decimal(fee)})
        return contract

    def test_comes_with_every_version_as_it_was(
        self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any
    ) -> None:
        report = run(memory, table)

        versions = TableRepository(new.Contract, table).versions(contract.resource_id)
        were = memory.get_all_versions(contract.resource_id, old.Contract)
        assert (report.complete, report.written, report.shortened) == (1, 12, [])
        assert [moved.version for moved in versions] == list(range(12, 0, -1))
        for moved, was in zip(versions, were, strict=True):
            assert times_of(moved) == times_of(was)
            assert (moved.version, moved.title, moved.fee, moved.due_at) == (
                was.version,
                was.title,
                was.fee,
                was.due_at,
            )
            assert moved.clauses == [new.Clause(heading="1", text="Mugs are delivered.")]

    def test_comes_with_its_blobs(self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any) -> None:
        run(memory, table)

        contracts = TableRepository(new.Contract, table)
        assert [contracts.get_version(contract.resource_id, version).scan for version in (1, 3, 4, 12)] == [
            SCAN,
            SCAN,
            b"%PDF-1.7 signed",
            b"%PDF-1.7 signed",
        ]

    def test_is_listed_under_its_index(self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any) -> None:
        run(memory, table)

        found = TableRepository(new.Contract, table).query(new.Contract.by_author("a1"))
        assert [moved.resource_id for moved in found] == [contract.resource_id]

    def test_goes_on_where_a_run_was_interrupted(
        self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any
    ) -> None:
        broken = FaultyTable(table, FaultSchedule.script(None, None, None, None, None, Fault.EXPIRED_CREDENTIALS))

        interrupted, again = run(memory, broken), run(memory, table)

        assert list(interrupted.failed) == [f"Contract {contract.resource_id}"]
        assert (again.ok, again.complete) == (True, 1)
        assert interrupted.written + again.written == 12
        versions = TableRepository(new.Contract, table).versions(contract.resource_id)
        assert [times_of(moved) for moved in versions] == [
            times_of(was) for was in memory.get_all_versions(contract.resource_id, old.Contract)
        ]

    def test_gets_what_was_written_in_the_old_table_since(
        self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any
    ) -> None:
        run(memory, table)
        memory.update_existing(contract, {"title": "Delivery of trays"})

        report = run(memory, table)

        assert (report.ok, report.written) == (True, 1)
        assert TableRepository(new.Contract, table).get(contract.resource_id).title == "Delivery of trays"

    def test_that_was_written_in_the_new_table_is_left_alone(
        self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any
    ) -> None:
        run(memory, table)
        contracts: Repository[new.Contract] = TableRepository(new.Contract, table)
        ours = contracts.get(contract.resource_id)
        ours.title = "Delivery of kettles"
        contracts.save(ours)
        memory.update_existing(contract, {"title": "Delivery of trays"})

        for replace in (False, True):
            report = run(memory, table, replace=replace)

            assert (report.written, report.differing) == (0, [f"Contract {contract.resource_id}"])
        assert contracts.get(contract.resource_id) == ours

    def test_that_was_deleted_is_deleted_with_what_is_left_of_its_history(
        self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any
    ) -> None:
        memory.delete_existing(contract)

        first, again = run(memory, table), run(memory, table)

        contracts = TableRepository(new.Contract, table)
        with pytest.raises(NotFoundError):
            contracts.get(contract.resource_id)
        assert [moved.version for moved in contracts.versions(contract.resource_id)] == list(range(11, 0, -1))
        assert (first.written, again.written, again.ok) == (11 + 1, 0, True)

    def test_that_was_deleted_since_it_was_moved_is_told_to_differ(
        self, memory: DynamoDbMemory, table: InMemoryTable, contract: Any
    ) -> None:
        run(memory, table)
        memory.delete_existing(contract)

        assert run(memory, table).differing == [f"Contract {contract.resource_id}"]
        assert TableRepository(new.Contract, table).exists(contract.resource_id)

    @pytest.mark.parametrize("updates", [5, 2])
    def test_of_which_the_oldest_are_no_longer_there_begins_at_version_1_again(
        self, memory: DynamoDbMemory, table: InMemoryTable, updates: int
    ) -> None:
        minutes = memory.create_new(old.Minutes, {"text": "0"})
        for number in range(1, updates + 1):
            minutes = memory.update_existing(minutes, {"text": str(number)})

        report, again = run(memory, table), run(memory, table)

        moved = TableRepository(new.Minutes, table).versions(minutes.resource_id)
        assert [(version.version, version.text) for version in moved] == [
            (3, str(updates)),
            (2, str(updates - 1)),
            (1, str(updates - 2)),
        ]
        assert times_of(moved[0]) == times_of(minutes)
        assert report.shortened == ([f"Minutes {minutes.resource_id}"] if updates == 5 else [])
        assert (again.written, again.ok) == (0, True)


def test_a_second_run_writes_nothing(memory: DynamoDbMemory, table: InMemoryTable) -> None:
    for number in range(3):
        author = memory.create_new(old.Author, {"name": "Ada", "email": f"{number}@example.org"})
        memory.create_new(old.Contract, contract_fields(author_id=author.resource_id))

    first, again = run(memory, table), run(memory, table)

    assert (first.complete, first.written) == (6, 6)
    assert (again.complete, again.written, again.ok) == (6, 0, True)


def test_what_nobody_asked_for_is_counted_and_what_can_t_be_read_is_named(
    memory: DynamoDbMemory, table: InMemoryTable
) -> None:
    memory.track_stats = True
    author = memory.create_new(old.Author, {"name": "Ada", "email": "ada@example.org"})
    bad = memory.create_new(old.Author, {"name": "Bob", "email": "bob@example.org"})
    key = old.Author.dynamodb_lookup_keys_from_id(bad.resource_id)
    memory.dynamodb_table.put_item(Item={**key, "resource_id": bad.resource_id})

    report = run(memory, table)

    assert report.others == {"_INTERNAL": 1}
    assert list(report.failed) == [f"Author {bad.resource_id}"]
    assert [moved.resource_id for moved in TableRepository(new.Author, table).list()] == [author.resource_id]


def test_the_old_table_is_only_read(memory: DynamoDbMemory, table: InMemoryTable) -> None:
    contract = memory.create_new(old.Contract, contract_fields())
    memory.update_existing(contract, {"title": "x"})
    before = memory.dynamodb_table.scan()["Items"]

    run(memory, table)

    assert memory.dynamodb_table.scan()["Items"] == before


def test_the_report_says_what_is_left_to_do() -> None:
    report = Report(complete=3, written=7, shortened=["Minutes m"], differing=["Author a"], failed={"Author b": "why"})

    assert str(report).splitlines() == [
        "3 resources are moved; 7 versions were written in this run",
        "  shortened: Minutes m",
        "  differing, left alone: Author a",
        "  failed: Author b: why",
    ]
    assert not report.ok
