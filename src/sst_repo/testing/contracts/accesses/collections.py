"""Item collections: several classes under one partition, read together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from sst_repo.core.layout import latest_key
from sst_repo.core.records import Absent, Plan, Put, Record
from sst_repo.errors import InvalidCursorError, InvalidQueryError
from sst_repo.ids import ULIDS
from sst_repo.indexes import Index, KeyQuery
from sst_repo.pages import CollectionPage
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import START
from sst_repo.testing.contracts.base import Contract, requires
from sst_repo.testing.contracts.stored import spoil, stored_row
from sst_repo.testing.wrappers import CountingTable


class Client(Resource):
    """There is one in each partition."""

    name: str = ""
    in_portfolio = Index(gsi=1, partition="resource_id", collection="portfolio")


class Deal(VersionedResource):
    """There are several in a partition, in the order of their dates."""

    client: str
    signed_at: datetime = START
    in_portfolio = Index(gsi=1, partition="client", sort="signed_at", collection="portfolio")


class DealNote(Resource):
    """Its name begins like another one's."""

    client: str
    number: int
    in_portfolio = Index(gsi=1, partition="client", sort="number", collection="portfolio")


class Portfolio(Resource):
    """Not part of the collection, and named like it; on the same index."""

    client: str
    by_client = Index(gsi=1, partition="client")


class CollectionContract(Contract):
    """What item collections promise."""

    @pytest.fixture
    def portfolio(self, table: Table) -> list[Resource]:
        """What the collection holds under "a", in its order; there is more beside it."""
        everything: list[Resource] = [
            Client(resource_id="a"),
            *(Deal(client="a", signed_at=START + timedelta(days=day)) for day in range(4)),
            *(DealNote(client="a", number=number) for number in range(3)),
        ]
        beside: list[Resource] = [Client(resource_id="b"), Deal(client="a#"), Portfolio(client="a")]
        for resource in [*everything, *beside][::-1]:
            TableRepository(type(resource), table).add(resource)
        return everything

    @requires("whole rows")
    def test_a_collection_is_read_in_one_query_each_resource_as_its_own_class(
        self, table: Table, portfolio: list[Resource]
    ) -> None:
        counting = CountingTable(table)
        page = counting.collection("portfolio", "a")

        assert list(page) == portfolio
        assert [type(resource) for resource in page] == [Client, *[Deal] * 4, *[DealNote] * 3]
        assert dict(counting.calls) == {"query": 1}

    def test_a_page_gives_typed_groups(self, table: Table, portfolio: list[Resource]) -> None:
        page = table.collection("portfolio", "a", limit=6)

        assert page.groups == {Client: (portfolio[0],), Deal: (*portfolio[1:5],), DealNote: (portfolio[5],)}
        assert page[Deal] == tuple(portfolio[1:5])
        assert page[VersionedResource] == page[Deal]
        assert (page[0], page[:2], page[Portfolio]) == (portfolio[0], tuple(portfolio[:2]), ())

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("limit", [1, 3, 7, 8, 9])
    def test_pages_are_exact_across_classes_both_ways(
        self,
        table: Table,
        portfolio: list[Resource],
        limit: int,
        descending: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        read = partial(table.collection, "portfolio", "a", limit=limit, descending=descending)
        expected = portfolio[::-1] if descending else portfolio
        pages = _walk(read)
        assert [list(page) for page in pages] == [expected[n : n + limit] for n in range(0, len(expected), limit)]

        page = pages.pop()
        for before in reversed(pages):
            page = read(cursor=page.previous)
            assert list(page) == list(before)
        assert page.previous is None

    def test_without_a_limit_all_of_it_is_on_the_page(self, table: Table, portfolio: list[Resource]) -> None:
        page = table.collection("portfolio", "a", limit=None)

        assert (list(page), page.has_more) == (portfolio, False)

    @pytest.mark.parametrize(
        ("query", "places"),
        [
            (Client.in_portfolio("a"), [0]),
            (Deal.in_portfolio("a"), [1, 2, 3, 4]),
            (Deal.in_portfolio("a").gt(START), [2, 3, 4]),
            (Deal.in_portfolio("a").le(START + timedelta(days=1)), [1, 2]),
            (DealNote.in_portfolio("a"), [5, 6, 7]),
            (DealNote.in_portfolio("a").between(1, 1), [6]),
            (DealNote.in_portfolio("a").lt(0), []),
        ],
        ids=repr,
    )
    def test_each_class_can_be_queried_alone(
        self, table: Table, portfolio: list[Resource], query: KeyQuery[Any], places: Sequence[int]
    ) -> None:
        repository = TableRepository(query.model, table)

        assert list(repository.query(query)) == [portfolio[place] for place in places]
        assert repository.count(query) == len(places)

    def test_only_the_classes_asked_for_count(self, table: Table, portfolio: list[Resource]) -> None:
        read = partial(table.collection, "portfolio", "a", types=[DealNote, Client], limit=2)

        assert [list(page) for page in _walk(read)] == [[portfolio[0], portfolio[5]], [portfolio[6], portfolio[7]]]

    def test_a_predicate_filters(self, table: Table, portfolio: list[Resource]) -> None:
        read = partial(table.collection, "portfolio", "a", limit=2)
        late = _walk(partial(read, predicate=lambda found: isinstance(found, Deal) and found.signed_at > START))

        assert [list(page) for page in late] == [portfolio[2:4], portfolio[4:5]]

    @pytest.mark.usefixtures("portfolio")
    def test_cursors_are_bound_to_the_partition_the_classes_and_the_predicate(self, table: Table) -> None:
        read = partial(table.collection, "portfolio", limit=1)
        cursor = read("a").cursor
        for other in (
            partial(read, "b"),
            partial(read, "a", descending=True),
            partial(read, "a", types=[Client]),
            partial(read, "a", predicate=lambda found: True),  # noqa: ARG005 - another listing all the same
            partial(TableRepository(Deal, table).query, Deal.in_portfolio("a")),
        ):
            with pytest.raises(InvalidCursorError):
                other(cursor=cursor)

    def test_what_can_not_be_asked_is_refused(self, table: Table) -> None:
        for wrong in (
            partial(table.collection, "nothing", "a"),
            partial(table.collection, "portfolio"),
            partial(table.collection, "portfolio", 1),
            partial(table.collection, "portfolio", None),
            partial(table.collection, "portfolio", "a", types=[Portfolio]),
            partial(table.collection, "portfolio", "a", limit=0),
        ):
            with pytest.raises(InvalidQueryError):
                wrong()

    def test_rows_that_can_not_be_read_are_named(self, table: Table, portfolio: list[Resource]) -> None:
        row = stored_row(table, Deal, portfolio[1].resource_id)
        spoil(table, row, "client", {"N": "1"})
        stranger = Record(latest_key("Unheard#of"), row.attributes)
        table.transact(Plan((Put(stranger, Absent()),), ULIDS.new_id()))
        page = table.collection("portfolio", "a")

        assert list(page) == [portfolio[0], *portfolio[2:]]
        skipped = {(error.type, error.id) for error in page.skipped}
        assert skipped == {("Deal", portfolio[1].resource_id), ("Unheard", "of")}


def _walk(read: "partial[CollectionPage]") -> list[CollectionPage]:
    pages = [read()]
    while pages[-1].has_more:
        pages.append(read(cursor=pages[-1].cursor))
    return pages
