"""Answers that we have received ourselves, as botocore takes them."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.hooks import first_non_none_response
from botocore.parsers import create_parser

from sst_repo.tables.dynamodb import checksums
from sst_repo.tables.dynamodb.checksums import DamagedAnswerError
from sst_repo.tables.dynamodb.transports.http.exchange import Answer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OK = 200
_FIRST_ERROR = 300


def is_good(answer: Answer) -> bool:
    """Tell whether an answer is whole, and says that the request was carried out."""
    return answer.status == _OK and is_believable(answer)


def is_believable(answer: Answer) -> bool:
    """Tell whether an answer is whole."""
    return answer.has_ended and checksums.is_whole(answer.body, checksum_of(answer))


def checksum_of(answer: Answer) -> str | None:
    """Return the checksum that an answer came with."""
    return answer.headers.get(checksums.HEADER)


def as_botocores(url: str, answer: Answer) -> AWSResponse:
    """Return an answer as botocore's own way of sending does."""
    headers: Any = answer.headers  # any mapping will do; the stubs want one kind
    return AWSResponse(url, answer.status, headers, _Stream(answer.body))


def offered(client: "DynamoDBClient", operation: str, url: str, request: bytes) -> Answer | None:
    """Offer a request to who listens to `before-send`, and return their answer if they have one."""
    head, _, body = request.partition(b"\r\n\r\n")
    headers = HTTPHeaders()
    for line in head.decode().split("\r\n")[1:]:
        name, _, value = line.partition(": ")
        headers[name] = value
    prepared = AWSPreparedRequest("POST", url, headers, body, stream_output=False)
    events: Any = client.meta.events
    response: AWSResponse | None = first_non_none_response(
        events.emit(f"before-send.dynamodb.{operation}", request=prepared)
    )
    if response is None:
        return None
    named = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return Answer(response.status_code, named, response.content, has_ended=True, is_kept=False)


class Refusals:
    """Makes errors of answers that are not good, as a client does."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._parser: Any = create_parser("json")
        self._service: Any = client.meta.service_model
        self._exceptions: Any = client.exceptions

    def error(self, operation: str, answer: Answer, retries: int) -> ClientError | DamagedAnswerError:
        """Return the error that an answer comes to, after so many retries."""
        if answer.status < _FIRST_ERROR or not is_believable(answer):
            return DamagedAnswerError()
        response = {
            "status_code": answer.status,
            "headers": answer.headers,
            "body": answer.body,
            "context": {"operation_name": operation},
        }
        parsed: dict[str, Any] = self._parser.parse(response, self._service.operation_model(operation).output_shape)
        code = parsed.get("Error", {}).get("Code")
        shape = self._service.shape_for_error_code(code)
        if shape is not None:
            parsed.update(self._parser.parse(response, shape))
        parsed.setdefault("ResponseMetadata", {})["RetryAttempts"] = retries
        error: ClientError = self._exceptions.from_code(code)(parsed, operation)
        return error


class _Stream(BytesIO):
    """A body that can be read once more, which is all that botocore wants of one."""

    def stream(self) -> Iterator[bytes]:
        """Return it in one piece."""
        yield self.read()
