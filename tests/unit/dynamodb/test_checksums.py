"""An answer that was damaged on its way is no answer, whatever botocore makes of it."""

import json
from collections.abc import Iterator
from typing import get_args

import pytest
from botocore.exceptions import ConnectionClosedError

from sst_repo import DynamoDBTable
from sst_repo.core.records import Absent, Applied, Key, Plan, Put, Record, Unknown
from sst_repo.errors import TableUnavailableError
from sst_repo.tables.dynamodb.checksums import DamagedAnswerError
from sst_repo.tables.dynamodb.transports import TransportName
from sst_repo.testing import Fault, FaultProxy, FaultSchedule
from sst_repo.testing.faults import READS, WRITES
from tests.upstream import Upstream

KEY = Key("Order#o1", "@")
ROW = Record(KEY, {"_v": {"N": "1"}, "_w": {"S": "w1"}})
ADD = Plan((Put(ROW, Absent()),), "w1")
NO_ANSWER = (DamagedAnswerError, ConnectionClosedError)
"""Who notices first that an answer is cut off: we, or the connection."""

each_transport = pytest.mark.parametrize("transport", get_args(TransportName))
damaged = pytest.mark.parametrize("fault", [Fault.TRUNCATE, Fault.WRONG_CRC], ids=str)


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[FaultProxy]:
    item = {**KEY.attributes, **ROW.attributes}
    upstream.body = json.dumps({"Item": item}).encode()
    with FaultProxy(upstream.endpoint_url, FaultSchedule.script()) as proxy:
        yield proxy


def reached(
    proxy: FaultProxy, *faults: Fault | None, attempts: int = 1, transport: TransportName = "auto"
) -> DynamoDBTable:
    proxy.schedule = FaultSchedule.script(*faults, calls=READS | WRITES)
    return DynamoDBTable("orders", proxy.client(attempts=attempts), transport=transport, sleep=lambda _: None)


@each_transport
def test_an_answer_that_matches_its_checksum_is_believed(proxy: FaultProxy, transport: TransportName) -> None:
    table = reached(proxy, transport=transport)
    assert table.read(KEY) == ROW
    assert table.transact(ADD) == Applied()


@each_transport
@damaged
def test_a_write_whose_answer_is_damaged_is_unknown(proxy: FaultProxy, fault: Fault, transport: TransportName) -> None:
    outcome = reached(proxy, fault, transport=transport).transact(ADD)
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.cause, NO_ANSWER)


@each_transport
@damaged
def test_a_read_whose_answer_is_damaged_says_that_none_came(
    proxy: FaultProxy, fault: Fault, transport: TransportName
) -> None:
    with pytest.raises(TableUnavailableError) as lost:
        reached(proxy, fault, transport=transport).read(KEY)
    assert isinstance(lost.value.__cause__, NO_ANSWER)


@each_transport
@damaged
def test_botocore_may_read_again_what_was_damaged(proxy: FaultProxy, fault: Fault, transport: TransportName) -> None:
    assert reached(proxy, fault, attempts=2, transport=transport).read(KEY) == ROW
    assert proxy.delivered["GetItem"] == 2


@each_transport
@pytest.mark.parametrize(("body", "whole"), [(b"{}", True), (b"", True), (b'{"Item', False), (b"<html>", False)])
def test_without_a_checksum_an_answer_is_whole_if_it_is_json(
    proxy: FaultProxy, upstream: Upstream, body: bytes, transport: TransportName, *, whole: bool
) -> None:
    upstream.body, upstream.has_checksum = body, False
    outcome = reached(proxy, transport=transport).transact(ADD)
    assert isinstance(outcome, Applied if whole else Unknown)


def test_a_client_may_be_given_to_several_tables(proxy: FaultProxy) -> None:
    table = reached(proxy, Fault.WRONG_CRC)
    DynamoDBTable("others", table.client)
    with pytest.raises(TableUnavailableError):
        table.read(KEY)
    assert table.read(KEY) == ROW
