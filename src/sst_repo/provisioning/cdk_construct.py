"""A construct for the AWS CDK, in Python."""

import re
from collections.abc import Iterable, Iterator

from sst_repo.core.layout import PRIMARY, IndexKeys
from sst_repo.core.projections import ProjectionChoices
from sst_repo.provisioning.blueprints import Blueprint, blueprint
from sst_repo.provisioning.permissions import PERMISSIONS, PURPOSES, Role
from sst_repo.resource import Resource

_HEAD = '''\
"""{title}."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct


class {class_name}(Construct):
    """The table, and the policies of those who read it, write it and manage it."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
'''

_TAIL = """

def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _allow(sid: str, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=resources)
"""

_BODY = " " * 8


def cdk(
    models: Iterable[type[Resource]],
    *,
    table_name: str,
    projections: ProjectionChoices | None = None,
    ttl: str | None = None,
    point_in_time_recovery: bool = False,
) -> str:
    """Return a Python module with a construct for the AWS CDK (`aws-cdk-lib` 2): the table and its policies.

    The construct is named after the table, `ShopTable(self, "Table")` for `shop`, and has `table`, `reader`, `writer`
    and `admin`; a policy is given to a role by `shop.writer.attach_to_role(role)`. Arguments and errors are as for
    `cloudformation`.
    """
    plan = blueprint(
        models,
        table_name=table_name,
        projections=projections,
        ttl=ttl,
        point_in_time_recovery=point_in_time_recovery,
    )
    lines = [*_table(plan), *_indexes(plan), *_policies(plan)]
    body = "".join(f"{_BODY}{line}\n" if line else "\n" for line in lines)
    return _HEAD.format(title=plan.title, class_name=_class_name(plan)) + body + _TAIL


def _table(plan: Blueprint) -> Iterator[str]:
    yield "self.table = dynamodb.Table("
    yield "    self,"
    yield '    "Table",'
    yield f'    table_name="{plan.table_name}",'
    yield f'    partition_key=_text("{PRIMARY.partition}"),'
    yield f'    sort_key=_text("{PRIMARY.sort}"),'
    yield "    billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,"
    yield "    removal_policy=RemovalPolicy.RETAIN,"
    if plan.ttl is not None:
        yield f'    time_to_live_attribute="{plan.ttl}",'
    if plan.point_in_time_recovery:
        yield "    point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification("
        yield "        point_in_time_recovery_enabled=True,"
        yield "    ),"
    yield ")"


def _indexes(plan: Blueprint) -> Iterator[str]:
    for index in plan.description.indexes:
        yield f"# {plan.uses[str(index.name)]}"
        yield "self.table.add_global_secondary_index("
        yield f'    index_name="{index.name}",'
        yield f'    partition_key=_text("{index.partition}"),'
        yield f'    sort_key=_text("{index.sort}"),'
        yield from _projection(plan, index)
        yield ")"


def _projection(plan: Blueprint, index: IndexKeys) -> Iterator[str]:
    projection = plan.description.projection(index)
    if projection is None:
        yield "    projection_type=dynamodb.ProjectionType.ALL,"
    elif not projection.fields:
        yield "    projection_type=dynamodb.ProjectionType.KEYS_ONLY,"
    else:
        yield "    projection_type=dynamodb.ProjectionType.INCLUDE,"
        yield "    non_key_attributes=["
        yield from (f'        "{field}",' for field in sorted(projection.fields))
        yield "    ],"


def _policies(plan: Blueprint) -> Iterator[str]:
    yield ""
    yield "rows = [self.table.table_arn]"
    yield "indexes = ["
    for index in plan.description.indexes:
        yield f'    f"{{self.table.table_arn}}/index/{index.name}",'
    yield "]"
    for role in PERMISSIONS:
        yield from _policy(plan, role)


def _policy(plan: Blueprint, role: Role) -> Iterator[str]:
    yield f"self.{role} = iam.ManagedPolicy("
    yield "    self,"
    yield f'    "{role.capitalize()}",'
    yield f'    description="{plan.table_name}: {PURPOSES[role]}",'
    yield "    statements=["
    for permission in PERMISSIONS[role]:
        yield "        _allow("
        yield f'            "{permission.name}",'
        yield "            ["
        yield from (f'                "{action}",' for action in permission.actions)
        yield "            ],"
        yield "            rows + indexes," if permission.on_indexes else "            rows,"
        yield "        ),"
    yield "    ],"
    yield ")"


def _class_name(plan: Blueprint) -> str:
    words = re.findall("[a-zA-Z0-9]+", plan.table_name)
    name = "".join(word[0].upper() + word[1:] for word in words)
    suffix = "" if name.endswith("Table") else "Table"
    return ("" if name[:1].isalpha() else "Table") + name + suffix
