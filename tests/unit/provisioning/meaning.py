"""What a template means, read back from its text: the same whatever language it is written in."""

import re
from typing import Any

import hcl2
import yaml

TABLE = "<table>"
KEYS = {"HASH": "partition", "RANGE": "sort"}


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation's functions as the long ones."""


_Loader.add_constructor("!Ref", lambda _, node: {"Ref": node.value})
_Loader.add_constructor("!Sub", lambda _, node: {"Fn::Sub": node.value})
_Loader.add_constructor("!GetAtt", lambda _, node: {"Fn::GetAtt": node.value.split(".")})


def read_cloudformation(text: str) -> dict[str, Any]:
    """Parse a template."""
    template: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - it derives from the safe one
    return template


def of_cloudformation(template: dict[str, Any]) -> dict[str, Any]:
    """Say what a template in the form of CloudFormation means; CDK makes such, too."""
    resources = template["Resources"].values()
    (table,) = (resource for resource in resources if resource["Type"] == "AWS::DynamoDB::Table")
    policies = (resource["Properties"] for resource in resources if resource["Type"] == "AWS::IAM::ManagedPolicy")
    properties = table["Properties"]
    return {
        "name": properties["TableName"],
        "billing": properties["BillingMode"],
        "keys": _keys(properties),
        "attributes": {each["AttributeName"]: each["AttributeType"] for each in properties["AttributeDefinitions"]},
        "indexes": {
            index["IndexName"]: (
                _keys(index),
                index["Projection"]["ProjectionType"],
                set(index["Projection"].get("NonKeyAttributes", ())),
            )
            for index in properties["GlobalSecondaryIndexes"]
        },
        "ttl": properties.get("TimeToLiveSpecification", {}).get("AttributeName"),
        "point in time recovery": properties.get("PointInTimeRecoverySpecification", {}).get(
            "PointInTimeRecoveryEnabled", False
        ),
        "kept": table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain",
        "policies": {
            policy["Description"]: [
                (
                    statement["Sid"],
                    statement["Effect"],
                    set(_several(statement["Action"])),
                    set(map(_resource, _several(statement["Resource"]))),
                )
                for statement in policy["PolicyDocument"]["Statement"]
            ]
            for policy in policies
        },
    }


def of_terraform(text: str) -> dict[str, Any]:
    """Say what a Terraform configuration means."""
    read = _bare(hcl2.loads(text))
    tables, policies, documents = (
        {name: block for each in read[kind] for name, block in each.get(type_, {}).items()}
        for kind, type_ in (
            ("resource", "aws_dynamodb_table"),
            ("resource", "aws_iam_policy"),
            ("data", "aws_iam_policy_document"),
        )
    )
    ((name, table),) = tables.items()
    return {
        "name": table["name"],
        "billing": table["billing_mode"],
        "keys": {"partition": table["hash_key"], "sort": table["range_key"]},
        "attributes": {each["name"]: each["type"] for each in table["attribute"]},
        "indexes": {
            index["name"]: (
                {"partition": index["hash_key"], "sort": index["range_key"]},
                index["projection_type"],
                set(index.get("non_key_attributes", ())),
            )
            for index in table["global_secondary_index"]
        },
        "ttl": next((each["attribute_name"] for each in table.get("ttl", ()) if each["enabled"]), None),
        "point in time recovery": any(each["enabled"] for each in table.get("point_in_time_recovery", ())),
        "kept": any(each["prevent_destroy"] for each in table["lifecycle"]),
        "policies": {
            policy["description"]: [
                (
                    statement["sid"],
                    statement["effect"],
                    set(statement["actions"]),
                    {_named(resource, name) for resource in statement["resources"]},
                )
                for statement in documents[policy["policy"].split(".")[2]]["statement"]
            ]
            for policy in policies.values()
        },
    }


def _keys(holder: dict[str, Any]) -> dict[str, str]:
    return {KEYS[key["KeyType"]]: key["AttributeName"] for key in holder["KeySchema"]}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resource(resource: Any) -> str:
    """Name a resource by the table and what follows its ARN, however that was put together."""
    match resource:
        case {"Fn::GetAtt": [_, "Arn"]}:
            return TABLE
        case {"Fn::Sub": str(text)}:
            return text.replace("${Table.Arn}", TABLE)
        case {"Fn::Join": ["", [{"Fn::GetAtt": [_, "Arn"]}, str(rest)]]}:
            return TABLE + rest
        case _:
            raise AssertionError(resource)


def _named(resource: str, table: str) -> str:
    return re.sub(rf"\$\{{aws_dynamodb_table\.{table}\.arn\}}", TABLE, resource)


def _bare(read: Any) -> Any:
    """Take the quotes off texts, and what the parser adds."""
    match read:
        case dict():
            return {_bare(key): _bare(value) for key, value in read.items() if not key.startswith("__")}
        case list():
            return [_bare(element) for element in read]
        case str():
            return read.removeprefix('"').removesuffix('"')
        case _:
            return read
