"""Cursors: what we made for a listing is read for that listing, and nothing else is."""

import string
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core import cursors
from sst_repo.errors import InvalidCursorError

LISTING = ("Order", "listing", "newest first")
PLACES = ["", "2026-01-31T12:00:00.000000Z#o1", "é😀", "ab", "abc"]
ALPHABET = string.printable + "é\0"

places = st.text(max_size=60)
# HMAC fills keys up with zeros: a key and the same with zeros behind it are one key.
secret_lists = st.lists(st.text("ab", min_size=1).map(str.encode), min_size=1, max_size=4, unique=True)
listings = st.lists(st.text(max_size=5), max_size=4).map(tuple)


@given(places, listings)
def test_a_cursor_gives_back_its_place(place: str, listing: tuple[str, ...]) -> None:
    cursor = cursors.encode(place, listing)

    assert cursors.decode(cursor, listing) == place
    assert set(cursor) <= set(string.ascii_letters + string.digits + "-_")


@given(places, listings, listings)
def test_a_cursor_of_another_listing_is_refused(place: str, listing: tuple[str, ...], other: tuple[str, ...]) -> None:
    if listing != other:
        refuse(cursors.encode(place, listing), other)


@pytest.mark.parametrize(
    "other",
    [
        ("Order", "listing", "oldest first"),
        ("Orders", "listing", "newest first"),
        ("Orderl", "isting", "newest first"),
        ("Order", "listing", "newest first", ""),
        ("listing", "Order", "newest first"),
        (),
    ],
)
def test_listings_that_look_alike_are_told_apart(other: tuple[str, ...]) -> None:
    refuse(cursors.encode("here", LISTING), other)


@pytest.mark.parametrize("place", PLACES)
def test_every_change_of_one_character_is_noticed(place: str) -> None:
    cursor = cursors.encode(place, LISTING)
    for position, was in enumerate(cursor):
        for character in ALPHABET:
            if character != was:
                refuse(cursor[:position] + character + cursor[position + 1 :])


@pytest.mark.parametrize("place", PLACES)
def test_every_added_character_is_noticed(place: str) -> None:
    cursor = cursors.encode(place, LISTING)
    for position in range(len(cursor) + 1):
        for character in "A=_- \n+/":
            longer = cursor[:position] + character + cursor[position:]
            if longer != cursor:
                refuse(longer)


@pytest.mark.parametrize("place", PLACES)
def test_every_truncation_is_noticed(place: str) -> None:
    cursor = cursors.encode(place, LISTING)
    for kept in range(len(cursor)):
        refuse(cursor[:kept])
        refuse(cursor[len(cursor) - kept :])


@given(st.text() | st.text(string.ascii_letters + string.digits + "-_="))
def test_what_we_did_not_make_is_refused(cursor: str) -> None:
    refuse(cursor)


@pytest.mark.parametrize("cursor", [None, 5, b"AQ", ["AQ"], "\ud800"])
def test_what_is_no_text_is_refused(cursor: Any) -> None:
    refuse(cursor)


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(InvalidCursorError, match="begin again without a cursor") as caught:
        cursors.decode("mangled", LISTING)
    assert isinstance(caught.value, ValueError)


@given(places, listings, secret_lists)
def test_any_of_the_secrets_recognises_what_it_signed(
    place: str, listing: tuple[str, ...], secrets: list[bytes]
) -> None:
    for secret in secrets:
        cursor = cursors.encode(place, listing, [secret])
        assert cursors.decode(cursor, listing, secrets) == place
        refuse(cursor, listing)
        for other in secrets:
            if other != secret:
                refuse(cursor, listing, [other])


@given(places, listings)
def test_what_is_not_signed_is_refused_where_there_is_a_secret(place: str, listing: tuple[str, ...]) -> None:
    refuse(cursors.encode(place, listing), listing, [b"secret"])


@pytest.mark.parametrize("place", PLACES)
def test_every_change_of_one_character_of_a_signed_cursor_is_noticed(place: str) -> None:
    cursor = cursors.encode(place, LISTING, [b"secret"])
    for position, was in enumerate(cursor):
        for character in ALPHABET:
            if character != was:
                refuse(cursor[:position] + character + cursor[position + 1 :], LISTING, [b"secret"])


@pytest.mark.parametrize(
    ("given", "secrets"),
    [
        (None, ()),
        ((), ()),
        ("key", (b"key",)),
        (b"key", (b"key",)),
        (["new", b"old"], (b"new", b"old")),
    ],
)
def test_secrets_are_given_one_by_one_or_in_a_list(given: Any, secrets: tuple[bytes, ...]) -> None:
    assert cursors.secrets_of(given) == secrets


@pytest.mark.parametrize("given", ["", b"", ["key", ""]])
def test_an_empty_secret_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match="secret"):
        cursors.secrets_of(given)


def refuse(cursor: str, listing: tuple[str, ...] = LISTING, secrets: Sequence[bytes] = ()) -> None:
    with pytest.raises(InvalidCursorError):
        cursors.decode(cursor, listing, secrets)
