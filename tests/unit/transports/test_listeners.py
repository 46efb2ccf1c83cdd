"""Who takes part in a client's calls, found out from inside botocore, and believed only where it looks as expected."""

import functools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.hooks import HierarchicalEmitter

from sst_repo import DynamoDBTable
from sst_repo.tables.dynamodb.transports.listeners import Interest, Listeners
from sst_repo.tables.dynamodb.transports.operations import OPERATIONS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

GET = OPERATIONS["GetItem"]


def client_of(**settings: Any) -> "DynamoDBClient":
    return boto3.session.Session().client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        config=Config(**settings),
    )


def interest(client: Any) -> Interest:
    return Listeners(client).interest(GET)


@pytest.mark.parametrize("mode", ["legacy", "standard"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)
def test_to_an_everyday_client_nobody_listens_not_even_we(mode: Any, operation: Any) -> None:
    client = client_of(retries={"mode": mode})
    DynamoDBTable("orders", client)
    listeners = Listeners(client)
    assert listeners.interest(operation) is Interest.NONE
    assert not listeners.see_sending(operation.name)


def test_adaptive_retries_and_endpoint_discovery_count_as_somebody() -> None:
    assert interest(client_of(retries={"mode": "adaptive"})) is Interest.REQUEST
    assert interest(client_of(endpoint_discovery_enabled=True)) is not Interest.NONE


def test_who_comes_and_goes_is_noticed() -> None:
    client = client_of()
    listeners = Listeners(client)

    def listener(**_: object) -> None:
        pass

    for event, expected in (("before-send", Interest.REQUEST), ("after-call.dynamodb", Interest.CONTENT)):
        client.meta.events.register(event, listener)
        assert listeners.interest(GET) is expected
        assert listeners.see_sending("GetItem") is (event == "before-send")
        client.meta.events.unregister(event, listener)
        assert listeners.interest(GET) is Interest.NONE


@pytest.mark.parametrize("listener", [functools.partial(print), print, lambda **_: None])
def test_whatever_kind_of_callable_a_listener_is(listener: Any) -> None:
    client = client_of()
    client.meta.events._emitter._handlers.append_item("before-call", listener)  # type: ignore[attr-defined]
    assert interest(client) is Interest.CONTENT


def test_an_emitter_that_looks_otherwise_is_believed_to_have_listeners() -> None:
    class Emitter:
        pass

    class Client:
        _make_api_call = BaseClient._make_api_call  # type: ignore[attr-defined]
        meta = SimpleNamespace(events=Emitter())

    class KnownClient(Client):
        meta = SimpleNamespace(events=HierarchicalEmitter())

    assert interest(Client()) is Interest.CONTENT
    assert Listeners(Client()).see_sending("GetItem")  # type: ignore[arg-type]
    assert interest(KnownClient()) is Interest.NONE


class Proxy:
    """A wrapper that passes itself off as what it wraps, as those of tracing tools do."""

    def __init__(self, wrapped: Any) -> None:
        self.__wrapped__ = wrapped

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def __get__(self, instance: object, owner: type) -> Any:
        return self if instance is None else self.__wrapped__.__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)


def wrapper(wrapped: Any) -> Any:
    @functools.wraps(wrapped)
    def call(*args: Any, **kwargs: Any) -> Any:
        return wrapped(*args, **kwargs)

    return call


@pytest.mark.parametrize("wrap", [Proxy, wrapper])
def test_a_method_that_was_wrapped_before_or_after_is_noticed(wrap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of()
    before = Listeners(client)
    assert before.interest(GET) is Interest.NONE
    monkeypatch.setattr(BaseClient, "_make_api_call", wrap(BaseClient._make_api_call))  # type: ignore[attr-defined]
    assert before.interest(GET) is Interest.CONTENT
    assert interest(client) is Interest.CONTENT
