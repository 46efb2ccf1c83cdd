"""Cursors that the library did not make: mangled, another listing's, or forged with a right checksum."""

import json
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, TypeAlias

import pytest

from sst_repo import TableRepository
from sst_repo.core import cursors
from sst_repo.errors import InvalidCursorError
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.clocks import START, ManualClock
from sst_repo.testing.contracts.accesses.base import Sale, SpreadSale, Visit, fill, new_sale
from sst_repo.testing.contracts.accesses.collections import Client, Deal
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.wrappers import CountingTable

Read: TypeAlias = Callable[[str | None], tuple[list[str], str | None, str | None]]
"""Reads a page, or a scan, from a cursor on: what was read, and the cursors that lead on and back from there."""

ROWS = 6
LIMIT = 2

TEXTS = (
    *("", "#", "@", "0", "~", "$", "\0", "\x1f", "\x7f", "é", "\ud7ff", "\ue000", "\U0010ffff", "v#000000000001"),
    *("Sale#", "Sale#s0", "Visit#x", "Visit", "#Sale#note#x#", "Sale#other#", "Sale#c#", "SpreadSale#1"),
    *("x" * 1023, "x" * 1024, "x" * 1025, "x" * 2048, "x" * 2049, "é" * 1025, "x" * 100_000),
    *("2001-02-03T04:05:06.000000Z", "2001-02-03T04:06:06.000000Z#s1", "9999", "2001-02-03T04:05:06.000000Z#"),
)
"""What a forger might put where a key belongs."""

SNIPPETS = (*'#@<>:[]{}",0123456789-. \n\0é', "null", "true", "1e9", "NaN", "\\ud800", "[[", "0:", "1:", "99:")


class _Stocked(Contract):
    @pytest.fixture
    def stocked(self, table: Table) -> Table:
        """Holds what is listed, and what is not: another type, another partition, another id with versions."""
        clock = ManualClock()
        sales = TableRepository(Sale, table, clock=clock)
        for number in range(ROWS):
            sales.add(new_sale("c", Sale, resource_id=f"s{number}", placed_at=START + timedelta(minutes=number)))
        fill(TableRepository(SpreadSale, table, clock=clock), ROWS, SpreadSale)
        sales.add(new_sale("other", Sale, resource_id="secret"))
        TableRepository(Visit, table, clock=clock).add(Visit(resource_id="secret", customer="c"))
        TableRepository(Client, table, clock=clock).add(Client(resource_id="a"))
        deals = TableRepository(Deal, table, clock=clock)
        for day in range(ROWS):
            deals.add(Deal(client="a", signed_at=START + timedelta(days=day)))
        deals.add(Deal(resource_id="secret", client="b"))
        for resource_id in ("s0", "secret"):
            storied = sales.get(resource_id)
            for number in range(ROWS):
                storied.number = number + 1
                sales.save(storied)
        return table


class MangledCursorContract(_Stocked):
    """What becomes of mangled cursors.

    Attributes:
        mutations: How many are tried, of unsigned and of signed ones.
    """

    mutations: ClassVar[int]

    @pytest.mark.parametrize("secrets", [(), (b"secret",)], ids=["unsigned", "signed"])
    def test_a_mangled_cursor_is_refused_before_any_call(self, stocked: Table, secrets: tuple[bytes, ...]) -> None:
        signing = DelegatingTable(stocked)
        signing.cursor_secrets = secrets
        counting = CountingTable(signing)
        reads = ways(counting)
        made = {way: walked(read)[1] for way, read in reads.items()}
        counting.reset()
        taken: list[tuple[str, str]] = []
        chance = random.Random(1)
        for way, cursor in mangled(made, self.mutations, chance):
            try:
                reads[way](cursor)
            except InvalidCursorError:
                continue
            taken.append((way, cursor))
        assert taken == []
        assert not counting.calls


