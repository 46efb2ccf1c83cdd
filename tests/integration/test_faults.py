"""What each fault comes to, on the wire to DynamoDB Local."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sst_repo import DynamoDBTable
from sst_repo.testing import DynamoDBLocal, Fault, FaultProxy, FaultSchedule
from tests.contract.faults import FaultContract, MakeFaulty
from tests.contract.faulty_repositories import FaultyRepositoryContract
from tests.contract.tables import OnDynamoDBLocal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def proxy(dynamodb_local: DynamoDBLocal) -> Iterator[FaultProxy]:
    with FaultProxy(dynamodb_local.endpoint_url, FaultSchedule.script()) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def patient(proxy: FaultProxy) -> "DynamoDBClient":
    return proxy.client(read_timeout=30)


@pytest.fixture(scope="module")
def impatient(proxy: FaultProxy) -> "DynamoDBClient":
    return proxy.client(read_timeout=1)


class OnFaultyWire(OnDynamoDBLocal):
    @pytest.fixture
    def faulty(
        self,
        request: pytest.FixtureRequest,
        table: DynamoDBTable,
        patient: "DynamoDBClient",
        impatient: "DynamoDBClient",
        proxy: FaultProxy,
    ) -> Iterator[MakeFaulty]:
        # Where no hang is to be ended, a slow server is to be waited for.
        hangs = request.node.callspec.params.get("fault") is Fault.HANG if hasattr(request.node, "callspec") else False
        chosen = impatient if hangs else patient

        def make(schedule: FaultSchedule) -> DynamoDBTable:
            proxy.schedule = schedule
            return DynamoDBTable(table.name, chosen, transport=self.transport, sleep=lambda _: None)

        yield make
        # The next test may be lent the same table.
        proxy.deliver_late()


class TestFaults(OnFaultyWire, FaultContract):
    pass


class TestFaultsThroughBotocore(OnFaultyWire, FaultContract):
    transport = "botocore"


class TestFaultsDirectly(OnFaultyWire, FaultContract):
    transport = "direct"


class TestFaultyRepositories(OnFaultyWire, FaultyRepositoryContract):
    pass
