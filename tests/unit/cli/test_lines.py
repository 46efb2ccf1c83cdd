"""A resource and its line say the same, whatever the resource holds."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from sst_repo import Resource, VersionedResource
from sst_repo.cli.lines import Line, as_line
from sst_repo.cli.plain import Number, dumps, loads, plain, stored
from sst_repo.mapping.equality import comes_back
from sst_repo.testing.strategies import models_with_instances

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Order(VersionedResource):
    customer: str
    total: Decimal = Decimal(0)
    lines: tuple[dict[str, Any], ...] = ()


@settings(max_examples=150)
@given(models_with_instances())
def test_a_resource_comes_back_from_its_line_equal_in_value_and_type(given_: tuple[type[Resource], Resource]) -> None:
    model, resource = given_
    line = as_line(resource)

    assert "\n" not in line
    back = Line.read(line.encode()).resource(model, NOW)
    assert comes_back(resource.model_copy(update={"created_at": NOW, "updated_at": NOW}), back)


def test_a_line_is_plain_json_with_the_type_the_librarys_fields_and_those_of_the_domain() -> None:
    order = Order(resource_id="o1", customer="Ada", total=Decimal("54.30"), created_at=NOW, updated_at=NOW)

    assert json.loads(as_line(order)) == {
        "_type": "Order",
        "resource_id": "o1",
        "version": 0,
        "created_at": "2026-11-26T12:00:00.000000Z",
        "updated_at": "2026-11-26T12:00:00.000000Z",
        "customer": "Ada",
        "total": 54.3,
        "lines": [],
    }


def test_a_resource_of_a_line_is_new() -> None:
    order = Order(resource_id="o1", customer="Ada", version=7, created_at=NOW, updated_at=NOW)

    later = datetime(2027, 1, 1, tzinfo=UTC)
    back = Line.read(as_line(order)).resource(Order, later)

    assert (back.resource_id, back.version, back.created_at) == ("o1", 0, later)


@pytest.mark.parametrize(
    "value",
    [
        {"N": "12345678901234567890123456789012345678"},
        {"N": "0.1"},
        {"B": b"\x00\xff"},
        {"SS": ["a", "b"]},
        {"NS": ["1", "2.5"]},
        {"BS": [b"a", b"b"]},
        {"NULL": True},
        {"BOOL": False},
        {"L": [{"S": "1"}, {"N": "1"}, {"L": []}]},
        {"M": {"a": {"M": {}}, "b": {"S": '\u2028\n"\\'}}},
        {"M": {"$B": {"S": "not binary"}}},
        {"M": {"$M": {"M": {"$SS": {"L": []}}}}},
    ],
)
def test_every_stored_value_has_one_form_in_json(value: dict[str, Any]) -> None:
    assert stored(loads(dumps(plain(value)))) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("[1]", "no object with the texts"),
        ('{"_type": "Order"}', "no object with the texts"),
        ('{"_type": "Order", "resource_id": 1}', "no object with the texts"),
        ('{"_type": "Order", "resource_id": "1", "customer": {"$X": 1}}', "an object with \\$X is no value"),
        ('{"_type": "Order", "resource_id": "1", "customer": {"$B": "-"}}', "base64|padded|Invalid|Only"),
        ('{"_type": "Order", "resource_id": "1", "customer": {"$NS": ["1"]}}', "no value"),
        ('{"_type": "Order", "resource_id": "1", "customer": "Ada", "total": NaN}', "NaN is no number"),
        ('{"_type": "Order", "resource_id": "1", "customer": "Ada", "total": 1e400}', "magnitude"),
        ('{"_type": "Order", "resource_id": "1", "customer": 5}', "Order.customer"),
        ('{"_type": "Order", "resource_id": "1"}', "customer"),
        ("[" * 100_000, "nested too deep"),
        (f'{{"_type": "Order", "resource_id": "1", "lines": {"[" * 900}{"]" * 900}}}', "nested too deep"),
    ],
)
def test_what_is_no_line_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Line.read(text).resource(Order, NOW)


def test_numbers_keep_their_digits_on_the_way() -> None:
    assert loads("1.10") == Number("1.10")
    assert stored(Number("1.10")) == {"N": "1.1"}
