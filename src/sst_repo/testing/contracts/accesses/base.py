"""What the parts of `AccessContract` share: sales, and ways to read them page by page."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal, TypeAlias, TypeVar

import pytest

from sst_repo.indexes import Index
from sst_repo.listings import Listing
from sst_repo.pages import Page
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import START, ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.unit_of_work import UnitOfWork

EVERY_READ_IT_TAKES = 10_000


class Sale(VersionedResource):
    """What is listed and looked up."""

    customer: str | None
    status: Literal["open", "paid", "shipped"] = "open"
    total: Decimal
    placed_at: datetime = START
    number: int = 0
    note: str = ""
    by_customer = Index(gsi=1, partition="customer", sort="placed_at")
    open_by_total = Index(gsi=2, partition="status", sort="total", when=lambda sale: sale.status == "open")
    by_status = Index(gsi=3, partition="customer", sort=("status", "total"))
    by_update = Index(gsi=4, partition="status", sort="updated_at")


class Visit(Resource):
    """Another type on the same index."""

    customer: str
    by_customer = Index(gsi=1, partition="customer")


class SalesUnitOfWork(UnitOfWork):
    """A unit with sales."""

    sales: Repository[Sale]


class SpreadSale(Sale):
    """A sale of which the listing has shards."""

    listing = Listing(shards=4)


class AccessFixtures(Contract):
    """Repositories on the table."""

    @pytest.fixture
    def sales(self, table: Table) -> Repository[Sale]:
        """The repository under test."""
        return TableRepository(Sale, table, clock=ManualClock())

    @pytest.fixture
    def spread(self, table: Table) -> Repository[SpreadSale]:
        """The same for sales of which the listing has shards."""
        return TableRepository(SpreadSale, table, clock=ManualClock())


SaleT = TypeVar("SaleT", bound=Sale)

Read: TypeAlias = Callable[..., Page[Sale]]
"""Reads a page: `limit`, `cursor`, `where`, `predicate` and `reads` are for the caller to give."""

WAYS: Final[Mapping[str, tuple[type[Sale], bool, Callable[[Repository[Any]], Read]]]] = {
    "listing, newest first": (Sale, True, lambda sales: sales.list),
    "listing, oldest first": (Sale, False, lambda sales: partial(sales.list, newest_first=False)),
    "shards, newest first": (SpreadSale, True, lambda sales: sales.list),
    "shards, oldest first": (SpreadSale, False, lambda sales: partial(sales.list, newest_first=False)),
    "index": (Sale, False, lambda sales: partial(sales.query, Sale.by_customer("c"))),
    "index, descending": (Sale, True, lambda sales: partial(sales.query, Sale.by_customer("c"), descending=True)),
}
"""By name: the class, whether the numbers descend, and how a repository is read."""

every_way = pytest.mark.parametrize("way", WAYS)


def fill(sales: Repository[SaleT], rows: int, model: type[SaleT], **values: Any) -> list[SaleT]:
    """Add sales, numbered in the order of both indexes."""
    return [
        sales.add(new_sale("c", model, number=number, placed_at=START + timedelta(minutes=number), **values))
        for number in range(rows)
    ]


def walk(read: Callable[..., Page[Sale]], **arguments: Any) -> list[Page[Sale]]:
    """Follow the cursors from the first page to the last."""
    pages = [read(**arguments)]
    while pages[-1].has_more:
        pages.append(read(**arguments, cursor=pages[-1].cursor))
    return pages


def numbers(pages: Iterable[Page[Sale]]) -> list[int]:
    """Return the numbers of the sales on the pages."""
    return [sale.number for page in pages for sale in page]


def new_sale(customer: str | None, model: type[SaleT], **values: Any) -> SaleT:
    """Make a sale."""
    return model.model_validate({"customer": customer, "total": Decimal(1), **values})
