"""What holds for every model and every value."""

import dataclasses
from collections import deque
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from sst_repo.core.numbers import canonical_number
from sst_repo.core.records import AttributeValue
from sst_repo.errors import UnstorableValueError
from sst_repo.mapping.codec import codec_for
from sst_repo.mapping.equality import comes_back
from sst_repo.resource import SYSTEM_FIELDS, Resource
from sst_repo.testing.strategies import models_with_instances, trees

Pair = tuple[type[Resource], Resource]

modest = settings(
    max_examples=60, deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large)
)


def system_of(resource: Resource) -> dict[str, object]:
    return {name: getattr(resource, name) for name in SYSTEM_FIELDS}


def exact(value: Any) -> Any:
    """A form that equals another's only if the values and all types in them are equal."""
    return type(value), content_of(value)


def content_of(value: Any) -> Any:
    match value:
        case BaseModel():
            content: Any = exact({**value.__dict__, **(value.__pydantic_extra__ or {})})
        case dict():
            content = sorted((repr(exact(key)), repr(exact(item))) for key, item in value.items())
        case list() | tuple() | deque():
            content = [exact(item) for item in value]
        case set() | frozenset():
            content = sorted(repr(exact(item)) for item in value)
        case datetime(tzinfo=zone) if zone is not None:
            content = f"{value.astimezone(UTC).isoformat()} aware"
        case datetime() | time():
            content = value.isoformat()
        case Decimal():
            content = canonical_number(value)
        case _ if dataclasses.is_dataclass(value):
            content = exact(vars(value))
        case _:
            content = "0.0" if isinstance(value, float) and not value else repr(value)
    return content


@modest
@given(models_with_instances())
def test_what_is_stored_comes_back_equal_in_value_and_type(pair: Pair) -> None:
    model, resource = pair
    codec = codec_for(model)
    attributes = codec.encode(resource)
    codec.prove(resource, attributes)
    back = codec.decode(attributes, system_of(resource))
    assert exact(back) == exact(resource)
    assert codec.encode(deepcopy(resource)) == attributes


@modest
@given(models_with_instances(), st.data())
def test_an_assigned_value_is_refused_unless_it_comes_back(pair: Pair, data: st.DataObject) -> None:
    model, resource = pair
    codec = codec_for(model)
    name = data.draw(st.sampled_from([name for name in model.model_fields if name not in SYSTEM_FIELDS]))
    vars(resource)[name] = value = data.draw(trees() | st.sampled_from((object(), {"": ()}, float("nan"), [[1]])))
    try:
        attributes = codec.encode(resource)
        codec.prove(resource, attributes)
    except UnstorableValueError as error:
        assert error.path.startswith(model.__name__)  # noqa: PT017 - either outcome is right
    else:
        back = codec.decode(attributes, system_of(resource))
        assert comes_back(value, getattr(back, name))


def places_in(stored: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in attributes that can be overwritten, as container and key."""
    for key, inner in list(stored.items() if isinstance(stored, dict) else enumerate(stored)):
        yield stored, key
        if isinstance(inner, (dict, list)):
            yield from places_in(inner)


numbers = ("1", "-0.5", "1E400", "NaN", "", "1e5", "9" * 200, 7)
odd_values: tuple[Any, ...] = (
    *({"NULL": True}, {"BOOL": True}, {"BOOL": 0}, {"B": b"\xff"}, {"B": "x"}, {"SS": ["a", "a"]}),
    *({"NS": ["x"]}, {"BS": [b""]}, {"SS": []}, {"SS": [1]}, {}, {"X": 1}, {"S": "", "N": "1"}, None, 1),
)
attribute_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.text().map(lambda text: {"S": text}),
        st.sampled_from(numbers).map(lambda text: {"N": text}),
        st.sampled_from(odd_values),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: {"L": items}),
        st.dictionaries(st.text(), inner, max_size=3).map(lambda items: {"M": items}),
    ),
    max_leaves=4,
)


@modest
@given(models_with_instances(), st.data())
def test_malformed_attributes_are_only_ever_value_errors(pair: Pair, data: st.DataObject) -> None:
    model, resource = pair
    codec = codec_for(model)
    stored: dict[str, AttributeValue] = deepcopy(codec.encode(resource))
    places = list(places_in(stored))
    for _ in range(5 if places else 0):
        holder, key = data.draw(st.sampled_from(places))
        holder[key] = data.draw(attribute_values)
        try:
            codec.decode(stored, system_of(resource))
        except ValueError as error:
            assert str(error)  # noqa: PT017 - it may also be readable
