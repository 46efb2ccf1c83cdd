"""What each operation costs, by counting what botocore is asked for."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from sst_repo import DynamoDBTable, Repository, Resource, Unique, UnitOfWork, VersionedResource
from sst_repo.errors import ConflictError, TransactionTooLargeError, UnstorableValueError
from sst_repo.repository import TableRepository
from sst_repo.testing.contracts.base import Contract


class Plain(Resource):
    name: str = ""
    amount: Decimal = Decimal(0)


class Kept(VersionedResource):
    name: str = ""


class Sole(Resource):
    email: str | None = None
    nick: str | None = None
    note: str = ""
    by_email = Unique("email")
    by_nick = Unique("nick")


class CallsUnitOfWork(UnitOfWork):
    plain: Repository[Plain]
    kept: Repository[Kept]


class Calls:
    """The calls a client has made since it was last asked."""

    def __init__(self) -> None:
        self._made: list[tuple[str, dict[str, Any]]] = []

    def note(self, params: dict[str, Any], model: Any, **_: object) -> None:
        self._made.append((model.name, params))

    def made(self) -> list[str]:
        """Return the names of the calls, and forget them."""
        return [name for name, _ in self.details()]

    def details(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the calls with their parameters, and forget them."""
        made, self._made = self._made, []
        return made