class ForgedCursorContract(_Stocked):
    """What becomes of forged cursors, where there is no secret.

    Attributes:
        forgeries: How many are tried.
    """

    forgeries: ClassVar[int]

    def test_a_forged_cursor_is_refused_or_a_place_in_the_same_listing(
        self, stocked: Table, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counting = CountingTable(stocked)
        reads = ways(counting)
        chance = random.Random(2)
        refused = accepted = 0
        for way, read in reads.items():
            whole, met = walked(read)
            identity, places = seen_through(monkeypatch, read, met)
            for _ in range(self.forgeries // len(reads)):
                text = forged(chance.choice(places), chance)
                counting.reset()
                try:
                    found, *_ = read(cursors.encode(text, identity))
                except InvalidCursorError:
                    refused += 1
                    # Which segment of a scan a row is in, only the table knows.
                    assert way == "scan" or not counting.calls, (way, text)
                    continue
                accepted += 1
                assert is_part(found, whole, in_order=way != "scan"), (way, text, found)
        assert refused > self.forgeries // 2
        assert accepted > self.forgeries // 100


def ways(table: Table) -> Mapping[str, Read]:
    """By name: everything that takes a cursor."""
    sales, spread, deals = (
        TableRepository(Sale, table),
        TableRepository(SpreadSale, table),
        TableRepository(Deal, table),
    )
    pages: Mapping[str, Callable[..., Any]] = {
        "listing": sales.list,
        "listing, oldest first": partial(sales.list, newest_first=False),
        "shards": partial(spread.list, newest_first=False),
        "index": partial(sales.query, Sale.by_customer("c"), descending=True),
        "range": partial(sales.query, Sale.by_customer("c").ge(START + timedelta(minutes=2))),
        "collection": partial(table.collection, "portfolio", "a"),
        "versions": partial(sales.versions, "s0"),
    }

    def page(read: Callable[..., Any], cursor: str | None) -> tuple[list[str], str | None, str | None]:
        got = read(limit=LIMIT, cursor=cursor)
        assert not got.skipped
        return named(got), got.cursor, got.previous

    def scan(cursor: str | None) -> tuple[list[str], str | None, None]:
        with deals.scan(segments=3, cursor=cursor) as run:
            found = named([next(run)] if cursor is None else run)
            return found, run.cursor, None

    return {**{name: partial(page, read) for name, read in pages.items()}, "scan": scan}


def named(items: Iterable[Any]) -> list[str]:
    return [f"{item.__type_name__} {item.resource_id} {item.version}" for item in items]


def walked(read: Read) -> tuple[list[str], list[str]]:
    """Walk to the end: all that was read, and all cursors that were met."""
    found: list[str] = []
    met: list[str] = []
    following: str | None = None
    while following is not None or not found:
        more, following, back = read(following)
        found += more
        met += [cursor for cursor in (following, back) if cursor is not None]
    return found, met


def mangled(made: Mapping[str, Sequence[str]], number: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """So many cursors that a listing did not make, each with the listing that it is tried on."""
    names = list(made)
    everybodys = [cursor for each in made.values() for cursor in each]
    found = 0
    while found < number:
        way = chance.choice(names)
        cursor = chance.choice(MANGLINGS)(chance.choice(made[way]), chance.choice(everybodys), chance)
        if cursor not in made[way]:
            found += 1
            yield way, cursor


def _raw(cursor: str) -> bytes:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def _armoured(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _flip_a_bit(cursor: str, _: str, chance: random.Random) -> str:
    raw = bytearray(_raw(cursor))
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return _armoured(bytes(raw))


def _set_spare_bits(cursor: str, _: str, __: random.Random) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [each for each in alphabet if each != cursor[-1] and _raw(cursor[:-1] + each) == _raw(cursor)]
    return cursor[:-1] + others[0] if others else cursor + "A"


def _insert(cursor: str, _: str, chance: random.Random) -> str:
    at = chance.randrange(len(cursor) + 1)
    return (
        cursor[:at]
        + chance.choice(["A", "=", "==", "-", "+", "/", " ", "\n", "\r\n", "\0", "é", "\ud800", "%3D"])
        + cursor[at:]
    )


def _replace(cursor: str, _: str, chance: random.Random) -> str:
    at = chance.randrange(len(cursor))
    return cursor[:at] + chance.choice("AQaz09-_=+/ \0é\uff21") + cursor[at + 1 :]


def _cut(cursor: str, _: str, chance: random.Random) -> str:
    first, last = sorted(chance.randrange(len(cursor) + 1) for _ in range(2))
    return chance.choice([cursor[:first], cursor[last:], cursor[:first] + cursor[last:], cursor[first:last]])


def _splice(cursor: str, other: str, chance: random.Random) -> str:
    """The seal of one with the place of another, at any point; also whole ones."""
    raw, strange = _raw(cursor), _raw(other)
    at = chance.choice([0, 1, 9, 17, chance.randrange(len(raw))])
    return chance.choice(
        [_armoured(raw[:at] + strange[at:]), _armoured(strange[:at] + raw[at:]), other, cursor + other]
    )


def _in_another_alphabet(cursor: str, _: str, chance: random.Random) -> str:
    return chance.choice(
        [
            cursor.replace("-", "+").replace("_", "/") + "=",
            cursor.swapcase(),
            cursor[::-1],
            _raw(cursor).hex(),
            _armoured(cursor.encode()),
            "".join(chr(ord(each) + 0xFEE0) for each in cursor),
            f'"{cursor}"',
        ]
    )


def _of_another_format(cursor: str, _: str, chance: random.Random) -> str:
    raw = _raw(cursor)
    return _armoured(bytes([chance.choice([0, 1, 2, 3, 255])]) + raw[chance.choice([0, 1, 9, 17]) :])


def _oversize(cursor: str, other: str, chance: random.Random) -> str:
    return chance.choice([cursor * 500, _armoured(_raw(cursor) + bytes(20_000)), "A" * 50_000, cursor + other * 100])


def _anything(_: str, __: str, chance: random.Random) -> str:
    return _armoured(chance.randbytes(chance.randrange(80)))


MANGLINGS = (
    _flip_a_bit,
    _set_spare_bits,
    _insert,
    _replace,
    _cut,
    _splice,
    _in_another_alphabet,
    _of_another_format,
    _oversize,
    _anything,
)


def seen_through(monkeypatch: pytest.MonkeyPatch, read: Read, met: Sequence[str]) -> tuple[Sequence[str], list[str]]:
    """What whoever knows the library finds out: what a listing seals its cursors with, and the places in them."""
    identities: list[Sequence[str]] = []
    places: list[str] = []
    decode = cursors.decode

    def spy(cursor: str, listing: Sequence[str], secrets: Sequence[bytes] = ()) -> str:
        identities.append(listing)
        places.append(decode(cursor, listing, secrets))
        return places[-1]

    with monkeypatch.context() as patched:
        patched.setattr(cursors, "decode", spy)
        for cursor in met:
            read(cursor)
    assert len(set(map(tuple, identities))) == 1
    return identities[0], places


def forged(place: str, chance: random.Random) -> str:
    """Another place: an edited one, or one that is made up in each of the forms that there are."""
    form = chance.randrange(6)
    if form == 0:
        return json.dumps([_number(chance), [_entry(chance) for _ in range(chance.randrange(4))]])
    if form == 1:
        return str(_number(chance))
    if form == 2:
        pairs = [chance.choice(TEXTS) for _ in range(chance.randrange(4))]
        lengths = [len(text) if chance.random() < 0.8 else _number(chance) for text in pairs]
        head = f"{abs(_number(chance)) or 1}{chance.choice('<>')}"
        return head + "".join(f"{n}:{text}" for n, text in zip(lengths, pairs, strict=True)) + chance.choice(TEXTS)
    edited = place
    for _ in range(chance.randrange(1, 4)):
        first, last = sorted(chance.randrange(len(edited) + 1) for _ in range(2))
        with_what = chance.choice([chance.choice(SNIPPETS), chance.choice(TEXTS), edited[first:last] * 2, ""])
        edited = edited[:first] + with_what + edited[last if chance.random() < 0.3 else first :]
    return edited


def _number(chance: random.Random) -> int:
    return chance.choice([-1, 0, 1, 2, 3, 4, 5, 7, 9, 999, 10_000, 10**12 - 1, 10**12, 10**30])


def _entry(chance: random.Random) -> Any:
    key = [chance.choice([*TEXTS, "Deal#secret", "Deal#secret", "@", 5, None]) for _ in range(chance.randrange(4))]
    return chance.choice([[chance.randrange(4), *key], [0, "Deal#x", "@"], [_number(chance)], key, None, {}, "ab"])


def is_part(found: Sequence[str], whole: Sequence[str], *, in_order: bool) -> bool:
    """Tell whether what was read is a run of the listing; of a scan, some of its resources, once each."""
    if not in_order:
        return set(found) <= set(whole) and len(set(found)) == len(found)
    return any(list(whole[at : at + len(found)]) == list(found) for at in range(len(whole) + 1))
