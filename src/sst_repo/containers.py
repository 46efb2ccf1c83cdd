"""Wiring with dependency-injector: where everything lives is a matter of configuration.

```python
class ShopContainer(PersistenceContainer):
    orders = providers.Singleton(TableRepository, Order, PersistenceContainer.table)
    unit_of_work = providers.Factory(ShopUnitOfWork, PersistenceContainer.table)
    checkout = providers.Factory(Checkout, unit_of_work=unit_of_work.provider)

container = ShopContainer()
container.config.backend.from_value("dynamodb")
```

| option | default | meaning |
|---|---|---|
| `backend` | `"memory"` | `"memory"` or `"dynamodb"` |
| `table_name` | `"sst-repo"` | the DynamoDB table's name |
| `gsis` | 5 | how many general indexes the table has |
| `endpoint_url` | None | another endpoint than the region's, such as DynamoDB Local's |
| `region` | None | another region than the environment's |
"""

from typing import TYPE_CHECKING, Any

from dependency_injector import containers, providers

from sst_repo.core.layout import DEFAULT_GSIS
from sst_repo.tables.memory import InMemoryTable

if TYPE_CHECKING:
    from sst_repo.tables.dynamodb import DynamoDBTable


def _client(endpoint_url: str | None, region: str | None) -> Any:
    import boto3  # noqa: PLC0415 - the memory backend does without

    return boto3.client("dynamodb", endpoint_url=endpoint_url, region_name=region)


def _dynamodb_table(name: str, client: Any, gsis: int) -> "DynamoDBTable":
    from sst_repo.tables.dynamodb import DynamoDBTable  # noqa: PLC0415 - the memory backend does without

    return DynamoDBTable(name, client, gsis=gsis)


class PersistenceContainer(containers.DeclarativeContainer):
    """Provides the table that the configuration chooses; derive from it to add repositories, units and services.

    Attributes:
        config: The options above.
        client: The boto3 client, for the backend "dynamodb"; override it to configure retries or credentials.
        table: The one table. Override it in tests: `container.table.override(InMemoryTable())`.
    """

    config = providers.Configuration(
        default={
            "backend": "memory",
            "table_name": "sst-repo",
            "gsis": DEFAULT_GSIS,
            "endpoint_url": None,
            "region": None,
        },
    )
    client: providers.Provider[Any] = providers.Singleton(_client, config.endpoint_url, config.region)
    table = providers.Selector(
        config.backend,
        memory=providers.Singleton(InMemoryTable, gsis=config.gsis),
        dynamodb=providers.Singleton(_dynamodb_table, config.table_name, client, config.gsis),
    )
