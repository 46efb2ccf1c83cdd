"""Unique values as users declare them."""

from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, ConfigDict

from sst_repo import InMemoryRepository, ModelError, Resource, Unique, UniqueViolationError


class Card(BaseModel):
    number: int = 0


class Customer(Resource):
    email: str
    shop: str = "Bonn"
    card: Card = Card()
    by_email = Unique("email")
    by_card: ClassVar = Unique("shop", "card.number")


class Friend(Customer):
    model_config = ConfigDict(frozen=True, extra="forbid")


def test_a_unique_is_no_field() -> None:
    assert "by_email" not in Customer.model_fields
    assert "by_email" not in Customer(email="a").model_dump()
    assert isinstance(Friend.by_email, Unique)


def test_a_unique_reads_as_it_is_declared_and_knows_its_name() -> None:
    assert repr(Customer.by_card) == "Unique('shop', 'card.number')"
    assert (Customer.by_card.name, Customer.by_card.parts) == ("by_card", ("shop", "card.number"))


@pytest.mark.parametrize(
    "parts", [(), ("",), (1,), ("a", None), ("a", "a"), ("a,b",), ("a#b",), (("a", "b"),), (["a"],)], ids=repr
)
def test_a_unique_needs_names(parts: Any) -> None:
    with pytest.raises(ModelError, match="one or more different names"):
        Unique(*parts)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"by": Unique("mail")}, r"Odd\.by: mail: Odd has no field or property 'mail'"),
        ({"by": Unique("email.domain")}, "str is no single class with fields"),
        ({"by": Unique("tags")}, "has no order"),
        ({"one": Unique("email"), "two": Unique("email")}, "Odd: one and two are about the same parts; one is enough"),
        ({"one": Unique("email", "shop"), "two": Unique("shop", "email")}, "about the same parts"),
    ],
)
def test_what_makes_no_sense_is_refused_when_the_class_is_defined(members: dict[str, Any], message: str) -> None:
    annotations = {"email": str, "shop": str, "tags": list[str]}
    with pytest.raises(ModelError, match=message):
        type("Odd", (Resource,), {"__annotations__": annotations, "__module__": __name__, **members})


def test_a_subclass_inherits_the_constraint_on_its_own() -> None:
    friends, customers = InMemoryRepository(Friend), InMemoryRepository(Customer)
    friends.add(Friend(email="a"))
    customers.add(Customer(email="a"))
    with pytest.raises(UniqueViolationError, match=r"this Friend\.email is held by Friend"):
        friends.add(Friend(email="a"))


def test_a_subclass_may_declare_it_otherwise() -> None:
    class Guest(Customer):
        by_email = Unique("email", "shop")

    guests = InMemoryRepository(Guest)
    guests.add(Guest(email="a", shop="Bonn", card=Card(number=1)))
    there = guests.add(Guest(email="a", shop="Köln", card=Card(number=1)))

    assert guests.get_by(("email", "shop"), ("a", "Köln")) == there
