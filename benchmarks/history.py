"""What compressing a history row saves, and what it costs in CPU, by codecs of the standard library."""

import bz2
import json
import lzma
import random
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Final

from pydantic import BaseModel

from sst_repo import InMemoryTable, TableRepository, VersionedResource
from sst_repo.core.layout import of_any_version
from sst_repo.core.limits import attributes_size
from sst_repo.core.queries import Scan

CODECS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "zlib 1": partial(zlib.compress, level=1),
    "zlib 6": zlib.compress,
    "zlib 9": partial(zlib.compress, level=9),
    "bz2": bz2.compress,
    "lzma": partial(lzma.compress, format=lzma.FORMAT_ALONE),
}
ROWS = 50
LETTERS = "etaoinshrdlu"


class Line(BaseModel):
    sku: str
    quantity: int
    price: Decimal
    note: str


class Order(VersionedResource):
    customer: str
    status: str
    total: Decimal
    placed_at: datetime
    lines: list[Line]
    note: str


def words(chance: random.Random, number: int) -> str:
    return " ".join("".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(number))


def order(chance: random.Random, lines: int, text: int) -> Order:
    return Order(
        customer=f"customer-{chance.randrange(10**6)}",
        status=chance.choice(["open", "paid", "shipped"]),
        total=Decimal(chance.randrange(10**5)) / 100,
        placed_at=datetime.now(UTC),
        lines=[
            Line(
                sku=f"sku-{chance.randrange(10**5)}",
                quantity=chance.randint(1, 9),
                price=Decimal(chance.randrange(10**4)) / 100,
                note=words(chance, 3),
            )
            for _ in range(lines)
        ],
        note=words(chance, text),
    )


def images(lines: int, text: int) -> tuple[int, list[bytes]]:
    """Return the mean size of such rows as items, and their images as they are compressed."""
    chance = random.Random(1)
    table = InMemoryTable()
    orders = TableRepository(Order, table)
    for _ in range(ROWS):
        orders.add(order(chance, lines, text))
    rows = [of_any_version(row.attributes) for row in table.scan(Scan()).records]
    texts = [json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode() for row in rows]
    return sum(map(attributes_size, rows)) // len(rows), texts


def measured(pack: Callable[[bytes], bytes], texts: Sequence[bytes]) -> tuple[int, float]:
    """Return the mean size of what is packed, and the least CPU time of a row in several rounds, in microseconds."""
    times: list[float] = []
    size = 0
    for _ in range(5):
        began = time.thread_time()
        size = sum(len(pack(text)) for text in texts)
        times.append(time.thread_time() - began)
    return size // len(texts), min(times) / len(texts) * 1e6


def main() -> None:
    print(f"{'item':>8}", *(f"{name:>18}" for name in CODECS), "  bytes, CPU of a row")
    for lines, text in ((1, 10), (4, 20), (12, 60), (60, 400)):
        size, texts = images(lines, text)
        results = [measured(pack, texts) for pack in CODECS.values()]
        print(f"{size:>8}", *(f"{packed:>8} {micros:>6.0f} us" for packed, micros in results))


if __name__ == "__main__":
    main()
