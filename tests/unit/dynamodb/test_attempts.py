"""A commit is one attempt, whatever the client is told to do; reads are tried again as it is. By all transports."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import boto3
import pytest
from botocore.config import Config

from sst_repo import DynamoDBTable
from sst_repo.core.records import Absent, Applied, Contended, Delete, Key, Matches, Plan, Put, Record, Unknown
from sst_repo.errors import AccessDeniedError, TableUnavailableError
from sst_repo.tables.dynamodb.transports import TransportName
from sst_repo.testing import Fault, FaultProxy, FaultSchedule
from sst_repo.testing.faults import READS, WRITES
from tests.upstream import Upstream

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = Key("Order#o1", "@")
ROW = Record(KEY, {"_v": {"N": "1"}, "_w": {"S": "w1"}})
PLANS = {
    "PutItem": Plan((Put(ROW, Absent()),), "w1"),
    "DeleteItem": Plan((Delete(KEY, Matches(1, "w1")),), "w2"),
    "TransactWriteItems": Plan((Put(ROW, Absent()), Delete(Key("Order#o2", "@"), Matches(1, "w1"))), "w1"),
}
LOST = [
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.HANG,
    Fault.TRUNCATE,
    Fault.WRONG_CRC,
    Fault.LATE_DELIVERY,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
]
BUSY = [Fault.THROTTLE, Fault.CONFLICT]

# The transports have what decides in common; so not every one is tried in every mode.
each_way = pytest.mark.parametrize(
    ("transport", "mode"),
    [
        ("auto", "legacy"),
        ("auto", "standard"),
        ("auto", "adaptive"),
        ("botocore", "standard"),
        ("botocore", "adaptive"),
        ("direct", "standard"),
    ],
)
each_plan = pytest.mark.parametrize("operation", PLANS)


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[FaultProxy]:
    with FaultProxy(upstream.endpoint_url, FaultSchedule.script()) as proxy:
        yield proxy


@pytest.fixture
def client(proxy: FaultProxy, mode: Literal["legacy", "standard", "adaptive"]) -> "Iterator[DynamoDBClient]":
    client = boto3.client(
        "dynamodb",
        endpoint_url=proxy.endpoint_url,
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        config=Config(retries={"mode": mode, "total_max_attempts": 4}, read_timeout=0.5, proxies={}),
    )
    yield client
    client.close()


@each_way
@each_plan
@pytest.mark.parametrize("fault", [*LOST, *BUSY], ids=str)
def test_a_commit_that_fails_is_not_tried_again(
    client: "DynamoDBClient", transport: TransportName, proxy: FaultProxy, operation: str, fault: Fault
) -> None:
    proxy.schedule = FaultSchedule.script(*[fault] * 4)

    outcome = DynamoDBTable("orders", client, transport=transport).transact(PLANS[operation])

    assert outcome == (Contended() if fault in BUSY else Unknown())
    assert proxy.faults[fault] == 1


@each_way
@each_plan
def test_a_commit_that_succeeds_is_sent_once(
    client: "DynamoDBClient", transport: TransportName, upstream: Upstream, operation: str
) -> None:
    assert DynamoDBTable("orders", client, transport=transport).transact(PLANS[operation]) == Applied()
    assert [name for name, _ in upstream.requests] == [operation]


@each_way
def test_expired_credentials_surface_at_once(
    client: "DynamoDBClient", transport: TransportName, proxy: FaultProxy
) -> None:
    proxy.schedule = FaultSchedule.script(*[Fault.EXPIRED_CREDENTIALS] * 4)

    with pytest.raises(AccessDeniedError):
        DynamoDBTable("orders", client, transport=transport).transact(PLANS["PutItem"])
    assert proxy.faults[Fault.EXPIRED_CREDENTIALS] == 1


@each_way
def test_reads_and_the_users_own_writes_are_tried_again_as_configured(
    client: "DynamoDBClient", transport: TransportName, proxy: FaultProxy, upstream: Upstream
) -> None:
    table = DynamoDBTable("orders", client, transport=transport)
    for call in (
        lambda: table.read(KEY),
        lambda: client.put_item(TableName="other", Item=KEY.attributes),
    ):
        upstream.requests.clear()
        proxy.schedule = FaultSchedule.script(Fault.ERROR_BEFORE, Fault.DROP_BEFORE, calls=READS | WRITES)
        call()
        assert len(upstream.requests) == 1
        assert proxy.faults[Fault.ERROR_BEFORE] == proxy.faults[Fault.DROP_BEFORE] > 0


@each_way
@each_plan
def test_whatever_botocore_makes_of_answers_of_handlers_it_is_given_none_that_means_again(
    client: "DynamoDBClient", transport: TransportName, upstream: Upstream, operation: str
) -> None:
    # Up to 1.43.0 botocore took False for no seconds to wait, and sent for ever, also what had succeeded.
    answers: list[object] = []
    events: Any = client.meta.events
    emit = events.emit

    def note(event: str, **content: Any) -> Any:
        responses = emit(event, **content)
        if event.startswith("needs-retry"):
            answers.extend(answer for _, answer in responses)
        return responses

    events.emit = note
    table = DynamoDBTable("orders", client, transport=transport)
    events.register("before-send", lambda **_: None)
    assert table.transact(PLANS[operation]) == Applied()
    assert set(answers) <= {None}
    assert answers or transport == "direct"


@pytest.mark.parametrize(("transport", "mode"), [("auto", "standard"), ("direct", "standard")])
def test_reads_are_given_up_when_the_client_would(
    client: "DynamoDBClient", transport: TransportName, proxy: FaultProxy
) -> None:
    proxy.schedule = FaultSchedule.always(Fault.ERROR_BEFORE, calls=READS)

    with pytest.raises(TableUnavailableError):
        DynamoDBTable("orders", client, transport=transport, sleep=lambda _: None).read(KEY)
    assert proxy.faults[Fault.ERROR_BEFORE] == 4


@pytest.mark.parametrize("mode", ["standard"])
def test_a_commit_of_one_thread_leaves_the_calls_of_others_alone(
    client: "DynamoDBClient", proxy: FaultProxy, upstream: Upstream
) -> None:
    table = DynamoDBTable("orders", client)
    proxy.schedule = FaultSchedule.script(Fault.HANG)
    commit = threading.Thread(target=table.transact, args=(PLANS["PutItem"],))
    commit.start()
    while not proxy.faults[Fault.HANG]:
        pass
    proxy.schedule = FaultSchedule.script(Fault.ERROR_BEFORE, calls=READS)

    table.read(KEY)

    commit.join()
    assert [name for name, _ in upstream.requests].count("GetItem") == 1


@pytest.mark.parametrize("mode", ["standard"])
def test_tables_can_share_a_client(client: "DynamoDBClient", proxy: FaultProxy) -> None:
    tables = [DynamoDBTable(name, client) for name in ("orders", "customers")]
    proxy.schedule = FaultSchedule.script(Fault.ERROR_AFTER, Fault.ERROR_AFTER)

    assert [table.transact(PLANS["PutItem"]) for table in tables] == [Unknown(), Unknown()]
    assert proxy.faults[Fault.ERROR_AFTER] == 2
