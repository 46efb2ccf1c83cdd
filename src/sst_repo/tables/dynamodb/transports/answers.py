"""Answers that we have received ourselves, as botocore takes them."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse

from sst_repo.tables.dynamodb import checksums
from sst_repo.tables.dynamodb.transports.http.exchange import Answer

_OK = 200


def is_good(answer: Answer) -> bool:
    """Tell whether an answer is whole, and says that the request was carried out."""
    return answer.status == _OK and answer.has_ended and checksums.is_whole(answer.body, checksum_of(answer))


def checksum_of(answer: Answer) -> str | None:
    """Return the checksum that an answer came with."""
    return answer.headers.get(checksums.HEADER)


def as_botocores(url: str, answer: Answer) -> AWSResponse:
    """Return an answer as botocore's own way of sending does."""
    headers: Any = answer.headers  # any mapping will do; the stubs want one kind
    return AWSResponse(url, answer.status, headers, _Stream(answer.body))


class _Stream(BytesIO):
    """A body that can be read once more, which is all that botocore wants of one."""

    def stream(self) -> Iterator[bytes]:
        """Return it in one piece."""
        yield self.read()
