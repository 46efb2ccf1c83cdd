"""A folder with models, a table for them on DynamoDB Local, and a terminal in that folder."""

import os
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from sst_repo import DynamoDBTable
from sst_repo.ids import ULIDS
from sst_repo.testing.dynamodb_local import DynamoDBLocal
from tests.integration.cli.terminal import Terminal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MODELS = '''
"""What a warehouse keeps."""

from datetime import date
from decimal import Decimal

from sst_repo import Index, Resource, Unique, VersionedResource


class Parcel(VersionedResource):
    owner: str
    weight: Decimal
    status: str = "packed"
    tags: frozenset[str] = frozenset()
    label: bytes = b""
    due: date | None = None
    by_owner = Index(gsi=1, partition="owner", sort="weight")


class Keeper(Resource):
    name: str
    email: str
    by_email = Unique("email")
    by_name = Index(gsi=3, partition="name")
'''


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The module, as the tests import it; the program imports it by itself."""
    path = tmp_path_factory.mktemp("warehouse") / "warehouse.py"
    path.write_text(MODELS)
    spec = spec_from_file_location("warehouse", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["warehouse"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def table(local_client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
    """An empty table, such as `sst-repo table create` makes for the models."""
    table = DynamoDBTable(f"warehouse-{ULIDS.new_id()}", local_client, gsis=(1, 3))
    table.create()
    yield table
    if table.exists():
        table.delete()


@pytest.fixture
def terminal(dynamodb_local: DynamoDBLocal, table: DynamoDBTable, warehouse: ModuleType) -> Terminal:
    """A terminal in the folder of the models, set up for the table."""
    assert warehouse.__file__ is not None
    return Terminal(Path(warehouse.__file__).parent, environment(dynamodb_local.endpoint_url, table.name))


def environment(endpoint_url: str, table: str) -> dict[str, str]:
    """What a person would have set."""
    # Nothing else: neither somebody's settings of AWS, nor what makes terminals colourless or narrow.
    bare = {name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR") if name in os.environ}
    return {
        **bare,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SST_REPO_MODELS": "warehouse",
        "SST_REPO_TABLE": table,
        "NO_PROXY": "127.0.0.1",
    }
