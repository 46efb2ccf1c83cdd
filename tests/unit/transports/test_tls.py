"""Servers prove who they are, against what the client is told to check them with."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sst_repo import DynamoDBTable
from sst_repo.core.records import Key
from sst_repo.errors import TableUnavailableError
from sst_repo.tables.dynamodb.transports.http.connections import Connection, Opener
from sst_repo.tables.dynamodb.transports.http.pool import Pool
from tests.upstream import Upstream

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

each_transport = pytest.mark.parametrize("transport", ["auto", "direct"])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, with its key, that proves a server to be at 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def secured(certificate: Path) -> Iterator[Upstream]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Upstream() as server:
        server.body = b"{}"
        server.socket = context.wrap_socket(server.socket, server_side=True)
        # Those who end a handshake in horror are no news.
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=ThreadingHTTPServer.serve_forever, args=[server, 0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def sent_by_us(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The endpoints we have sent something to."""
    sent: list[str] = []
    send = Pool.send

    def note(pool: Pool, *args: Any, **kwargs: Any) -> Any:
        sent.append(pool._url)
        return send(pool, *args, **kwargs)

    monkeypatch.setattr(Pool, "send", note)
    return sent


def client_of(server: Upstream, *, verify: Any, host: str = "127.0.0.1") -> "DynamoDBClient":
    return boto3.session.Session().client(
        "dynamodb",
        endpoint_url=f"https://{host}:{server.server_address[1]}",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - none
        verify=verify,
        config=Config(retries={"total_max_attempts": 1}, proxies={}, connect_timeout=5, read_timeout=5),
    )


def read(client: "DynamoDBClient", transport: Any) -> None:
    DynamoDBTable("orders", client, transport=transport).read(Key("Order#o1", "@"))


@each_transport
def test_a_server_that_the_clients_bundle_vouches_for_is_trusted(
    secured: Upstream, certificate: Path, sent_by_us: list[str], transport: str
) -> None:
    read(client_of(secured, verify=str(certificate)), transport)
    assert len(secured.requests) == len(sent_by_us) == 1


@each_transport
def test_a_connection_is_used_again_whatever_tls_has_to_say_of_its_own(
    secured: Upstream, certificate: Path, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    open_ = Opener.open

    def note(opener: Opener) -> Connection:
        opened.append(opener)
        return open_(opener)

    monkeypatch.setattr(Opener, "open", note)
    client = client_of(secured, verify=str(certificate))
    for _ in range(5):
        read(client, transport)
    assert (len(secured.requests), len(opened)) == (5, 1)


@each_transport
def test_a_bundle_may_come_from_the_environment(
    secured: Upstream, certificate: Path, sent_by_us: list[str], transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    read(client_of(secured, verify=None), transport)
    assert len(sent_by_us) == 1


@each_transport
def test_a_server_that_nobody_vouches_for_is_not_spoken_to(
    secured: Upstream, sent_by_us: list[str], transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with pytest.raises(TableUnavailableError) as failed:
        read(client_of(secured, verify=True), transport)
    assert isinstance(failed.value.__cause__, SSLError)
    assert secured.requests == []
    assert len(sent_by_us) == 1


@each_transport
def test_a_server_of_another_name_is_not_spoken_to(secured: Upstream, certificate: Path, transport: str) -> None:
    with pytest.raises(TableUnavailableError) as failed:
        read(client_of(secured, verify=str(certificate), host="localhost"), transport)
    assert isinstance(failed.value.__cause__, SSLError)
    assert secured.requests == []


@each_transport
def test_a_client_that_checks_nothing_speaks_to_anybody(
    secured: Upstream, sent_by_us: list[str], transport: str
) -> None:
    read(client_of(secured, verify=False), transport)
    assert len(secured.requests) == len(sent_by_us) == 1
