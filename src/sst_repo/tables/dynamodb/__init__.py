"""The table on DynamoDB, through a boto3 client. Everything that knows boto3 is below this package."""

from sst_repo.tables.dynamodb.table import DynamoDBTable

__all__ = ["DynamoDBTable"]
