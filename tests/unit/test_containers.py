"""The container: one table for everybody, where the configuration says."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import boto3
import pytest
from dependency_injector import providers

from sst_repo import (
    Clock,
    DynamoDBTable,
    IdFactory,
    InMemoryTable,
    Repository,
    Resource,
    TableError,
    TableRepository,
    UnitOfWork,
)
from sst_repo.containers import PersistenceContainer
from sst_repo.core.layout import secondary_indexes
from sst_repo.core.projections import Projection
from sst_repo.core.queries import Query


class Coin(Resource):
    worth: Decimal


class PurseUnitOfWork(UnitOfWork):
    coins: Repository[Coin]


class Purse:
    def __init__(self, coins: Repository[Coin], unit_of_work: providers.Provider[PurseUnitOfWork]) -> None:
        self.coins = coins
        self.unit_of_work = unit_of_work


class PurseContainer(PersistenceContainer):
    table = PersistenceContainer.table
    clock = PersistenceContainer.clock
    ids = PersistenceContainer.ids

    coins: providers.Provider[Repository[Coin]] = providers.Factory(
        TableRepository[Coin], Coin, table, clock=clock, ids=ids
    )
    unit_of_work = providers.Factory(PurseUnitOfWork, table, clock=clock, ids=ids)
    purse = providers.Factory(Purse, coins, unit_of_work=unit_of_work.provider)


class Noon(Clock):
    def now(self) -> datetime:
        return datetime(2026, 3, 2, 12, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        pass


class Counting(IdFactory):
    def __init__(self) -> None:
        self.made = 0

    def new_id(self) -> str:
        self.made += 1
        return str(self.made)


def dynamodb_client(endpoint_url: str = "https://nowhere.invalid") -> object:
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - it opens nothing
    )


def has_index(container: PersistenceContainer, number: int) -> bool:
    try:
        container.table().query(Query(secondary_indexes(number)[-1], "anything"))
    except TableError:
        return False
    return True


@pytest.fixture
def no_aws_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients made from the environment find credentials that open nothing, and no region."""
    for variable in (
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_DYNAMODB",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")


class TestTheBackend:
    def test_is_memory_unless_configured(self) -> None:
        assert isinstance(PurseContainer().table(), InMemoryTable)

    @pytest.mark.parametrize("configuration", [{"backend": "memory"}, {"backend": None}, {}])
    def test_is_memory_by_configuration(self, configuration: dict[str, object]) -> None:
        assert isinstance(PurseContainer(config=configuration).table(), InMemoryTable)

    def test_is_dynamodb_by_configuration(self, no_aws_settings: None) -> None:
        container = PurseContainer()
        container.config.backend.from_value("dynamodb")
        container.config.table_name.from_value("purse")
        container.config.endpoint_url.from_value("http://localhost:8000")
        container.config.region.from_value("eu-central-1")

        table = container.table()

        assert isinstance(table, DynamoDBTable)
        assert table.name == "purse"
        assert table.client.meta.endpoint_url == "http://localhost:8000"
        assert table.client.meta.region_name == "eu-central-1"

    def test_can_come_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PURSE_BACKEND", "dynamodb")
        monkeypatch.setenv("PURSE_GSIS", "3")
        container = PurseContainer()
        container.config.backend.from_env("PURSE_BACKEND")
        container.config.gsis.from_env("PURSE_GSIS")
        container.client.override(dynamodb_client())

        assert isinstance(container.table(), DynamoDBTable)

    @pytest.mark.parametrize("transport", ["auto", "botocore", "direct", None])
    def test_takes_the_transport_by_configuration(self, no_aws_settings: None, transport: str | None) -> None:
        settings = {"backend": "dynamodb", "region": "eu-central-1", "transport": transport}
        table = PurseContainer(config=settings).table()

        assert isinstance(table, DynamoDBTable)
        assert table.transport == (transport or "auto")

    def test_refuses_a_transport_that_there_is_not(self, no_aws_settings: None) -> None:
        with pytest.raises(ValueError, match="direct"):
            PurseContainer(config={"backend": "dynamodb", "region": "eu-central-1", "transport": "pigeon"}).table()

    def test_that_is_unknown_is_refused_by_name_with_those_that_are_known(self) -> None:
        container = PurseContainer()
        container.config.backend.from_value("abacus")

        with pytest.raises(ValueError, match=r"`backend` is one of \('memory', 'dynamodb'\), not 'abacus'"):
            container.table()

    @pytest.mark.parametrize("gsis", [2, "2"])
    def test_has_as_many_indexes_as_configured(self, gsis: object) -> None:
        ample, scarce = PurseContainer(), PurseContainer(config={"gsis": gsis})

        assert [has_index(ample, number) for number in (5, 6)] == [True, False]
        assert [has_index(scarce, number) for number in (2, 3)] == [True, False]

    @pytest.mark.parametrize("gsis", [[1, 3], ["1", "3"], (3, 1)])
    def test_has_the_indexes_with_the_numbers_configured(self, gsis: object) -> None:
        container = PurseContainer(config={"gsis": gsis})

        assert [has_index(container, number) for number in (1, 2, 3)] == [True, False, True]

    @pytest.mark.parametrize("backend", ["memory", "dynamodb"])
    def test_indexes_hold_what_is_configured(self, backend: str) -> None:
        projections = {"listing": "keys", "1": ["status"], 2: "all"}
        container = PurseContainer(config={"backend": backend, "projections": projections})
        container.client.override(dynamodb_client())

        assert container.table().projections == {
            "listing": Projection(),
            "gsi1": Projection(frozenset({"status"})),
        }

    def test_options_that_are_left_out_keep_their_defaults_when_the_configuration_is_given_whole(self) -> None:
        container = PurseContainer(config={"backend": "dynamodb"})
        container.client.override(dynamodb_client())

        table = container.table()

        assert isinstance(table, DynamoDBTable)
        assert table.name == "sst-repo"

    def test_memory_does_not_load_boto3(self) -> None:
        program = (
            "import sys; from sst_repo.containers import PersistenceContainer; PersistenceContainer().table();"
            "print(*sys.modules)"
        )
        process = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)

        loaded = {module.partition(".")[0] for module in process.stdout.split()}
        assert loaded & {"boto3", "botocore"} == set()


