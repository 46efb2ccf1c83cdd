"""Who besides botocore takes part in a client's calls.

Hooks, stubs and patched methods see the calls of a client, and may change them. A short cut would bypass them, so each
call asks first. botocore tells nobody who listens, so this looks inside its emitter; where that looks otherwise than
expected, everybody is taken to listen, and nothing is cut short.
"""

from enum import IntEnum
from inspect import unwrap
from types import FunctionType
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


class _Known:
    """What was found out while these handlers were registered."""

    def __init__(self, registered: object) -> None:
        self.registered = registered
        self.interests: dict[str, Interest] = {}
        self.see_sending: dict[str, bool] = {}


class Listeners:
    """Knows who takes part in the calls of a client. Asking costs next to nothing while nothing changes."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client: Any = client
        self._class: Any = type(client)
        self._make_api_call = getattr(self._class, "_make_api_call", None)
        self._is_patched = not _is_botocores(self._make_api_call)
        events: Any = client.meta.events
        self._emitter: Any = getattr(events, "_emitter", events)
        self._known = _Known(None)

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
        known = self._current().interests
        if operation.name not in known:
            known[operation.name] = self._interest(operation.name)
        return known[operation.name]

    def see_sending(self, operation: str) -> bool:
        """Tell whether anybody but us listens to `before-send`."""
        known = self._current().see_sending
        if operation not in known:
            handlers = self._handlers(f"before-send.dynamodb.{operation}")
            known[operation] = handlers is None or not all(map(_is_everyday, handlers))
        return known[operation]

    def _current(self) -> "_Known":
        """Return what is known, or begin anew if handlers came or went: the emitter then begins a new cache."""
        registered = getattr(self._emitter, "_lookup_cache", None)
        known = self._known
        if registered is None or registered is not known.registered:
            known = self._known = _Known(registered)
        return known

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
    """Tell whether it is botocore's own function, not something that others wrapped around it.

    Wrappers pass themselves off as what they wrap; but not to `type`, and not as to where they were defined.
    """
    return type(method) is FunctionType and all(
        getattr(found, "__globals__", {}).get("__name__", "").startswith("botocore.")
        for found in (method, unwrap(method))
    )
