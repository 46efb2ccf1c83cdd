"""Whether something at an address is DynamoDB and answers."""

import http.client
import socket
from urllib.parse import urlsplit

_TIMEOUT = 10.0
_REQUEST_HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    # DynamoDB Local looks for a signature but does not check it.
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=none",
}


def answers(endpoint_url: str, *, origin: str | None = None) -> bool:
    """Whether a ListTables there succeeds.

    Args:
        endpoint_url: Where to ask.
        origin: The one web origin that the server meant was told to allow; another server does not count.

    Raises:
        ValueError: That is no http or https URL.
    """
    parts = urlsplit(endpoint_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = f"{endpoint_url!r} is no http or https URL"
        raise ValueError(message)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname, parts.port, timeout=_TIMEOUT)
    headers = _REQUEST_HEADERS if origin is None else {**_REQUEST_HEADERS, "Origin": origin}
    try:
        connection.request("POST", parts.path or "/", b"{}", headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return response.status == http.HTTPStatus.OK and (
        origin is None or response.getheader("Access-Control-Allow-Origin") == origin
    )


def free_port() -> int:
    """A TCP port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen at the TCP port at this moment.

    Args:
        port: The port.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        # As servers do: connections that were closed a moment ago are in nobody's way.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
