"""The models as they were, on simplesingletable."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, Field
from simplesingletable import DynamoDbResource, DynamoDbVersionedResource


class Clause(BaseModel):
    heading: str
    text: str


class Author(DynamoDbResource):
    name: str
    email: str
    rating: float | None = None
    tags: set[str] = Field(default_factory=set)

    def db_get_gsi1pk(self) -> str:
        return f"email#{self.email}"


class Contract(DynamoDbVersionedResource):
    resource_config: ClassVar = {"blob_fields": {"scan": {"compress": True, "content_type": "application/pdf"}}}

    title: str
    author_id: str
    fee: Decimal
    due_at: datetime
    clauses: list[Clause]
    scan: bytes | None = None

    def db_get_gsi2pk(self) -> str:
        return f"author#{self.author_id}"


class Minutes(DynamoDbVersionedResource):
    """Of these only the last three versions are kept."""

    resource_config: ClassVar = {"compress_data": False, "max_versions": 3}

    text: str
