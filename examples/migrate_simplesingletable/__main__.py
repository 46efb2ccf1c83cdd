"""Writes a table with simplesingletable on a DynamoDB Local, moves it, and moves it again."""

import logging
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import boto3
from simplesingletable import DynamoDbMemory, LocalBlobStorage
from simplesingletable.utils import create_standard_dynamodb_table

from examples.migrate_simplesingletable import new, old
from examples.migrate_simplesingletable.migration import migrate
from examples.migrate_simplesingletable.source import Source
from sst_repo import DynamoDBTable, Repository, TableRepository
from sst_repo.testing.dynamodb_local import DynamoDBLocal, DynamoDBLocalUnavailable

# DynamoDB Local takes any.
ACCESS: dict[str, Any] = {"region_name": "eu-central-1", "aws_access_key_id": "local", "aws_secret_access_key": "local"}


def main() -> None:
    print("Starting DynamoDB Local; the first time it is downloaded...", file=sys.stderr)
    try:
        local = DynamoDBLocal.launch()
    except DynamoDBLocalUnavailable as error:
        sys.exit(str(error))
    with local, tempfile.TemporaryDirectory() as blobs:
        memory = old_table(local.endpoint_url, blobs)
        contract_id = fill(memory)
        table = DynamoDBTable(f"new-{uuid4().hex}", local.client())
        table.create()
        try:
            print("The first run:")
            print(migrate(Source(memory), table, new.MOVES))
            show(TableRepository(new.Contract, table), contract_id)
            print("\nThe second run:")
            print(migrate(Source(memory), table, new.MOVES))
        finally:
            table.delete()
            memory.dynamodb_table.delete()


def old_table(endpoint_url: str, blobs: str) -> DynamoDbMemory:
    """Make an empty table of simplesingletable, with its blobs in a folder."""
    name = f"old-{uuid4().hex}"
    create_standard_dynamodb_table(name, boto3.resource("dynamodb", endpoint_url=endpoint_url, **ACCESS))
    memory = DynamoDbMemory(logging.getLogger("old"), name, endpoint_url, ACCESS, s3_bucket="none")
    memory._s3_blob_storage = LocalBlobStorage(blobs)  # type: ignore[assignment]  # noqa: SLF001 - in place of S3
    return memory


def fill(memory: DynamoDbMemory) -> str:
    """Write as an application would, and return the id of a contract."""
    ada = memory.create_new(old.Author, {"name": "Ada", "email": "ada@example.org", "rating": 4.5, "tags": {"law"}})
    memory.update_existing(ada, {"rating": 4.75})
    contract = memory.create_new(
        old.Contract,
        {
            "title": "Delivery of mugs",
            "author_id": ada.resource_id,
            "fee": Decimal("1250.50"),
            "due_at": datetime.now(UTC) + timedelta(days=90),
            "clauses": [{"heading": "1", "text": "Mugs are delivered."}],
            "scan": b"%PDF-1.7 " + bytes(20_000),
        },
    )
    contract = memory.update_existing(contract, {"title": "Delivery of mugs and teapots"})
    contract = memory.update_existing(contract, {"scan": b"%PDF-1.7 signed"})
    minutes = memory.create_new(old.Minutes, {"text": "Opened."})
    for number in range(2, 6):
        minutes = memory.update_existing(minutes, {"text": f"Item {number}."})
    return contract.resource_id


def show(contracts: Repository[new.Contract], contract_id: str) -> None:
    print("\nA contract in the new table:")
    for contract in contracts.versions(contract_id):
        scan = b"" if contract.scan is None else contract.scan
        print(f"  {contract.version}  {contract.updated_at:%H:%M:%S.%f}  {contract.title}, scan of {len(scan)} bytes")


if __name__ == "__main__":
    main()
