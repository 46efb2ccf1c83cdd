"""Templates make the table that the library makes, and mean the same in each language."""

import ast
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_all  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from yaml import safe_load

from sst_repo import ModelError, Resource, Unique, VersionedResource
from sst_repo.core.descriptions import describe
from sst_repo.core.projections import projections_of
from sst_repo.provisioning import cdk, cloudformation, gsis_of, policy, terraform
from sst_repo.provisioning import yaml as emitted
from tests.unit.provisioning.conftest import Case
from tests.unit.provisioning.meaning import of_cloudformation, of_terraform, read_cloudformation

LANGUAGES = pytest.mark.parametrize("make", [cloudformation, cdk, terraform])


class Fleeting(VersionedResource):
    expires: int


class Sole(Resource):
    email: str
    expires: int
    by_email = Unique("email")


class Timed(Resource):
    expires: float


def test_cfn_lint_finds_nothing_in_the_template(case: Case) -> None:
    found = [match for match in lint_all(case.template(cloudformation)) if match.rule.severity != "informational"]

    assert found == []


def test_cfn_lint_would_find_an_attribute_that_no_key_has(case: Case) -> None:
    defined = "AttributeName: {}\n          AttributeType"
    spoilt = case.template(cloudformation).replace(defined.format("_l"), defined.format("_x"))

    assert "E3039" in {match.rule.id for match in lint_all(spoilt)}


def test_cloudformation_is_told_what_the_library_tells_dynamodb(case: Case) -> None:
    properties = read_cloudformation(case.template(cloudformation))["Resources"]["Table"]["Properties"]
    gsis = gsis_of(case.models)
    created = describe(gsis, projections_of(case.options.get("projections"), gsis)).properties

    assert {name: properties[name] for name in created} == created


def test_terraform_means_what_cloudformation_means(case: Case) -> None:
    expected = of_cloudformation(read_cloudformation(case.template(cloudformation)))

    assert of_terraform(case.template(terraform)) == expected
    assert expected["kept"]
    assert expected["ttl"] == case.options.get("ttl")
    assert expected["point in time recovery"] == case.options.get("point_in_time_recovery", False)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_would_format_the_configuration_as_it_is(case: Case, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(case.template(terraform))

    subprocess.run(["terraform", "fmt", "-check", str(tmp_path)], check=True, capture_output=True)  # noqa: S607


def test_the_cdk_module_is_python_without_imports_that_it_does_not_use(case: Case) -> None:
    module = ast.parse(case.template(cdk))
    names = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    imported = {
        alias.asname or alias.name for node in module.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }

    assert imported <= names
    assert next(node.name for node in module.body if isinstance(node, ast.ClassDef)).isidentifier()


def test_a_table_gets_the_indexes_that_its_models_use_and_no_others(models: list[type[Resource]]) -> None:
    assert gsis_of(models) == (1, 3)
    meaning = of_cloudformation(read_cloudformation(cloudformation(models, table_name="shop")))
    assert set(meaning["indexes"]) == {"listing", "gsi1", "gsi3"}


def test_an_index_says_which_access_patterns_are_on_it(models: list[type[Resource]]) -> None:
    for make in (cloudformation, cdk, terraform):
        text = make(models, table_name="shop")
        assert "# Order.by_customer, Basket.by_customer" in text
        assert "# Order.open_ones" in text


@LANGUAGES
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"models": []}, ValueError, "name at least one"),
        ({"table_name": "a b c"}, ValueError, "3 to 255 letters"),
        ({"table_name": "ab"}, ValueError, "3 to 255 letters"),
        ({"ttl": "expires"}, ValueError, "none of the models has the field 'expires'"),
        ({"models": [Timed], "ttl": "expires"}, ModelError, "no int"),
        ({"models": [Fleeting], "ttl": "expires"}, ModelError, "leave its history"),
        ({"models": [Sole], "ttl": "expires"}, ModelError, "leave the guard rows"),
        ({"projections": {2: "keys"}}, ValueError, "among 1, 3, not of 2"),
    ],
)
def test_what_makes_no_table_is_refused(
    make: Callable[..., str],
    options: dict[str, Any],
    error: type[Exception],
    message: str,
    models: list[type[Resource]],
) -> None:
    chosen: dict[str, Any] = {"models": models, "table_name": "shop", **options}
    if options.get("ttl") and "models" not in options:
        chosen["models"] = models[:1]
    with pytest.raises(error, match=message):
        make(**chosen)


def test_a_name_that_would_end_a_comment_or_a_docstring_does_not() -> None:
    class Odd(Resource, type_name='a"""\u0085\\b'):
        pass

    ast.parse(cdk([Odd], table_name="shop"))
    assert read_cloudformation(cloudformation([Odd], table_name="shop"))["Description"].endswith("for a?????b")


def test_a_policy_names_the_table_and_the_indexes_in_use(models: list[type[Resource]]) -> None:
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"

    read, query = policy(models, "reader", table_arn=arn)["Statement"]

    assert read["Resource"] == [arn]
    assert query["Resource"] == [arn, f"{arn}/index/listing", f"{arn}/index/gsi1", f"{arn}/index/gsi3"]


TREES = st.recursive(
    st.text() | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), TREES, min_size=1))
def test_yaml_comes_back_as_it_was(tree: dict[str, Any]) -> None:
    assert safe_load(emitted.dump(tree)) == tree
