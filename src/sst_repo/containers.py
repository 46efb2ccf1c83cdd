"""Wiring with dependency-injector: where everything lives is a matter of configuration.

```python
class ShopContainer(PersistenceContainer):
    orders = providers.Factory(TableRepository, Order, PersistenceContainer.table)
    unit_of_work = providers.Factory(ShopUnitOfWork, PersistenceContainer.table)
    checkout = providers.Factory(Checkout, unit_of_work=unit_of_work.provider)

container = ShopContainer()
container.config.backend.from_value("dynamodb")
```

Repositories and services hold no state of their own, so make them with a `Factory`: what a `Singleton` has made keeps
the table it was made with, and an override does not reach it.

| option | default | meaning |
|---|---|---|
| `backend` | `"memory"` | `"memory"` or `"dynamodb"` |
| `table_name` | `"sst-repo"` | the DynamoDB table's name |
| `gsis` | 5 | how many general indexes the table has, or a list of their numbers |
| `projections` | None | what indexes hold, as for `DynamoDBTable`: `{"listing": "keys", 1: ["status"]}` |
| `exact_writes` | False | writes of one row go by token too: twice the price, and every outcome can be known |
| `transport` | `"auto"` | how requests get to DynamoDB: `"auto"`, `"botocore"` or `"direct"` |
| `cursor_secret` | None | signs the cursors of listings; several, in a list, to replace one |
| `endpoint_url` | None | another endpoint than the region's, such as DynamoDB Local's |
| `region` | None | another region than the environment's |

An option that is not given, or None, has its default, however the configuration is made: option by option, from a
file, or whole, as in `ShopContainer(config={"backend": "dynamodb"})`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dependency_injector import containers, providers

from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.core.layout import DEFAULT_GSIS, Gsis
from sst_repo.core.projections import ProjectionChoice, ProjectionChoices
from sst_repo.ids import ULIDS
from sst_repo.observation import Observer
from sst_repo.ports import Clock, IdFactory
from sst_repo.tables.base import Table
from sst_repo.tables.memory import InMemoryTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from sst_repo.tables.dynamodb import DynamoDBTable
    from sst_repo.tables.dynamodb.transports import TransportName

_BACKENDS = ("memory", "dynamodb")

# The defaults stand in the functions below: Configuration(default=...) loses them to a configuration given whole.


def _backend(chosen: str | None) -> str:
    backend = chosen or "memory"
    if backend not in _BACKENDS:
        raise ValueError(f"the option `backend` is one of {_BACKENDS}, not {backend!r}")
    return backend


def _gsis(given: int | str | Sequence[int | str] | None) -> Gsis:
    if given is None:
        return DEFAULT_GSIS
    return int(given) if isinstance(given, (int, str)) else tuple(map(int, given))


def _projections(given: Mapping[int | str, ProjectionChoice] | None) -> ProjectionChoices | None:
    # Files have their numbers as text.
    return given and {int(index) if str(index).isdecimal() else index: choice for index, choice in given.items()}  # type: ignore[return-value]


def _flag(value: bool | str | None) -> bool:  # noqa: FBT001 - what the configuration gives
    return value if isinstance(value, bool) else (value or "").lower() in {"1", "on", "true", "yes"}


def _client(endpoint_url: str | None, region: str | None) -> "DynamoDBClient":
    from sst_repo.tables.dynamodb.client import client_of_environment  # noqa: PLC0415 - as below

    return client_of_environment(endpoint_url=endpoint_url, region=region)


def _memory_table(
    gsis: int | str | Sequence[int | str] | None,
    cursor_secret: str | Sequence[str] | None,
    projections: Mapping[int | str, ProjectionChoice] | None,
    *,
    exact_writes: bool | str | None,
    observer: Observer | None,
) -> InMemoryTable:
    return InMemoryTable(
        gsis=_gsis(gsis),
        cursor_secret=cursor_secret,
        projections=_projections(projections),
        exact_writes=_flag(exact_writes),
        observer=observer,
    )


def _dynamodb_table(
    name: str | None,
    client: "DynamoDBClient",
    gsis: int | str | Sequence[int | str] | None,
    cursor_secret: str | Sequence[str] | None,
    projections: Mapping[int | str, ProjectionChoice] | None,
    *,
    exact_writes: bool | str | None,
    transport: "TransportName | None",
    observer: Observer | None,
) -> "DynamoDBTable":
    from sst_repo.tables.dynamodb import DynamoDBTable  # noqa: PLC0415 - the memory backend does without

    return DynamoDBTable(
        name or "sst-repo",
        client,
        gsis=_gsis(gsis),
        cursor_secret=cursor_secret,
        projections=_projections(projections),
        exact_writes=_flag(exact_writes),
        transport=transport or "auto",
        observer=observer,
    )


class PersistenceContainer(containers.DeclarativeContainer):
    """Provides the table that the configuration chooses; derive from it to add repositories, units and services.

    Attributes:
        config: The options above.
        client: The boto3 client, for the backend "dynamodb"; override it to configure retries or credentials.
        observer: Is told of every call of the table; override it before the table is made.
        table: The one table. Override it in tests: `container.table.override(InMemoryTable())`.
        clock: The machine's clock, for the repositories and units that are given it.
        ids: A factory of ULIDs, for the repositories and units that are given it.
    """

    config = providers.Configuration()
    client: "providers.Provider[DynamoDBClient]" = providers.Singleton(_client, config.endpoint_url, config.region)
    observer: "providers.Provider[Observer | None]" = providers.Object(None)
    table: providers.Provider[Table] = providers.Selector(
        providers.Callable(_backend, config.backend),
        memory=providers.Singleton(
            _memory_table,
            config.gsis,
            config.cursor_secret,
            config.projections,
            exact_writes=config.exact_writes,
            observer=observer,
        ),
        dynamodb=providers.Singleton(
            _dynamodb_table,
            config.table_name,
            client,
            config.gsis,
            config.cursor_secret,
            config.projections,
            exact_writes=config.exact_writes,
            transport=config.transport,
            observer=observer,
        ),
    )
    clock: providers.Provider[Clock] = providers.Object(SYSTEM_CLOCK)
    ids: providers.Provider[IdFactory] = providers.Object(ULIDS)
