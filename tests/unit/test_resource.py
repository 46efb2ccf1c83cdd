"""Resources: definition, identity, copies."""

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import pytest
from pydantic import ConfigDict, PrivateAttr, ValidationError, computed_field

from sst_repo import ModelError, Resource, VersionedResource
from sst_repo.core.records import Key, Record
from sst_repo.resource import bring_up_to_date, image_of

ItemT = TypeVar("ItemT")


class Customer(Resource):
    name: str
    tags: list[str] = []  # noqa: RUF012 - pydantic copies defaults
    _visits: int = PrivateAttr(default=0)


class Order(VersionedResource):
    total: int = 0


class Frozen(Resource):
    model_config = ConfigDict(frozen=True)
    name: str = "x"


class Open(Resource):
    model_config = ConfigDict(extra="allow")


class Box(Resource, Generic[ItemT]):
    content: ItemT


class Named(Resource, type_name="named-otherwise"):
    pass


class Child(Named):
    pass


IMAGE = Record(Key("Customer#c1", "@"), {"_v": {"N": "1"}})


def customer(**fields: Any) -> Customer:
    when = datetime(2026, 1, 31, tzinfo=UTC)
    return Customer(**{"resource_id": "c1", "name": "Ann", "created_at": when, "updated_at": when, **fields})


# -- a new resource


def test_a_new_resource_has_an_id_of_its_own_and_no_version() -> None:
    before = datetime.now(UTC)
    one, other = Order(), Order()

    assert one.resource_id < other.resource_id
    assert len(one.resource_id) == 26
    assert one.version == 0
    assert before <= one.created_at <= datetime.now(UTC)
    assert one.created_at.utcoffset() == one.updated_at.utcoffset() == timedelta(0)
    assert image_of(one) is None


@pytest.mark.parametrize("fields", [{"resource_id": ""}, {"version": -1}, {"resource_id": None}])
def test_system_fields_are_validated(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Order(**fields)


def test_an_id_may_be_given() -> None:
    assert Order(resource_id="o-1").resource_id == "o-1"


def test_only_versioned_resources_keep_versions() -> None:
    assert Order.__keeps_versions__
    assert not Customer.__keeps_versions__


# -- the type name


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Customer, "Customer"),
        (Named, "named-otherwise"),
        (Child, "Child"),
        (Box[int], "Box[int]"),
        (Box[str], "Box[str]"),
        (Box[list[int]], "Box[list[int]]"),
        (Box[Customer], "Box[Customer]"),
    ],
)
def test_a_class_is_stored_under_its_name_unless_it_is_given_one(model: type[Resource], name: str) -> None:
    assert model.__type_name__ == name


@pytest.mark.parametrize("name", ["", "a#b", "a\n", "\0", "x" * 129])
def test_a_type_name_that_cannot_be_part_of_a_key_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match=r"Bad.*type name.*can't be used"):
        type("Bad", (Resource,), {}, type_name=name)


@pytest.mark.parametrize("name", ["x", "Straße", "order line", "x" * 128])
def test_any_other_type_name_will_do(name: str) -> None:
    good: Any = type("Good", (Resource,), {}, type_name=name)

    assert good.__type_name__ == name


# -- checks at definition


@pytest.mark.parametrize("field", ["pk", "sk", "gsi1pk", "gsi2sk", "gsi_of_mine"])
def test_a_field_that_would_overwrite_a_key_is_refused_when_the_class_is_defined(field: str) -> None:
    with pytest.raises(ModelError, match=field):
        type("Bad", (Resource,), {"__annotations__": {field: str}, "__module__": __name__})


def test_a_field_of_a_type_that_cannot_be_stored_is_refused_when_the_class_is_defined() -> None:
    with pytest.raises(ModelError, match="Bad"):

        class Bad(Resource):
            model_config = ConfigDict(arbitrary_types_allowed=True)
            view: memoryview


def test_a_class_that_waits_for_another_is_checked_once_that_is_known() -> None:
    waiting: Any = type("Waiting", (Resource,), {"__annotations__": {"later": "Later"}, "__module__": __name__})
    waiting.model_rebuild(_types_namespace={"Later": int})

    assert waiting(later=5).later == 5


