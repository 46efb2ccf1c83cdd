"""Unique values, compiled: claims of resources, and the claims that look-ups are about."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, computed_field

from sst_repo import InvalidQueryError, ModelError, Resource, Unique, UnstorableValueError
from sst_repo.core.records import Key
from sst_repo.mapping.uniques import claim_on, claims_of, uniques_of

ItemT = TypeVar("ItemT")


class Address(BaseModel):
    zip: str | None = None


class Member(Resource, type_name="member"):
    email: str | None = None
    room: str = ""
    weight: Decimal | None = None
    address: Address | None = None
    by_email = Unique("email")
    by_mailbox = Unique("mailbox")
    by_place = Unique("room", "address.zip", "weight")

    @computed_field
    def mailbox(self) -> str | None:
        return None if self.email is None else self.email.lower()


class Box(Resource, Generic[ItemT]):
    content: ItemT
    by_content = Unique("content")


def claimed(member: Resource) -> dict[str, tuple[str, object]]:
    return {claim.field: (claim.guard.pk, claim.value) for claim in claims_of(member)}


def test_a_resource_claims_each_of_its_values() -> None:
    member = Member(email="Ada", room="a#", address=Address(zip="53111"), weight=Decimal("1.50"))

    assert claimed(member) == {
        "email": ("#member#email#Ada#", "Ada"),
        "mailbox": ("#member#mailbox#ada#", "ada"),
        "room,address.zip,weight": (
            "#member#room,address.zip,weight#a$b#53111#a1.5#",
            ("a#", "53111", Decimal("1.50")),
        ),
    }
    assert {claim.guard.sk for claim in claims_of(member)} == {"@"}


@pytest.mark.parametrize(
    "member",
    [
        Member(),
        Member(address=Address(zip="1")),
        Member(weight=Decimal(1)),
        Member(weight=Decimal(1), address=Address()),
    ],
)
def test_a_resource_without_one_of_the_values_claims_nothing(member: Member) -> None:
    assert claims_of(member) == ()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2))
def test_equal_values_and_no_others_have_one_guard(emails: list[str]) -> None:
    one, other = (claim_on(Member, "email", email).guard for email in emails)

    assert (one == other) == (emails[0] == emails[1])


def test_what_is_asked_for_is_what_is_claimed() -> None:
    member = Member(email="Ada", room="", address=Address(zip=""), weight=Decimal(0))

    for claim in claims_of(member):
        field = tuple(claim.field.split(",")) if "," in claim.field else claim.field
        asked = claim_on(Member, field, claim.value)
        assert asked == claim
        assert asked.value == claim.value


def test_values_that_are_equal_are_one_value_however_they_are_written() -> None:
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)

    class Slot(Resource):
        at: datetime
        size: Decimal
        by_at = Unique("at")
        by_size = Unique("size")

    assert claim_on(Slot, "size", 1).guard == claim_on(Slot, "size", Decimal("1.00")).guard
    assert claim_on(Slot, "at", noon).guard == Key("#Slot#at#2026-01-31T12:00:00.000000Z#", "@")


def test_a_key_may_take_as_many_bytes_as_dynamodb_takes() -> None:
    room = 2048 - len("#member#mailbox##")
    assert len(claims_of(Member(email="ä" * (room // 2)))) == 2
    too_long = Member(email="ä" * (room // 2 + 1))
    with pytest.raises(UnstorableValueError, match=r"^Member\.by_mailbox: the unique key takes 20\d\d bytes"):
        claims_of(too_long)
    with pytest.raises(InvalidQueryError, match=r"^Member\.by_mailbox: the unique key takes 20\d\d bytes"):
        claim_on(Member, "mailbox", too_long.email)


def test_a_value_that_has_no_place_among_keys_cant_be_claimed() -> None:
    class Reading(Resource):
        value: float
        by_value = Unique("value")

    with pytest.raises(UnstorableValueError, match=r"^Reading\.value: .* no place"):
        claims_of(Reading(value=float("nan")))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (
            "mail",
            "a",
            r"Member has no Unique on 'mail'; it has 'email', 'mailbox', \('room', 'address.zip', 'weight'\)",
        ),
        ("email", None, "email: expected str"),
        ("email", 5, "email: expected str, found int"),
        (("email",), "ada", "a tuple of fields has a tuple of values, not one value"),
        (("room", "address.zip", "weight"), ("", "", 1.5), "weight: expected Decimal, found float"),
        (("room", "address.zip", "weight"), ("", ""), "the values given are 2"),
    ],
)
def test_a_look_up_that_fits_no_unique_is_refused(field: Any, value: object, message: str) -> None:
    with pytest.raises(InvalidQueryError, match=message):
        claim_on(Member, field, value)


def test_a_class_without_any_says_so() -> None:
    with pytest.raises(InvalidQueryError, match="it has none"):
        claim_on(Resource, "email", "a")


def test_a_generic_class_waits_for_its_types() -> None:
    assert claimed(Box[int](content=5)) == {"content": ("#Box[int]#content#a5#", 5)}
    with pytest.raises(UnstorableValueError, match="type parameters"):
        claims_of(Box(content=5))
    with pytest.raises(ModelError, match="no order"):
        uniques_of(Box[list[int]])