class TestTheTable:
    def test_is_one_for_all_that_is_derived_from_it(self) -> None:
        container = PurseContainer()
        purse = container.purse()

        coin = purse.coins.add(Coin(worth=Decimal("0.50")))
        with purse.unit_of_work() as unit:
            unit.coins.get(coin.resource_id).worth = Decimal(2)
            unit.commit()

        assert TableRepository(Coin, container.table()).get(coin.resource_id).worth == 2

    def test_is_another_one_in_another_container(self) -> None:
        one, other = PurseContainer(), PurseContainer()

        one.coins().add(Coin(worth=Decimal(1)))

        assert other.coins().count() == 0

    def test_can_be_overridden_in_a_test(self) -> None:
        container, table = PurseContainer(), InMemoryTable()
        container.coins().add(Coin(worth=Decimal(1)))

        container.table.override(table)
        container.coins().add(Coin(worth=Decimal(1)))

        assert container.table() is table
        assert TableRepository(Coin, table).count() == 1

    def test_is_the_configured_one_again_after_the_override(self) -> None:
        container, table = PurseContainer(), InMemoryTable()

        with container.table.override(table), container.purse().unit_of_work() as unit:
            unit.coins.add(Coin(worth=Decimal(1)))
            unit.commit()

        assert TableRepository(Coin, table).count() == 1
        assert container.coins().count() == 0
        assert container.table() is not table

    def test_takes_a_client_of_ones_own(self) -> None:
        container, client = PurseContainer(config={"backend": "dynamodb"}), dynamodb_client()

        container.client.override(client)

        table = container.table()
        assert isinstance(table, DynamoDBTable)
        assert table.client is client
        assert container.table() is table


class TestClockAndIds:
    def test_stamp_what_is_written(self) -> None:
        container, ids = PurseContainer(), Counting()
        container.clock.override(Noon())
        container.ids.override(ids)

        alone = container.coins().add(Coin(worth=Decimal(1)))
        with container.unit_of_work() as unit:
            together = unit.coins.add(Coin(worth=Decimal(2)))
            unit.commit()

        assert alone.updated_at == together.updated_at == Noon().now()
        assert ids.made == 2

    def test_can_be_given_with_the_container(self) -> None:
        coins = PurseContainer(clock=Noon()).coins()

        assert coins.add(Coin(worth=Decimal(1))).created_at == Noon().now()

    def test_are_the_machine_s_unless_given(self) -> None:
        before = datetime.now(UTC)

        coin = PurseContainer().coins().add(Coin(worth=Decimal(1)))

        assert before <= coin.updated_at <= datetime.now(UTC)
