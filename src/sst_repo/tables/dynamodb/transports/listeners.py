"""Who besides botocore takes part in a client's calls.

Hooks, stubs and patched methods see the calls of a client, and may change them. A short cut would bypass them, so each
call asks first. botocore tells nobody who listens, so this looks inside its emitter; where that looks otherwise than
expected, everybody is taken to listen, and nothing is cut short.
"""

from enum import IntEnum
from inspect import unwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from sst_repo.tables.dynamodb.transports.operations import Operation


class Interest(IntEnum):
    """What others want to see of a call.

    Attributes:
        NONE: Nothing: nobody listens.
        REQUEST: The request as it goes out, and that something came back.
        CONTENT: The parameters, or the answer, as Python objects.
    """

    NONE = 0
    REQUEST = 1
    CONTENT = 2


_EVENTS = {
    "provide-client-params": Interest.CONTENT,
    "before-parameter-build": Interest.CONTENT,
    "before-endpoint-resolution": Interest.CONTENT,
    "before-call": Interest.CONTENT,
    "choose-signer": Interest.REQUEST,
    "request-created": Interest.REQUEST,
    "before-sign": Interest.REQUEST,
    "before-send": Interest.REQUEST,
    "before-parse": Interest.CONTENT,
    "response-received": Interest.CONTENT,
    "needs-retry": Interest.CONTENT,
    "after-call": Interest.CONTENT,
    "after-call-error": Interest.REQUEST,
}

_EVERYDAY = {
    "botocore.handlers",
    "botocore.retries.standard",
    "botocore.retryhandler",
    "botocore.signers",
    "botocore.useragent",
}
"""Whose handlers every client has. Others of botocore (adaptive retries, endpoint discovery, the Stubber) count as
somebody's."""

_BLIND = {"botocore.retries.adaptive"}
"""Who has no eyes for parameters and answers, whatever they listen to."""

_ON_EVERY_CLIENT = "block_endpoint_discovery_required_operations"
"""Of `botocore.discovery` the one that refuses to do without; DynamoDB can."""

_OURS = __name__.rpartition(".transports")[0]


class Listeners:
    """Knows who takes part in the calls of a client. Asking costs next to nothing while nothing changes."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client: Any = client
        self._class: Any = type(client)
        self._make_api_call = getattr(self._class, "_make_api_call", None)
        self._is_patched = not _is_botocores(self._make_api_call)
        events: Any = client.meta.events
        self._emitter: Any = getattr(events, "_emitter", events)
        self._registered: object = None
        self._known: dict[str, Interest] = {}
        self._sending: dict[str, bool] = {}

    def interest(self, operation: "Operation") -> Interest:
        """Say what others want to see of a call."""
        own = self._client.__dict__
        if (
            self._is_patched
            or self._class._make_api_call is not self._make_api_call  # noqa: SLF001 - whether it is still the one
            or "_make_api_call" in own
            or operation.method in own
        ):
            return Interest.CONTENT
        self._refresh()
        known = self._known.get(operation.name)
        if known is None:
            known = self._known[operation.name] = self._interest(operation.name)
        return known

    def see_sending(self, operation: str) -> bool:
        """Tell whether anybody but us listens to `before-send`."""
        self._refresh()
        known = self._sending.get(operation)
        if known is None:
            handlers = self._handlers(f"before-send.dynamodb.{operation}")
            known = self._sending[operation] = handlers is None or not all(map(_is_everyday, handlers))
        return known

    def _refresh(self) -> None:
        """Forget what is known if handlers came or went: the emitter then begins a new cache."""
        registered = getattr(self._emitter, "_lookup_cache", None)
        if registered is None or registered is not self._registered:
            self._known, self._sending = {}, {}
            self._registered = registered

    def _interest(self, operation: str) -> Interest:
        highest = Interest.NONE
        for event, interest in _EVENTS.items():
            handlers = self._handlers(f"{event}.dynamodb.{operation}")
            if handlers is None:
                return Interest.CONTENT
            for handler in handlers:
                if not _is_everyday(handler):
                    highest = max(highest, Interest.REQUEST if _module(handler) in _BLIND else interest)
        return highest

    def _handlers(self, event: str) -> list[object] | None:
        try:
            return list(self._emitter._handlers.prefix_search(event))  # noqa: SLF001 - see above
        except (AttributeError, TypeError):
            return None


def _is_everyday(handler: object) -> bool:
    module = _module(handler)
    return (
        module in _EVERYDAY or module.startswith(f"{_OURS}.") or getattr(handler, "__name__", None) == _ON_EVERY_CLIENT
    )


def _module(handler: object) -> str:
    return getattr(handler, "__module__", None) or ""


def _is_botocores(method: object) -> bool:
    """Tell whether it is botocore's own function, not something that others wrapped around it."""
    code = getattr(method, "__code__", None)
    inner = getattr(unwrap(method), "__code__", None) if callable(method) else None
    own = {"client.py", "context.py"}
    return all(
        found is not None and any(found.co_filename.endswith(f"botocore/{name}") for name in own)
        for found in (code, inner)
    )
