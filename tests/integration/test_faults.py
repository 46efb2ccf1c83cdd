"""What each fault comes to, on the wire to DynamoDB Local."""

from collections.abc import Iterator

import pytest

from sst_repo import DynamoDBTable
from sst_repo.testing import DynamoDBLocal, FaultProxy, FaultSchedule
from tests.contract.faults import FaultContract, MakeFaulty
from tests.contract.faulty_repositories import FaultyRepositoryContract
from tests.contract.tables import OnDynamoDBLocal

pytestmark = pytest.mark.integration

HANG_TIMEOUT = 1.0
"""Seconds after which a client gives up; DynamoDB Local on a busy machine takes a part of one."""


@pytest.fixture(scope="module")
def proxy(dynamodb_local: DynamoDBLocal) -> Iterator[FaultProxy]:
    with FaultProxy(dynamodb_local.endpoint_url, FaultSchedule.script()) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def behind_proxy(proxy: FaultProxy) -> DynamoDBTable:
    return DynamoDBTable("", proxy.client(read_timeout=HANG_TIMEOUT))


class OnFaultyWire(OnDynamoDBLocal):
    @pytest.fixture
    def faulty(self, table: DynamoDBTable, behind_proxy: DynamoDBTable, proxy: FaultProxy) -> MakeFaulty:
        def make(schedule: FaultSchedule) -> DynamoDBTable:
            proxy.schedule = schedule
            behind_proxy.name = table.name
            return behind_proxy

        return make


class TestFaults(OnFaultyWire, FaultContract):
    pass


class TestFaultyRepositories(OnFaultyWire, FaultyRepositoryContract):
    pass
