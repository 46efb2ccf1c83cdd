"""The rows of all measurements: 13 attributes of many kinds, about a kilobyte as JSON."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import BaseModel

WORDS = (  # noqa: SIM905 - reads better than a list of twenty
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo "
    "sierra tango"
).split()


class Size(BaseModel):
    unit: str
    width: int
    height: int
    label: str
    note: str


class Content(BaseModel):
    """What a row tells: ten fields, to which each library adds what it needs."""

    title: str
    description: str
    status: str
    count: int
    price: Decimal
    tags: list[str]
    size: Size
    placed_at: datetime
    active: bool
    note: str | None = None


class Row(Content):
    """A row as those store it who choose their keys themselves."""

    pk: str
    sk: str
    version: int = 1


PARTITION = "rows"
"""The pk of all rows of those who choose their keys themselves; the sk is the id."""


def identity(number: int) -> str:
    """Return the id of a sample."""
    return f"row-{number:08}"


@cache
def fields(number: int) -> dict[str, Any]:
    """Return the ten fields of a sample: the same ones each time."""
    chance = random.Random(number)

    def words(least: int) -> str:
        return " ".join(chance.choices(WORDS, k=least))

    return {
        "title": f"{words(6)} {number}",
        "description": words(70)[:350],
        "status": chance.choice(["draft", "open", "closed"]),
        "count": chance.randrange(100_000),
        "price": Decimal(chance.randrange(100, 999_999)) / 100,
        "tags": chance.sample(WORDS, 6),
        "size": {
            "unit": "cm",
            "width": chance.randrange(999),
            "height": chance.randrange(999),
            "label": words(1),
            "note": words(8),
        },
        "placed_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=chance.randrange(10**13)),
        "active": bool(number % 2),
        "note": words(3) if number % 3 else None,
    }


def row(number: int) -> Row:
    """Return a sample as a model."""
    return Row(pk=PARTITION, sk=identity(number), **fields(number))
