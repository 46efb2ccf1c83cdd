"""A tiny server that stands where DynamoDB would."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

BODY = json.dumps({"Attributes": {"name": {"S": "Ångström"}}}).encode()


class Upstream(ThreadingHTTPServer):
    """Answers every request alike, and remembers it."""

    daemon_threads = True

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.body = BODY
        self.has_checksum = True
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream  # pyright: ignore[reportIncompatibleVariableOverride] - no other server makes these

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.headers["X-Amz-Target"].rpartition(".")[2], json.loads(content)))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        if self.server.has_checksum:
            self.send_header("x-amz-crc32", str(crc32(self.server.body)))
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass
