"""A small sound table to spoil, and the ways to spoil it: each kind of corruption, and what a check must say of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from sst_repo.checks import FindingKind
from sst_repo.core import layout
from sst_repo.core.history import archive
from sst_repo.core.records import AttributeValue, Key, Record
from sst_repo.indexes import Index
from sst_repo.listings import Listing
from sst_repo.mapping.schema import schema_of
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.contracts.stored import noise, plant
from sst_repo.uniques import Unique

ADA = "ada@example.org"
BOB = "bob@example.org"


class Account(VersionedResource):
    """A resource with all that is derived: history, an index, a unique value, shards."""

    email: str | None = None
    note: str = ""
    by_email = Unique("email")
    by_note = Index(gsi=1, partition="note", sort="version")
    listing = Listing(shards=2)


class Ticket(Resource):
    """A resource of which the latest version is kept."""

    owner: str | None = None
    by_owner = Index(gsi=2, partition="owner", sort="updated_at")


TYPES = (Account, Ticket)


class CheckFixtures(Contract):
    """Account "a" at version 3 and "b" at version 1 with an email each, "gone" deleted at version 3, ticket "t"."""

    @pytest.fixture
    def sound(self, table: Table) -> Table:
        """The table, with something of everything."""
        fill(table)
        return table


def fill(table: Table) -> None:
    """Store something of everything."""
    clock = ManualClock()
    accounts: TableRepository[Account] = TableRepository(Account, table, clock=clock)
    account = accounts.add(Account(resource_id="a", email=ADA, note="first"))
    for note in ("second " + "-" * 500, "third"):
        clock.advance(timedelta(seconds=1))
        account.note = note
        accounts.save(account)
    accounts.add(Account(resource_id="b", email=BOB, note=noise(20)))
    gone = accounts.add(Account(resource_id="gone", email="gone@example.org"))
    gone.note = "changed"
    accounts.delete(accounts.save(gone))
    TableRepository(Ticket, table, clock=clock).add(Ticket(resource_id="t", owner="a"))


@dataclass(frozen=True)
class Corruption:
    """A way to spoil the table.

    Attributes:
        spoil: Does it.
        kinds: What a check finds then.
        mended: Whether a repair mends all of it.
    """

    spoil: Callable[[Table], object]
    kinds: frozenset[FindingKind]
    mended: bool = False


def account_key(resource_id: str) -> Key:
    """Return the key of an account's latest row."""
    return layout.latest_key(layout.partition_key("Account", resource_id))


def email_key(email: str) -> Key:
    """Return the key of the guard row of an email."""
    return schema_of(Account).claim_on("email", email).guard


def _changed(key: Key, **attributes: AttributeValue | None) -> Callable[[Table], None]:
    """Change attributes of a row; None takes one away."""

    def spoil(table: Table) -> None:
        row = table.read(key)
        if row is None:
            raise LookupError(f"there is no row {key}")
        merged: Mapping[str, AttributeValue | None] = {**row.attributes, **attributes}
        plant(table, Record(key, {name: value for name, value in merged.items() if value is not None}))

    return spoil


def _gone(key: Key) -> Callable[[Table], None]:
    return lambda table: plant(table, None, key)


def _version(number: int, resource_id: str = "a") -> Key:
    return layout.history_key(account_key(resource_id).pk, number)


def _archived(number: int, **attributes: AttributeValue | None) -> Callable[[Table], None]:
    """Store an image of the latest version of "a" as another version."""

    def spoil(table: Table) -> None:
        row = table.read(account_key("a"))
        if row is None:
            raise LookupError("there is no account")
        merged: Mapping[str, AttributeValue | None] = {**archive(row).attributes, **attributes}
        image = {name: value for name, value in merged.items() if value is not None}
        plant(table, Record(_version(number), image))

    return spoil


def _neither_listed_nor_guarded(table: Table) -> None:
    _changed(account_key("a"), _q=None)(table)
    plant(table, None, email_key(ADA))


def _both_list_one_value(table: Table) -> None:
    guards: AttributeValue = {"SS": [email_key(ADA).pk]}
    _changed(account_key("b"), email={"S": ADA}, _q=guards)(table)
    plant(table, None, email_key(BOB))


_KIND = FindingKind
_A, _B, _GONE, _T = account_key("a"), account_key("b"), account_key("gone"), Key("Ticket#t", "@")


def _kinds(*kinds: FindingKind) -> frozenset[FindingKind]:
    return frozenset(kinds)


