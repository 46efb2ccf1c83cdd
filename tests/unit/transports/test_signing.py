"""Our signatures are those that botocore makes."""

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from botocore import auth as botocore_auth
from botocore.awsrequest import AWSRequest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.tables.dynamodb.transports.signing import Head, Scope, Signer, host_of

AUTH: Any = botocore_auth  # what is private in it has no types


class Frozen(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None = None


HEADERS = {
    "X-Amz-Target": "DynamoDB_20120810.GetItem",
    "Content-Type": "application/x-amz-json-1.0",
    "User-Agent": "Boto3/1 md/Botocore#1",
}
printable = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
tokens = st.none() | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200)
credentials = st.builds(Frozen, printable, st.text(max_size=60), tokens)
urls = st.sampled_from(
    [
        "https://dynamodb.eu-west-1.amazonaws.com/",
        "https://dynamodb.eu-west-1.amazonaws.com:443/",
        "http://LOCALHOST:8000/",
        "http://127.0.0.1:80/",
        "http://[::1]:8000/",
        "https://123456789012.ddb.eu-west-1.amazonaws.com/",
    ]
)


def botocores(
    url: str, headers: dict[str, str], scope: Scope, credentials: Frozen, body: bytes, moment: datetime
) -> dict[str, str]:
    request = AWSRequest("POST", url, headers, body)
    request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
    with patch.object(AUTH, "get_current_datetime", lambda: moment):
        AUTH.SigV4Auth(credentials, scope.service, scope.region).add_auth(request)
    return {name: str(value) for name, value in request.headers.items()}


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return {name: value for name, _, value in (line.partition(": ") for line in lines[1:])}


SIGNER = Signer()


@given(
    url=urls,
    scope=st.builds(Scope, printable, st.sampled_from(["dynamodb", "other"])),
    credentials=credentials,
    body=st.binary(max_size=200),
    moment=moments,
    target=printable,
)
def test_a_request_is_signed_as_botocore_signs_it(
    url: str, scope: Scope, credentials: Frozen, body: bytes, moment: datetime, target: str
) -> None:
    headers = {**HEADERS, "X-Amz-Target": target}
    with patch("time.time", moment.timestamp):
        # One signer for all examples: what it keeps is of those before.
        ours = headers_of(SIGNER.request(Head(url, headers), scope, credentials, body))
        again = headers_of(SIGNER.request(Head(url, headers), scope, credentials, body))

    theirs = botocores(url, headers, scope, credentials, body, moment)
    assert ours == again
    assert {name: ours.get(name) for name in theirs} == theirs


def test_the_whole_request() -> None:
    request = Signer().request(Head("http://127.0.0.1:8000/", HEADERS), Scope("r", "s"), Frozen("a", "b"), b"{}")
    assert re.fullmatch(
        r"POST / HTTP/1\.1\r\nHost: 127\.0\.0\.1:8000\r\nAccept-Encoding: identity\r\n"
        r"X-Amz-Target: DynamoDB_20120810\.GetItem\r\nContent-Type: application/x-amz-json-1\.0\r\n"
        r"User-Agent: Boto3/1 md/Botocore#1\r\nX-Amz-Date: \d{8}T\d{6}Z\r\nAuthorization: AWS4-HMAC-SHA256 [^\r]+\r\n"
        r"Content-Length: 2\r\n\r\n\{\}",
        request.decode(),
    )


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "a\nb", "a\0b"])
def test_nothing_that_begins_another_header_gets_into_a_request(value: str) -> None:
    head, scope = Head("http://127.0.0.1:8000/", HEADERS), Scope("r", "s")
    for credentials in (Frozen(value, "b"), Frozen("a", "b", value)):
        with pytest.raises(ValueError, match="one line"):
            Signer().request(head, scope, credentials, b"")
    with pytest.raises(ValueError, match="one line"):
        Head("http://127.0.0.1:8000/", {**HEADERS, "User-Agent": value})


@given(urls)
def test_the_host_is_the_one_that_botocore_signs(url: str) -> None:
    assert host_of(url) == AUTH._host_from_url(url)
