"""What a GetItem costs the client in CPU, by transport and by way of sending: `python -m benchmarks.http_layers`.

A server in a process of its own answers every request alike. The rounds of all contestants are interleaved; medians.
"""

import http.client
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any
from zlib import crc32

import boto3.session
import urllib3
from botocore.config import Config

from sst_repo.tables.dynamodb import attempts, checksums
from sst_repo.tables.dynamodb.transports import transport_of
from sst_repo.tables.dynamodb.transports.http.connections import Line
from sst_repo.tables.dynamodb.transports.http.pool import Pool
from sst_repo.tables.dynamodb.transports.signing import Head, Scope, Signer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROUNDS = 15
CALLS = 200
TABLE = "orders"
KEY = {"pk": {"S": "Order#1"}, "sk": {"S": "@"}}
ASKED = json.dumps({"TableName": TABLE, "Key": KEY, "ConsistentRead": True}).encode()
ITEM = {**KEY, **{f"field{number}": {"S": "some words that make up about 1 KB " * 2} for number in range(12)}}
BODY = json.dumps({"Item": ITEM}).encode()
ANSWER = (
    f"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(BODY)}\r\nConnection: keep-alive\r\n"
    f"x-amzn-RequestId: {'A' * 52}\r\nx-amz-crc32: {crc32(BODY)}\r\n\r\n"
).encode() + BODY


class Handler(StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
            if line == b"\r\n":
                self.rfile.read(length)
                self.wfile.write(ANSWER)


class Server(ThreadingTCPServer):
    daemon_threads = True


def serve(tell: Connection) -> None:
    with Server(("127.0.0.1", 0), Handler) as server:
        tell.send(server.server_address[1])
        server.serve_forever()


def client_of(url: str) -> "DynamoDBClient":
    return boto3.session.Session().client(
        "dynamodb",
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 - opens nothing
        config=Config(proxies={}),
    )


def contestants(port: int) -> dict[str, Callable[[], object]]:
    url = f"http://127.0.0.1:{port}"
    plain: Any = client_of(url)
    found: dict[str, Callable[[], object]] = {
        "boto3 client": lambda: plain.get_item(TableName=TABLE, Key=KEY, ConsistentRead=True)
    }
    for name in ("botocore", "auto", "direct"):
        client = client_of(url)
        checksums.verify(client)
        attempts.limit(client)
        transport = transport_of(client, name, sleep=time.sleep)  # type: ignore[arg-type]
        found[f'transport="{name}"'] = lambda transport=transport: transport.call("GetItem", TABLE, ASKED)  # type: ignore[misc]
    return found | layers(url, port, plain)


def layers(url: str, port: int, client: Any) -> dict[str, Callable[[], object]]:
    """Sign alike, and send by each of the layers."""
    headers = {
        "X-Amz-Target": "DynamoDB_20120810.GetItem",
        "Content-Type": "application/x-amz-json-1.0",
        "User-Agent": "bench",
    }
    signer, head, scope = Signer(), Head(f"{url}/", headers), Scope("eu-west-1", "dynamodb")
    credentials = client._request_signer._credentials.get_frozen_credentials()  # noqa: SLF001 - any will do
    own = Pool(Line(f"{url}/", 5, 5), 10)
    urllib3_pool = urllib3.HTTPConnectionPool("127.0.0.1", port)
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def signed() -> bytes:
        return signer.request(head, scope, credentials, ASKED)

    def as_headers(request: bytes) -> dict[str, str]:
        lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[2:]
        return {name: value for name, _, value in (line.partition(": ") for line in lines)}

    # Taken apart once: a signer for these layers would make headers rather than bytes, at the same cost.
    parted = as_headers(signed())

    def by_http_client() -> bytes:
        signed()
        connection.request("POST", "/", ASKED, parted)
        return connection.getresponse().read()

    def by_urllib3() -> bytes:
        signed()
        return urllib3_pool.urlopen("POST", "/", body=ASKED, headers=parted, retries=False, decode_content=False).data

    return {
        "signature alone": signed,
        "own exchange and pool": lambda: own.send(signed(), again=True),
        "http.client, one connection": by_http_client,
        "urllib3": by_urllib3,
    }


def main() -> None:
    context = multiprocessing.get_context("spawn")
    hear, tell = context.Pipe(duplex=False)
    server = context.Process(target=serve, args=[tell], daemon=True)
    server.start()
    runs = contestants(hear.recv())
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            began = time.process_time()
            for _ in range(CALLS):
                run()
            taken[name].append((time.process_time() - began) / CALLS)
    server.terminate()
    base = statistics.median(taken["boto3 client"])
    print(f"{'GetItem of 1 KB, no decoding by us':36}{'µs CPU':>8}{'ratio':>8}")
    for name, times in taken.items():
        print(f"{name:36}{statistics.median(times) * 1e6:8.0f}{statistics.median(times) / base:8.3f}")


if __name__ == "__main__":
    main()
