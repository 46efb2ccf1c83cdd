"""What a transport is: a way for bodies to DynamoDB and back."""

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

TransportName: TypeAlias = Literal["auto", "botocore", "direct"]


class Transport(Protocol):
    """Carries requests to DynamoDB: bytes in, bytes out. Safe to share between threads."""

    def call(
        self,
        operation: str,
        table: str,
        body: bytes,
        *,
        once: bool = False,
        retried: Callable[[int], object] | None = None,
    ) -> bytes:
        """Send a request, and return the body of the answer as it came.

        Args:
            operation: Such as `GetItem`.
            table: The table that the request is about.
            body: The request, in DynamoDB JSON.
            once: Never send it a second time, whatever became of the first.
            retried: Is told how many times it was sent again, as far as that is known; perhaps several times.

        Raises:
            ClientError: DynamoDB refused; `response` is as botocore parses it.
            BotoCoreError: No answer came, or none that can be believed.
        """
        ...
