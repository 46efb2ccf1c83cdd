"""Collections and listings: what a class may declare."""

from typing import Any
from uuid import UUID

import pytest

from sst_repo import Index, InMemoryTable, InvalidQueryError, Listing, ModelError, Resource
from sst_repo.core import layout
from sst_repo.mapping.schema import schema_of


def test_classes_of_a_collection_have_one_index_number() -> None:
    class Mast(Resource):
        ship: str
        of_ship = Index(gsi=1, partition="ship", collection="one number")

    with pytest.raises(ModelError, match=r"Sail.of_ship and .*Mast.of_ship .* one gsi"):

        class Sail(Resource):
            ship: str
            of_ship = Index(gsi=2, partition="ship", collection="one number")


def test_classes_of_a_collection_have_as_many_partition_parts() -> None:
    class Mast(Resource):
        ship: str
        of_ship = Index(gsi=1, partition="ship", collection="one part")

    with pytest.raises(ModelError, match="same number of partition parts"):

        class Sail(Resource):
            ship: str
            fleet: str
            of_ship = Index(gsi=1, partition=("fleet", "ship"), collection="one part")


def test_a_class_is_in_a_collection_once() -> None:
    with pytest.raises(ModelError, match="several indexes"):

        class Mast(Resource):
            ship: str
            of_ship = Index(gsi=1, partition="ship", collection="once")
            from_ship = Index(gsi=2, partition="ship", collection="once")


def test_a_class_that_is_refused_is_in_no_collection() -> None:
    with pytest.raises(ModelError):

        class Mast(Resource):
            ship: str
            of_ship = Index(gsi=1, partition="ship", collection="refused")
            also = Index(gsi=1, partition="ship")

    with pytest.raises(InvalidQueryError, match="no class"):
        InMemoryTable().collection("refused", "s")


def test_a_class_that_is_defined_again_takes_the_place_of_the_first() -> None:
    def defined(number: int) -> type[Resource]:
        class Mast(Resource):
            ship: str
            of_ship = Index(gsi=number, partition="ship", collection="again")

        return Mast

    defined(1)
    again = defined(2)
    table = InMemoryTable()
    from sst_repo import InMemoryRepository

    InMemoryRepository(again, table).add(again.model_validate({"ship": "s"}))
    assert [type(found) for found in table.collection("again", "s")] == [again]


def test_values_that_make_different_keys_are_refused() -> None:
    class Mast(Resource):
        ship: str
        of_ship = Index(gsi=1, partition="ship", collection="other types")

    class Sail(Resource):
        ship: UUID
        of_ship = Index(gsi=1, partition="ship", collection="other types")

    class Rope(Resource):
        @property
        def ship(self) -> str | None:
            return self.resource_id

        of_ship = Index(gsi=1, partition="ship", collection="other types")

    table = InMemoryTable()
    with pytest.raises(InvalidQueryError, match="ship"):
        table.collection("other types", "s")
    assert not table.collection("other types", "s", types=[Mast, Rope])


@pytest.mark.parametrize("name", ["", "a#b", "x" * 129, "\n"])
def test_a_collection_is_called_like_a_type(name: str) -> None:
    with pytest.raises(ModelError, match="a name has"):
        Index(gsi=1, partition="ship", collection=name)


def test_an_index_tells_its_collection() -> None:
    assert repr(Index(gsi=1, partition="ship", collection="fleet")).endswith("collection='fleet')")


@pytest.mark.parametrize("shards", [0, -1, True, 1.5, "2", None])
def test_a_listing_has_a_number_of_shards(shards: Any) -> None:
    with pytest.raises(ModelError, match="shard"):
        Listing(shards=shards)


def test_a_class_is_listed_in_one_way() -> None:
    with pytest.raises(ModelError, match="2 listings"):

        class Mast(Resource):
            listing = Listing(shards=2)
            other = Listing(shards=3)


def test_a_subclass_is_listed_like_its_base_unless_it_says_otherwise() -> None:
    class Mast(Resource):
        listing = Listing(shards=2)

    class Foremast(Mast):
        pass

    class Mizzen(Mast):
        listing = Listing(shards=5)

    assert [schema_of(model).shards for model in (Mast, Foremast, Mizzen, Resource)] == [2, 2, 5, 1]
    assert repr(Mast.listing) == "Listing(shards=2)"


def test_shards_are_named_so_that_the_first_is_the_listing_without_shards() -> None:
    assert layout.listing_partitions("T", 1) == ("T",)
    assert layout.listing_partitions("T", 3) == ("T", "T#1", "T#2")
    assert {layout.type_in_listing(name) for name in layout.listing_partitions("T", 3)} == {"T"}


def test_ids_spread_evenly_over_shards_and_stay_in_theirs() -> None:
    found = [layout.listing_partition("T", f"id{number}", 4) for number in range(4000)]

    assert found == [layout.listing_partition("T", f"id{number}", 4) for number in range(4000)]
    assert all(900 < found.count(name) < 1100 for name in layout.listing_partitions("T", 4))
