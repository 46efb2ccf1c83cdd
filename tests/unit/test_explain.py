"""What `explain` says of a page is what the page then does."""

from decimal import Decimal

import pytest

from sst_repo import (
    Condition,
    F,
    Index,
    InMemoryTable,
    InvalidQueryError,
    Listing,
    Repository,
    Resource,
    TableCall,
    TableRepository,
    UnitOfWork,
)
from sst_repo.core.layout import latest_key, partition_key
from sst_repo.core.limits import item_size
from sst_repo.core.projections import ProjectionChoices

ROWS = 600


class Parcel(Resource):
    customer: str
    weight: Decimal
    is_heavy: bool
    text: str = "x" * 500
    by_customer = Index(gsi=1, partition="customer", sort="weight")


class Spread(Resource):
    listing = Listing(shards=3)


class Depot(UnitOfWork):
    parcels: Repository[Parcel]


def heavy(parcel: Parcel) -> bool:
    return parcel.is_heavy


def light(parcel: Parcel) -> bool:
    return True


class Stock:
    """Parcels of which every tenth is heavy, the lightest first, and the calls that were made since."""

    def __init__(self, projections: ProjectionChoices | None = None) -> None:
        self.calls: list[TableCall] = []
        table = InMemoryTable(projections=projections, observer=self.calls.append)
        self.parcels = TableRepository(Parcel, table)
        for number in range(ROWS):
            parcel = Parcel(customer="Ada", weight=Decimal(number), is_heavy=number % 10 == 0)
            parcel.resource_id = f"p{number:03}"
            self.parcels.add(parcel)
        row = table.read(latest_key(partition_key("Parcel", "p500")))
        assert row is not None
        self.row_bytes = item_size(row)
        self.calls.clear()


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Stock()


CASES = {
    "everything": (None, None, 1.0),
    "one in ten by the table": (F.is_heavy == True, None, 0.1),  # noqa: E712 - a condition
    "one in ten in Python": (None, heavy, 0.1),
    "everything in Python": (None, light, 1.0),
}


@pytest.mark.parametrize("limit", [1, 7, 20, 50])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("listing", ["by last update", "by an index"])
def test_a_page_costs_what_was_said(stock: Stock, limit: int, case: str, listing: str) -> None:
    where, predicate, matching = CASES[case]
    stock.calls.clear()

    if listing == "by last update":
        explained = stock.parcels.explain(where=where, predicate=predicate, limit=limit)
        page = stock.parcels.list(where=where, predicate=predicate, limit=limit)
    else:
        key = Parcel.by_customer("Ada").ge(Decimal(0))
        explained = stock.parcels.explain(key, where=where, predicate=predicate, limit=limit, descending=True)
        page = stock.parcels.query(key, where=where, predicate=predicate, limit=limit, descending=True)
    said = explained.cost(row_bytes=stock.row_bytes, matching=matching)

    assert len(page) == limit
    assert said.calls == sum(call.calls for call in stock.calls)
    # Where among the rows the matches are is a matter of chance.
    assert said.read == pytest.approx(page.consumed, rel=0.15, abs=0.5)


@pytest.mark.parametrize("projection", ["keys", ("is_heavy",)])
def test_rows_that_an_index_does_not_hold_are_counted(projection: str | tuple[str, ...]) -> None:
    stock = Stock({1: projection})
    where = F.is_heavy == True  # noqa: E712 - a condition

    explained = stock.parcels.explain(Parcel.by_customer("Ada"), where=where, limit=5, descending=True)
    page = stock.parcels.query(Parcel.by_customer("Ada"), where=where, limit=5, descending=True)
    said = explained.cost(row_bytes=stock.row_bytes, matching=0.1)

    assert explained.projection == projection
    assert said.calls == sum(call.calls for call in stock.calls)
    assert said.read == pytest.approx(page.consumed, rel=0.15)


def test_to_explain_takes_no_call(stock: Stock) -> None:
    stock.calls.clear()

    str(stock.parcels.explain(where=F.weight > 5))

    assert stock.calls == []


def test_it_names_index_key_condition_filter_and_predicate() -> None:
    parcels = TableRepository(Parcel, InMemoryTable())

    explained = parcels.explain(
        Parcel.by_customer("Ada").between(Decimal(1), Decimal(20)),
        where=(F.weight > 5) & F.text.contains("fragile"),
        predicate=heavy,
        descending=True,
        reads=4,
    )

    assert (explained.type, explained.index, explained.descending, explained.reads) == ("Parcel", "gsi1", True, 4)
    assert explained.key_conditions == ('gsi1pk = "Parcel#Ada#" AND gsi1sk BETWEEN "a1#" AND "b20$"',)
    assert explained.filter == 'weight > 5 AND contains(text, "fragile")'
    assert explained.predicate == "heavy"


def test_a_sharded_listing_is_a_query_a_shard() -> None:
    explained = TableRepository(Spread, InMemoryTable()).explain(newest_first=False)

    assert explained.key_conditions == ('_t = "Spread"', '_t = "Spread#1"', '_t = "Spread#2"')
    # Oldest first, a first page also looks where the last update is.
    assert explained.cost().calls == 3 + 3


def test_it_says_it_in_lines() -> None:
    parcels = TableRepository(Parcel, InMemoryTable(projections={1: "keys"}))

    assert str(parcels.explain(Parcel.by_customer("Ada"), where=F.weight > 5, limit=10)).splitlines() == [
        "Parcel: Query of gsi1, ascending",
        '  key: gsi1pk = "Parcel#Ada#"',
        "  filter, after reading: weight > 5",
        "  the index holds keys: the rows of a page are read beside it (BatchGetItem, consistent)",
        "  a page of 10: 2 requests, 11.5 read units where all rows of 1 KB match",
        "  where one in ten does: 5 requests, 124.5 read units",
        "  handed out short after 10 reads",
    ]


def test_a_unit_of_work_explains_too() -> None:
    with Depot(InMemoryTable()) as depot:
        assert depot.parcels.explain().key_conditions == ('_t = "Parcel"',)


@pytest.mark.parametrize("where", [F.nothing == 1, F.weight > "heavy"])
def test_what_can_not_be_asked_can_not_be_explained(where: Condition) -> None:
    with pytest.raises(InvalidQueryError):
        TableRepository(Parcel, InMemoryTable()).explain(where=where)


@pytest.mark.parametrize("options", [{"matching": 0}, {"matching": 1.5}, {"row_bytes": 0}])
def test_a_share_is_a_share_and_rows_have_bytes(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="share"):
        TableRepository(Parcel, InMemoryTable()).explain().cost(**options)  # type: ignore[arg-type]  # as a user may
