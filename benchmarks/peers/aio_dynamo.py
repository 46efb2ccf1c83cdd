"""aiodynamo, which is async, on aiohttp; and pydantic. What it has no models for is written by hand, as for boto3."""

import asyncio
import atexit
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from decimal import Decimal
from typing import Any

import aiohttp
from aiodynamo.client import Client
from aiodynamo.credentials import Key, StaticCredentials
from aiodynamo.expressions import F, HashKey
from aiodynamo.http.aiohttp import AIOHTTP
from aiodynamo.models import BatchGetRequest
from aiodynamo.operations import Put
from yarl import URL

from benchmarks.peers.base import MANY, PAGES, ROWS, UNIT, AsyncOperation, Fresh, Operations
from benchmarks.peers.boto3_client import values
from benchmarks.peers.clients import ACCESS_KEY, REGION, SECRET_KEY, new_table
from benchmarks.peers.samples import PARTITION, Row, identity, row


async def session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


def operations(url: str) -> Operations:  # noqa: C901 - one function an operation
    loop = asyncio.new_event_loop()
    http = loop.run_until_complete(session())
    atexit.register(lambda: loop.run_until_complete(http.close()))
    credentials = StaticCredentials(Key(ACCESS_KEY, SECRET_KEY))
    dynamodb = Client(AIOHTTP(http), credentials, REGION, URL(url), numeric_type=Decimal)
    rows, written = new_table(url), new_table(url)

    async def stock() -> None:
        for number in range(ROWS):
            await dynamodb.put_item(rows, values(row(number)))

    loop.run_until_complete(stock())
    fresh = Fresh()
    changed = row(0)
    validate = Row.model_validate
    many = [{"pk": PARTITION, "sk": identity(number)} for number in range(MANY)]
    absent = F("pk").does_not_exist()

    def new() -> Row:
        sk, content = fresh()
        return Row(pk=PARTITION, sk=sk, **content)

    def change() -> Any:
        changed.count += 1
        changed.version += 1
        return F("version").equals(changed.version - 1)

    async def get() -> Row:
        return validate(await dynamodb.get_item(rows, many[0], consistent_read=True))

    async def add() -> None:
        await dynamodb.put_item(written, values(new()), condition=absent)

    async def save() -> None:
        unchanged = change()
        await dynamodb.put_item(written, values(changed), condition=unchanged)

    async def save_versioned() -> None:
        unchanged = change()
        item = values(changed)
        history = {**item, "sk": f"{changed.sk}#v{changed.version:012}"}
        await dynamodb.transact_write_items([Put(written, item, unchanged), Put(written, history, absent)])

    async def unit() -> None:
        await dynamodb.transact_write_items([Put(written, values(new()), absent) for _ in range(UNIT)])

    async def get_many() -> list[Row]:
        answer = await dynamodb.batch_get({rows: BatchGetRequest(keys=many, consistent_read=True)})
        return list(map(validate, answer.items[rows]))

    def page_of(limit: int) -> Callable[[], Coroutine[Any, Any, object]]:
        async def page() -> list[Row]:
            found = await dynamodb.query_single_page(rows, HashKey("pk", PARTITION), limit=limit, scan_forward=False)
            return list(map(validate, found.items))

        return page

    coroutines: dict[Any, Callable[[], Awaitable[object]]] = {
        "get": get,
        "add": add,
        "save": save,
        "save versioned": save_versioned,
        "unit of 10": unit,
        "get_many(100)": get_many,
        **{name: page_of(limit) for name, limit in PAGES.items()},
    }
    return {name: AsyncOperation(loop, operation) for name, operation in coroutines.items()}


def variants() -> Mapping[str, Callable[[str], Operations]]:
    return {"aiodynamo (async)": operations}