class CallContract(Contract):
    @pytest.fixture
    def calls(self, table: DynamoDBTable) -> Iterator[Calls]:
        calls = Calls()
        events = table.client.meta.events
        events.register("provide-client-params.dynamodb", calls.note)
        yield calls
        events.unregister("provide-client-params.dynamodb", calls.note)

    @pytest.fixture
    def plain(self, table: DynamoDBTable) -> Repository[Plain]:
        return TableRepository(Plain, table)

    @pytest.fixture
    def kept(self, table: DynamoDBTable) -> Repository[Kept]:
        return TableRepository(Kept, table)

    # -- one resource

    def test_making_repositories_and_units_calls_nothing(self, table: DynamoDBTable, calls: Calls) -> None:
        TableRepository(Plain, table)
        with CallsUnitOfWork(table):
            pass
        assert calls.made() == []

    def test_add_is_one_put(self, plain: Repository[Plain], kept: Repository[Kept], calls: Calls) -> None:
        plain.add(Plain())
        assert calls.made() == ["PutItem"]
        kept.add(Kept())
        assert calls.made() == ["PutItem"]

    def test_add_of_a_deleted_versioned_id_is_a_put_and_a_transaction(
        self, kept: Repository[Kept], calls: Calls
    ) -> None:
        kept.delete(kept.add(Kept(resource_id="1")))
        calls.made()
        kept.add(Kept(resource_id="1"))
        assert calls.made() == ["PutItem", "TransactWriteItems"]

    def test_save_of_a_plain_resource_is_one_put(self, plain: Repository[Plain], calls: Calls) -> None:
        added = plain.add(Plain())
        calls.made()
        added.name = "changed"
        plain.save(added)
        assert calls.made() == ["PutItem"]
        loaded = plain.get(added.resource_id)
        assert calls.made() == ["GetItem"]
        loaded.name = "changed again"
        plain.save(loaded)
        loaded.name = "and again"
        plain.save(loaded)
        assert calls.made() == ["PutItem", "PutItem"]

    def test_save_of_a_versioned_resource_is_one_transaction_of_two(self, kept: Repository[Kept], calls: Calls) -> None:
        added = kept.add(Kept())
        calls.made()
        added.name = "changed"
        kept.save(added)
        ((name, params),) = calls.details()
        assert name == "TransactWriteItems"
        assert [next(iter(action)) for action in params["TransactItems"]] == ["Put", "Put"]
        loaded = kept.get(added.resource_id)
        loaded.name = "changed again"
        kept.save(loaded)
        assert calls.made() == ["GetItem", "TransactWriteItems"]

    def test_save_of_what_has_not_changed_calls_nothing(
        self, plain: Repository[Plain], kept: Repository[Kept], calls: Calls
    ) -> None:
        added, loaded = plain.add(Plain()), kept.get(kept.add(Kept()).resource_id)
        calls.made()
        plain.save(added)
        kept.save(loaded)
        assert calls.made() == []

    def test_save_of_a_resource_built_by_hand_is_a_read_and_a_write(
        self, plain: Repository[Plain], kept: Repository[Kept], calls: Calls
    ) -> None:
        plain.add(Plain(resource_id="1"))
        kept.add(Kept(resource_id="1"))
        calls.made()
        plain.save(Plain(resource_id="1", version=1, name="changed"))
        assert calls.made() == ["GetItem", "PutItem"]
        kept.save(Kept(resource_id="1", version=1, name="changed"))
        assert calls.made() == ["GetItem", "TransactWriteItems"]

    def test_a_stale_save_is_one_call(self, plain: Repository[Plain], kept: Repository[Kept], calls: Calls) -> None:
        mine, theirs = kept.add(Kept(resource_id="1")), kept.get("1")
        theirs.name = "theirs"
        kept.save(theirs)
        calls.made()
        mine.name = "mine"
        with pytest.raises(ConflictError):
            kept.save(mine)
        assert calls.made() == ["TransactWriteItems"]

    def test_get_find_and_exists_are_one_get_each(self, plain: Repository[Plain], calls: Calls) -> None:
        plain.add(Plain(resource_id="1"))
        calls.made()
        plain.get("1")
        plain.find("2")
        plain.exists("1", consistent=False)
        details = calls.details()
        assert [name for name, _ in details] == ["GetItem"] * 3
        assert [params["ConsistentRead"] for _, params in details] == [True, True, False]

    def test_get_many_is_one_batch_for_each_hundred(self, plain: Repository[Plain], calls: Calls) -> None:
        plain.get_many([])
        assert calls.made() == []
        plain.get_many(str(number) for number in range(250))
        assert calls.made() == ["BatchGetItem"] * 3
        plain.get_many(["1"] * 250)
        assert calls.made() == ["BatchGetItem"]

    def test_delete_of_a_plain_resource_is_one_delete(self, plain: Repository[Plain], calls: Calls) -> None:
        added = plain.add(Plain())
        plain.add(Plain(resource_id="1"))
        loaded = plain.get("1")
        calls.made()
        plain.delete(added)
        plain.delete(loaded)
        assert calls.made() == ["DeleteItem", "DeleteItem"]

    def test_delete_of_a_versioned_resource_is_one_transaction(self, kept: Repository[Kept], calls: Calls) -> None:
        added = kept.add(Kept())
        calls.made()
        kept.delete(added)
        assert calls.made() == ["TransactWriteItems"]

    def test_purge_of_a_plain_resource_is_a_get_and_a_delete(self, plain: Repository[Plain], calls: Calls) -> None:
        plain.add(Plain(resource_id="1"))
        calls.made()
        plain.purge("1")
        assert calls.made() == ["GetItem", "DeleteItem"]

    def test_purge_of_a_versioned_resource_is_a_get_a_query_and_a_transaction(
        self, kept: Repository[Kept], calls: Calls
    ) -> None:
        added = kept.add(Kept(resource_id="1"))
        added.name = "changed"
        kept.save(added)
        calls.made()
        kept.purge("1")
        assert calls.made() == ["GetItem", "Query", "TransactWriteItems"]

    # -- unique values

    def test_a_write_with_unique_values_is_one_transaction(self, table: DynamoDBTable, calls: Calls) -> None:
        def actions() -> list[str]:
            ((name, params),) = calls.details()
            assert name == "TransactWriteItems"
            return [next(iter(action)) for action in params["TransactItems"]]

        repository = TableRepository(Sole, table)
        repository.add(Sole())
        assert calls.made() == ["PutItem"]
        added = repository.add(Sole(resource_id="1", email="a", nick="a"))
        assert actions() == ["Put", "Put", "Put"]
        added.email = "b"
        repository.save(added)
        assert actions() == ["Put", "Put", "Delete"]
        added.email = None
        repository.save(added)
        assert actions() == ["Put", "Delete"]
        repository.delete(added)
        assert actions() == ["Delete", "Delete"]

    def test_a_save_that_leaves_unique_values_alone_is_one_put(self, table: DynamoDBTable, calls: Calls) -> None:
        repository = TableRepository(Sole, table)
        added = repository.add(Sole(email="a"))
        calls.made()
        added.note = "changed"
        repository.save(added)
        assert calls.made() == ["PutItem"]

    def test_a_look_up_by_a_unique_value_is_two_consistent_gets(self, table: DynamoDBTable, calls: Calls) -> None:
        repository = TableRepository(Sole, table)
        repository.add(Sole(email="a"))
        calls.made()
        repository.get_by("email", "a")
        repository.find_by("email", "b")
        details = calls.details()
        assert [name for name, _ in details] == ["GetItem"] * 3
        assert all(params["ConsistentRead"] for _, params in details)

    # -- versions

    def test_get_version_is_one_batch(self, kept: Repository[Kept], calls: Calls) -> None:
        self._two_versions(kept)
        calls.made()
        for version in (1, 2):
            kept.get_version("1", version)
            assert calls.made() == ["BatchGetItem"]

    def test_restore_is_one_batch_and_one_transaction(self, kept: Repository[Kept], calls: Calls) -> None:
        latest = self._two_versions(kept)
        calls.made()
        kept.restore("1", 1)
        assert calls.made() == ["BatchGetItem", "TransactWriteItems"]
        kept.delete(kept.get(latest.resource_id))
        calls.made()
        kept.restore("1", 1)
        assert calls.made() == ["BatchGetItem", "TransactWriteItems"]

    def test_versions_are_one_get_and_one_query(self, kept: Repository[Kept], calls: Calls) -> None:
        self._two_versions(kept)
        calls.made()
        kept.versions("1")
        assert calls.made() == ["GetItem", "Query"]

    @staticmethod
    def _two_versions(kept: Repository[Kept]) -> Kept:
        added = kept.add(Kept(resource_id="1"))
        added.name = "changed"
        return kept.save(added)

    # -- listings

    def test_a_page_is_one_query(self, plain: Repository[Plain], calls: Calls) -> None:
        for _ in range(5):
            plain.add(Plain())
        calls.made()
        page = plain.list(limit=2)
        assert calls.made() == ["Query"]
        page = plain.list(limit=2, cursor=page.cursor)
        page = plain.list(limit=2, cursor=page.cursor)
        assert not page.has_more
        assert calls.made() == ["Query", "Query"]

    def test_count_is_one_query_for_a_number(self, plain: Repository[Plain], calls: Calls) -> None:
        plain.add(Plain())
        calls.made()
        plain.count()
        ((name, params),) = calls.details()
        assert (name, params["Select"]) == ("Query", "COUNT")

    def test_a_scan_of_a_small_table_is_one_call_a_segment(
        self, plain: Repository[Plain], kept: Repository[Kept], calls: Calls
    ) -> None:
        for _ in range(5):
            plain.add(Plain())
            kept.delete(kept.add(Kept()))
        calls.made()
        assert len(list(plain.scan(segments=3))) == 5
        details = calls.details()
        assert [name for name, _ in details] == ["Scan"] * 3
        assert sorted(params["Segment"] for _, params in details) == [0, 1, 2]
        assert all(params["TotalSegments"] == 3 for _, params in details)

    # -- units of work

    def test_a_unit_of_many_writes_is_one_transaction(
        self, table: DynamoDBTable, plain: Repository[Plain], kept: Repository[Kept], calls: Calls
    ) -> None:
        changed, gone = plain.add(Plain()), kept.add(Kept())
        calls.made()
        with CallsUnitOfWork(table) as uow:
            uow.plain.get(changed.resource_id).name = "changed"
            uow.kept.delete(uow.kept.get(gone.resource_id))
            for _ in range(10):
                uow.plain.add(Plain())
            assert calls.made() == ["GetItem", "GetItem"]
            uow.commit()
        ((name, params),) = calls.details()
        assert name == "TransactWriteItems"
        assert len(params["TransactItems"]) == 13

    def test_a_unit_reads_a_resource_once(self, table: DynamoDBTable, plain: Repository[Plain], calls: Calls) -> None:
        plain.add(Plain(resource_id="1"))
        calls.made()
        with CallsUnitOfWork(table) as uow:
            for resource_id in ("1", "2", "1", "2"):
                uow.plain.find(resource_id)
        assert calls.made() == ["GetItem", "GetItem"]

    @pytest.mark.parametrize("what", ["add", "change", "delete"])
    def test_a_unit_with_one_write_of_a_plain_resource_is_no_transaction(
        self, table: DynamoDBTable, plain: Repository[Plain], calls: Calls, what: str
    ) -> None:
        plain.add(Plain(resource_id="1"))
        with CallsUnitOfWork(table) as uow:
            loaded = uow.plain.get("1")
            match what:
                case "add":
                    uow.plain.add(Plain())
                case "change":
                    loaded.name = "changed"
                case _:
                    uow.plain.delete(loaded)
            calls.made()
            uow.commit()
        assert calls.made() == ["DeleteItem" if what == "delete" else "PutItem"]

    def test_a_unit_with_nothing_changed_writes_nothing(
        self, table: DynamoDBTable, plain: Repository[Plain], kept: Repository[Kept], calls: Calls
    ) -> None:
        plain.add(Plain(resource_id="1", amount=Decimal("1.50")))
        kept.add(Kept(resource_id="1"))
        calls.made()
        with CallsUnitOfWork(table) as uow:
            loaded = uow.plain.get("1")
            loaded.name = "changed"
            loaded.name = ""
            uow.kept.save(uow.kept.get("1"))
            fleeting = uow.plain.add(Plain())
            uow.plain.delete(fleeting)
            assert calls.made() == ["GetItem", "GetItem"]
            uow.commit()
        assert calls.made() == []

    def test_a_detached_resource_is_saved_in_a_unit_without_a_read(
        self, table: DynamoDBTable, plain: Repository[Plain], calls: Calls
    ) -> None:
        detached = plain.add(Plain())
        calls.made()
        detached.name = "changed"
        with CallsUnitOfWork(table) as uow:
            uow.plain.save(detached)
            uow.commit()
        assert calls.made() == ["PutItem"]

    def test_a_serializable_unit_checks_what_it_read_in_the_same_call(
        self, table: DynamoDBTable, plain: Repository[Plain], kept: Repository[Kept], calls: Calls
    ) -> None:
        plain.add(Plain(resource_id="1"))
        kept.add(Kept(resource_id="1"))
        with CallsUnitOfWork(table, isolation="serializable") as uow:
            uow.plain.get("1").name = "changed"
            uow.kept.get("1")
            uow.kept.find("absent")
            calls.made()
            uow.commit()
        ((name, params),) = calls.details()
        assert name == "TransactWriteItems"
        assert sorted(next(iter(action)) for action in params["TransactItems"]) == [
            "ConditionCheck",
            "ConditionCheck",
            "Put",
        ]

    def test_a_guard_is_checked_in_the_same_call(
        self, table: DynamoDBTable, plain: Repository[Plain], kept: Repository[Kept], calls: Calls
    ) -> None:
        guarded = plain.add(Plain())
        calls.made()
        with CallsUnitOfWork(table) as uow:
            uow.guard(guarded)
            uow.kept.add(Kept())
            uow.commit()
        ((name, params),) = calls.details()
        assert name == "TransactWriteItems"
        assert sorted(next(iter(action)) for action in params["TransactItems"]) == ["ConditionCheck", "Put"]

    def test_what_can_not_be_written_is_refused_before_any_call(
        self, table: DynamoDBTable, plain: Repository[Plain], calls: Calls
    ) -> None:
        with pytest.raises(UnstorableValueError):
            plain.add(Plain(amount=Decimal("1E+200")))
        with CallsUnitOfWork(table) as uow:
            for _ in range(101):
                uow.plain.add(Plain())
            with pytest.raises(TransactionTooLargeError):
                uow.commit()
        assert calls.made() == []