def test_a_class_that_waits_is_refused_once_it_turns_out_bad() -> None:
    waiting: Any = type("Waiting", (Resource,), {"__annotations__": {"pk": "Later"}, "__module__": __name__})

    with pytest.raises(ModelError, match="pk"):
        waiting.model_rebuild(_types_namespace={"Later": int})


# -- equality and hash


def test_resources_are_equal_if_their_fields_are() -> None:
    assert customer() == customer()
    for field in ("resource_id", "name"):
        assert customer() != customer(**{field: "other"})
    assert customer() != customer(version=1)
    assert customer() != customer(tags=["vip"])
    assert customer() != customer(updated_at=datetime(2026, 2, 1, tzinfo=UTC))


def test_what_is_remembered_or_private_plays_no_part_in_equality() -> None:
    one, other = customer(), customer()
    bring_up_to_date(one, {}, IMAGE)
    one._visits = 7

    assert one == other


def test_extra_fields_count() -> None:
    when = datetime(2026, 1, 31, tzinfo=UTC)
    same: dict[str, Any] = {"resource_id": "o1", "created_at": when, "updated_at": when}

    assert Open(**{**same, "more": 1}) == Open(**{**same, "more": 1})
    assert Open(**{**same, "more": 1}) != Open(**{**same, "more": 2})
    assert Open(**{**same, "more": 1}) != Open(**same)


def test_resources_of_different_classes_are_never_equal() -> None:
    one = Named(resource_id="x")
    other = Child(**dict(one))

    assert one != other
    assert Box[int](**dict(one), content=1) != Box[float](**dict(one), content=1)
    assert one != "x"
    assert one is not None


def test_a_write_does_not_move_a_resource_in_a_set() -> None:
    one: Any = customer()  # to pyright, what is compared by its fields has no hash unless it is frozen
    known = {one}
    bring_up_to_date(one, {"version": 1, "updated_at": datetime(2026, 3, 1, tzinfo=UTC)}, IMAGE)
    one.name = "Bob"

    assert one in known
    assert hash(customer()) == hash(one) != hash(customer(resource_id="c2"))


def test_a_frozen_resource_hashes_alike_with_unhashable_fields() -> None:
    assert hash(Frozen(resource_id="f1")) == hash(Frozen(resource_id="f1", name="y"))


# -- copies


COPIES: dict[str, Callable[[Customer], Customer]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "model_copy": lambda resource: resource.model_copy(),
    "model_copy-deep": lambda resource: resource.model_copy(deep=True),
    "pickle": lambda resource: pickle.loads(pickle.dumps(resource)),  # noqa: S301 - our own bytes
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_copy_keeps_fields_private_attributes_and_the_image(copied: Callable[[Customer], Customer]) -> None:
    one = customer(tags=["vip"])
    bring_up_to_date(one, {"version": 1}, IMAGE)
    one._visits = 7
    other = copied(one)

    assert other is not one
    assert other == one
    assert image_of(other) == IMAGE
    assert other._visits == 7
    assert other.model_fields_set == one.model_fields_set


def test_a_changed_copy_leaves_the_original_alone() -> None:
    one = customer()
    bring_up_to_date(one, {"version": 1}, IMAGE)
    other = one.model_copy(update={"name": "Bob"})

    assert (one.name, other.name) == ("Ann", "Bob")
    assert image_of(other) is image_of(one)


def test_the_image_is_no_part_of_what_a_resource_shows() -> None:
    one = customer()
    bring_up_to_date(one, {}, IMAGE)

    assert set(one.model_dump()) == {"resource_id", "version", "created_at", "updated_at", "name", "tags"}
    assert "image" not in repr(one)
    assert "image" not in one.model_dump_json()
    assert image_of(Customer.model_validate(one.model_dump())) is None


# -- frozen and other models


def test_a_frozen_resource_can_be_brought_up_to_date_by_us_alone() -> None:
    one = Frozen()
    with pytest.raises(ValidationError, match="frozen"):
        one.name = "y"
    bring_up_to_date(one, {"version": 3}, IMAGE)

    assert one.version == 3
    assert image_of(one) is IMAGE


def test_generic_resources_and_computed_fields_are_resources_like_others() -> None:
    class Priced(Box[int]):
        @computed_field  # type: ignore[prop-decorator]
        @property
        def twice(self) -> int:
            return self.content * 2

    assert Priced(content=2).twice == 4
    assert Priced.__type_name__ == "Priced"
    assert Box[int](content=2).content == 2
