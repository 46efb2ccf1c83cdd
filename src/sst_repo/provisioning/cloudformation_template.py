"""A template for CloudFormation, in YAML."""

from collections.abc import Iterable
from typing import Any

from sst_repo.core.projections import ProjectionChoices
from sst_repo.provisioning import yaml
from sst_repo.provisioning.blueprints import Blueprint, blueprint
from sst_repo.provisioning.permissions import PERMISSIONS, PURPOSES, document
from sst_repo.provisioning.yaml import Remarked, Tagged
from sst_repo.resource import Resource


def cloudformation(
    models: Iterable[type[Resource]],
    *,
    table_name: str,
    projections: ProjectionChoices | None = None,
    ttl: str | None = None,
    point_in_time_recovery: bool = False,
) -> str:
    """Return a CloudFormation template: the table, and a managed policy each for its readers, writers and admins.

    Deploy it with `--capabilities CAPABILITY_IAM`. Its outputs are the table's name and ARN, and those of the policies.

    Args:
        models: The classes whose resources will live in the table. It gets the indexes that they use, and no others.
        table_name: Its name.
        projections: What its indexes hold, as for `DynamoDBTable`.
        ttl: A field with the time at which a resource expires, in seconds since 1970. DynamoDB deletes it within days
            after; until then it is found like any other.
        point_in_time_recovery: Whether it can be restored to any second of the last 35 days.

    Raises:
        ValueError: There are no models, no table can have that name, a projection is none, or no model has the field.
        ModelError: Resources of a model can't expire: it keeps versions or has unique values, or the field is no int.
    """
    plan = blueprint(
        models,
        table_name=table_name,
        projections=projections,
        ttl=ttl,
        point_in_time_recovery=point_in_time_recovery,
    )
    return yaml.dump(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": plan.title,
            "Resources": {"Table": _table(plan)} | _policies(plan),
            "Outputs": {
                "TableName": {"Value": Tagged("!Ref Table")},
                "TableArn": {"Value": Tagged("!GetAtt Table.Arn")},
            }
            | {_policy_name(role) + "Arn": {"Value": Tagged(f"!Ref {_policy_name(role)}")} for role in PERMISSIONS},
        }
    )


def _table(plan: Blueprint) -> dict[str, Any]:
    properties: dict[str, Any] = {"TableName": plan.table_name, **plan.description.properties}
    properties["GlobalSecondaryIndexes"] = [
        Remarked(plan.uses[index["IndexName"]], index) for index in properties["GlobalSecondaryIndexes"]
    ]
    if plan.ttl is not None:
        properties["TimeToLiveSpecification"] = {"AttributeName": plan.ttl, "Enabled": True}
    if plan.point_in_time_recovery:
        properties["PointInTimeRecoverySpecification"] = {"PointInTimeRecoveryEnabled": True}
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def _policies(plan: Blueprint) -> dict[str, Any]:
    arn = Tagged("!GetAtt Table.Arn")
    indexes = [Tagged(f'!Sub "${{Table.Arn}}/index/{index.name}"') for index in plan.description.indexes]
    return {
        _policy_name(role): {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "Description": f"{plan.table_name}: {PURPOSES[role]}",
                "PolicyDocument": document(role, arn, indexes),
            },
        }
        for role in PERMISSIONS
    }


def _policy_name(role: str) -> str:
    return f"{role.capitalize()}Policy"