def corruptions() -> dict[str, Corruption]:
    """Return the ways to spoil what `fill` stores, by name."""
    guard, other = email_key(ADA), email_key(BOB)
    text: AttributeValue = {"S": "x"}
    return {
        # Rows that do not say what every row says.
        "no version": Corruption(_changed(_T, _v=None), _kinds(_KIND.MALFORMED)),
        "version zero": Corruption(_changed(_T, _v={"N": "0"}), _kinds(_KIND.MALFORMED)),
        "no write id": Corruption(_changed(_T, _w=None), _kinds(_KIND.MALFORMED)),
        "no time of creation": Corruption(_changed(_T, _c=None), _kinds(_KIND.MALFORMED)),
        "a time that is none": Corruption(_changed(_T, _u=text), _kinds(_KIND.MALFORMED)),
        "no type": Corruption(_changed(_A, _t=None), _kinds(_KIND.MALFORMED)),
        "another type": Corruption(_changed(_T, _t={"S": "Account"}), _kinds(_KIND.WRONG_TYPE)),
        "a content that can't be read": Corruption(_changed(_T, owner={"N": "1"}), _kinds(_KIND.UNREADABLE)),
        # The history.
        "a version is missing": Corruption(_gone(_version(2)), _kinds(_KIND.HISTORY_MISSING)),
        "the first version is missing": Corruption(_gone(_version(1)), _kinds(_KIND.HISTORY_MISSING)),
        "the latest went back": Corruption(
            _changed(_A, _v={"N": "2"}), _kinds(_KIND.HISTORY_BEYOND, _KIND.INDEX_ATTRIBUTES)
        ),
        "the latest went ahead": Corruption(
            _changed(_A, _v={"N": "999999999999"}), _kinds(_KIND.HISTORY_MISSING, _KIND.INDEX_ATTRIBUTES)
        ),
        "a version beyond the latest": Corruption(
            _archived(7, _v={"N": "7"}, _w={"S": "w7"}, note=None), _kinds(_KIND.HISTORY_BEYOND)
        ),
        "a version's number is another's": Corruption(
            _changed(_version(1), _v={"N": "2"}), _kinds(_KIND.IMAGE_MISMATCH)
        ),
        "an image of another version": Corruption(_changed(_version(2), _v={"N": "1"}), _kinds(_KIND.IMAGE_MISMATCH)),
        "two versions of one write": Corruption(_archived(2, _v={"N": "2"}), _kinds(_KIND.IMAGE_MISMATCH)),
        "an image that can't be unpacked": Corruption(
            _changed(_version(2), _z={"B": b"no image"}), _kinds(_KIND.UNREADABLE)
        ),
        "an old content that can't be read": Corruption(
            _changed(_version(1), note={"N": "1"}), _kinds(_KIND.UNREADABLE)
        ),
        "an old version of another type": Corruption(
            _changed(_version(1), _t={"S": "Ticket"}), _kinds(_KIND.WRONG_TYPE)
        ),
        "an old version in an index": Corruption(
            _changed(_version(1), gsi1pk=text, gsi1sk=text), _kinds(_KIND.HISTORY_INDEXED)
        ),
        "a history without a latest row": Corruption(_gone(_A), _kinds(_KIND.HISTORY_ORPHANED, _KIND.GUARD_ORPHANED)),
        "a history of a type that keeps none": Corruption(
            lambda table: plant(table, Record(Key("Ticket#t", "v#000000000001"), {"_v": {"N": "1"}, "_w": text})),
            _kinds(_KIND.HISTORY_ORPHANED),
        ),
        "a purge that was interrupted": Corruption(_gone(_version(1, "gone")), _kinds(_KIND.PURGE_UNFINISHED)),
        # What is derived.
        "an index attribute is missing": Corruption(
            _changed(_T, gsi2sk=None), _kinds(_KIND.INDEX_ATTRIBUTES), mended=True
        ),
        "an index attribute is stale": Corruption(
            _changed(_T, gsi2pk=text), _kinds(_KIND.INDEX_ATTRIBUTES), mended=True
        ),
        "an index attribute too many": Corruption(
            _changed(_T, gsi5pk=text), _kinds(_KIND.INDEX_ATTRIBUTES), mended=True
        ),
        "not listed": Corruption(_changed(_A, _l=None), _kinds(_KIND.LISTING), mended=True),
        "listed at another time": Corruption(_changed(_T, _l=text), _kinds(_KIND.LISTING), mended=True),
        "listed in another shard": Corruption(_changed(_A, _t={"S": "Account#9"}), _kinds(_KIND.LISTING), mended=True),
        "a tombstone in an index": Corruption(
            _changed(_GONE, gsi1pk=text, gsi1sk=text), _kinds(_KIND.TOMBSTONE_INDEXED), mended=True
        ),
        "a tombstone in the listing": Corruption(
            _changed(_GONE, _l=text), _kinds(_KIND.TOMBSTONE_INDEXED), mended=True
        ),
        # Unique values.
        "a guard row is missing": Corruption(_gone(guard), _kinds(_KIND.GUARD_MISSING), mended=True),
        "a value that is not listed": Corruption(_changed(_A, _q=None), _kinds(_KIND.GUARD_LIST), mended=True),
        "neither listed nor guarded": Corruption(
            _neither_listed_nor_guarded,
            _kinds(_KIND.GUARD_LIST),
            mended=True,
        ),
        "a value that is listed in vain": Corruption(
            _changed(_A, _q={"SS": sorted([guard.pk, guard.pk + "x"])}),
            _kinds(_KIND.GUARD_LIST, _KIND.GUARD_MISSING),
            mended=True,
        ),
        "the content has another value": Corruption(
            _changed(_A, email={"S": "new@example.org"}), _kinds(_KIND.GUARD_LIST), mended=True
        ),
        "a guard row names one without the value": Corruption(
            _changed(guard, _h={"S": "b"}), _kinds(_KIND.GUARD_TAKEN), mended=True
        ),
        "a guard row names nobody that exists": Corruption(
            _changed(guard, _h={"S": "nobody"}), _kinds(_KIND.GUARD_TAKEN), mended=True
        ),
        "two have one value": Corruption(_both_list_one_value, _kinds(_KIND.GUARD_TAKEN)),
        "a guard row too many": Corruption(
            lambda table: plant(table, Record(Key(other.pk + "x", "@"), {"_h": {"S": "b"}, "_w": text})),
            _kinds(_KIND.GUARD_ORPHANED),
            mended=True,
        ),
        "a guard row of what is deleted": Corruption(
            lambda table: plant(table, Record(Key(other.pk + "x", "@"), {"_h": {"S": "gone"}, "_w": text})),
            _kinds(_KIND.GUARD_ORPHANED),
            mended=True,
        ),
        "a guard row without a write id": Corruption(
            _changed(guard, _w=None), _kinds(_KIND.GUARD_MALFORMED), mended=True
        ),
        "a guard row without a holder": Corruption(_changed(guard, _h=None), _kinds(_KIND.GUARD_MALFORMED)),
    }
