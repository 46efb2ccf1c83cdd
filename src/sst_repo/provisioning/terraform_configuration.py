"""A configuration for Terraform, or OpenTofu: resources of the provider `hashicorp/aws`."""

import json
import re
from collections.abc import Iterable, Iterator

from sst_repo.core.descriptions import BILLING_MODE, KEY_TYPE
from sst_repo.core.layout import PRIMARY, IndexKeys
from sst_repo.core.projections import ProjectionChoices
from sst_repo.provisioning.blueprints import Blueprint, blueprint
from sst_repo.provisioning.permissions import PERMISSIONS, PURPOSES, Permission, Role
from sst_repo.resource import Resource


def terraform(
    models: Iterable[type[Resource]],
    *,
    table_name: str,
    projections: ProjectionChoices | None = None,
    ttl: str | None = None,
    point_in_time_recovery: bool = False,
) -> str:
    """Return a Terraform configuration: the table, and an IAM policy each for its readers, writers and admins.

    It is for the provider `hashicorp/aws`, from version 4 on. Arguments and errors are as for `cloudformation`.
    """
    plan = blueprint(
        models,
        table_name=table_name,
        projections=projections,
        ttl=ttl,
        point_in_time_recovery=point_in_time_recovery,
    )
    blocks = [f"# {plan.title}\n" + _block(f'resource "aws_dynamodb_table" "{_name(plan)}"', _table(plan))]
    for role in PERMISSIONS:
        blocks += [
            _block(f'data "aws_iam_policy_document" "{_name(plan)}_{role}"', _document(plan, role)),
            _block(f'resource "aws_iam_policy" "{_name(plan)}_{role}"', _policy(plan, role)),
        ]
    return "\n".join(blocks)


def _table(plan: Blueprint) -> Iterator[str]:
    yield from _arguments(
        name=_text(plan.table_name),
        billing_mode=_text(BILLING_MODE),
        hash_key=_text(PRIMARY.partition),
        range_key=_text(PRIMARY.sort),
    )
    for attribute in plan.description.key_attributes:
        yield from ("", *_nested("attribute", _arguments(name=_text(attribute), type=_text(KEY_TYPE))))
    for index in plan.description.indexes:
        yield from ("", f"# {plan.uses[str(index.name)]}")
        yield from _nested("global_secondary_index", _index(plan, index))
    if plan.ttl is not None:
        yield from ("", *_nested("ttl", _arguments(attribute_name=_text(plan.ttl), enabled="true")))
    if plan.point_in_time_recovery:
        yield from ("", *_nested("point_in_time_recovery", _arguments(enabled="true")))
    yield from ("", *_nested("lifecycle", _arguments(prevent_destroy="true")))


def _index(plan: Blueprint, index: IndexKeys) -> Iterator[str]:
    projection = plan.description.projection(index)
    arguments = {"name": index.name, "hash_key": index.partition, "range_key": index.sort}
    texts = {name: _text(str(value)) for name, value in arguments.items()}
    if projection is None:
        return _arguments(**texts, projection_type=_text("ALL"))
    if not projection.fields:
        return _arguments(**texts, projection_type=_text("KEYS_ONLY"))
    fields = _list(map(_text, sorted(projection.fields)))
    return _arguments(**texts, projection_type=_text("INCLUDE"), non_key_attributes=fields)


def _document(plan: Blueprint, role: Role) -> Iterator[str]:
    for number, permission in enumerate(PERMISSIONS[role]):
        if number:
            yield ""
        yield from _nested("statement", _statement(plan, permission))


def _statement(plan: Blueprint, permission: Permission) -> Iterator[str]:
    arn = f"aws_dynamodb_table.{_name(plan)}.arn"
    indexes = [f'"${{{arn}}}/index/{index.name}"' for index in plan.description.indexes]
    yield from _arguments(sid=_text(permission.name), effect=_text("Allow"))
    yield from _long_list("actions", map(_text, permission.actions))
    yield from _long_list("resources", [arn, *indexes] if permission.on_indexes else [arn])


def _policy(plan: Blueprint, role: Role) -> Iterator[str]:
    return _arguments(
        name=_text(f"{plan.table_name}-{role}"),
        description=_text(f"{plan.table_name}: {PURPOSES[role]}"),
        policy=f"data.aws_iam_policy_document.{_name(plan)}_{role}.json",
    )


def _name(plan: Blueprint) -> str:
    """Return what the table is called within the configuration."""
    name = re.sub(r"[^a-zA-Z0-9_-]", "_", plan.table_name)
    return name if name[0].isalpha() else f"table_{name}"


def _block(head: str, lines: Iterable[str]) -> str:
    return "\n".join(_nested(head, lines)) + "\n"


def _nested(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"{head} {{"
    yield from (f"  {line}" if line else "" for line in lines)
    yield "}"


def _arguments(**arguments: str) -> Iterator[str]:
    """Write arguments as `terraform fmt` does: with their equals signs in line."""
    width = max(map(len, arguments))
    return (f"{name:<{width}} = {value}" for name, value in arguments.items())


def _long_list(name: str, values: Iterable[str]) -> Iterator[str]:
    yield f"{name} = ["
    yield from (f"  {value}," for value in values)
    yield "]"


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(values)}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
