"""How the arms of a union are told apart."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal, Union
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, create_model
from typing_extensions import TypeAliasType, TypedDict

from sst_repo.errors import ModelError, UnstorableValueError
from sst_repo.mapping.codec import codec_for
from sst_repo.resource import SYSTEM_FIELDS, Resource
from tests.names import stable_repr


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"


class Dog(BaseModel):
    kind: Literal["dog", "wolf"] = "dog"


class Square(BaseModel):
    size: int


class Circle(BaseModel):
    size: int


class Status(StrEnum):
    OPEN = "open"


class Kind(Enum):
    ONE = 1
    TWO = 2


class First(BaseModel):
    kind: Literal[Kind.ONE] = Kind.ONE


class Second(BaseModel):
    kind: Literal[Kind.TWO] = Kind.TWO


class Size(TypedDict):
    width: int


Tree = TypeAliasType("Tree", "dict[str, Tree] | list[Tree] | int | None")
Deep = TypeAliasType("Deep", "dict[str, Deep] | dict[int, Deep] | None")
Chained = TypeAliasType("Chained", "list[Link] | int")
Link = TypeAliasType("Link", "Chained | str")


def model_of(annotation: Any) -> type[Resource]:
    return create_model("Holder", __base__=Resource, it=(annotation, ...))


def codec_and_system(annotation: Any) -> Any:
    model = model_of(annotation)
    resource = model.model_construct(it=None)
    return codec_for(model), {name: getattr(resource, name) for name in SYSTEM_FIELDS}


def survives(annotation: Any, value: object) -> Any:
    model = model_of(annotation)
    resource = model.model_construct(it=value)
    codec = codec_for(model)
    attributes = codec.encode(resource)
    codec.prove(resource, attributes)
    back = vars(codec.decode(attributes, {name: getattr(resource, name) for name in SYSTEM_FIELDS}))["it"]
    assert (type(back), back) == (type(value), value)
    return attributes["it"]


@pytest.mark.parametrize(
    ("annotation", "value", "attribute"),
    [
        (int | str, 1, {"N": "1"}),
        (int | str, "1", {"S": "1"}),
        (int | bool, True, {"BOOL": True}),
        (int | list[int] | None, [1], {"L": [{"N": "1"}]}),
        (Cat | Dog, Dog(kind="wolf"), {"M": {"kind": {"S": "wolf"}}}),
        (Union[Annotated[Cat | Dog, Field(discriminator="kind")], None], Cat(), {"M": {"kind": {"S": "cat"}}}),  # noqa: UP007 - Annotated has no |
        (First | Second, Second(), {"M": {"kind": {"N": "2"}}}),
        (Literal["a"] | Literal["b"], "b", {"S": "b"}),  # noqa: PYI030 - as other people write it
        (Literal["a"] | str, "b", {"S": "b"}),  # noqa: PYI051 - likewise
        (Any | None, None, {"NULL": True}),
        (IPv4Address | None, IPv4Address("1.1.1.1"), {"S": "1.1.1.1"}),
        (Tree, {"a": [1, {"b": None}]}, {"M": {"dict[str, Tree]": {"M": {}}}}),
    ],
    ids=stable_repr,
)
def test_arms_that_differ_in_the_table_are_stored_bare(annotation: Any, value: object, attribute: Any) -> None:
    if annotation is Tree:
        attribute = {
            "M": {
                "a": {"L": [{"N": "1"}, {"M": {"b": {"NULL": True}}}]},
            },
        }
    assert survives(annotation, value) == attribute


@pytest.mark.parametrize(
    ("annotation", "value", "attribute"),
    [
        (int | float, 1, {"M": {"int": {"N": "1"}}}),
        (int | float, 1.0, {"M": {"float": {"N": "1"}}}),
        (Decimal | int, Decimal(1), {"M": {"Decimal": {"N": "1"}}}),
        (str | datetime, "2024-05-06T00:00:00.000000", {"M": {"str": {"S": "2024-05-06T00:00:00.000000"}}}),
        (date | datetime, datetime(2024, 5, 6), {"M": {"datetime": {"S": "2024-05-06T00:00:00.000000"}}}),
        (date | datetime, date(2024, 5, 6), {"M": {"date": {"S": "2024-05-06"}}}),
        (str | UUID, str(UUID(int=1)), {"M": {"str": {"S": str(UUID(int=1))}}}),
        (str | Status, Status.OPEN, {"M": {"Status": {"S": "open"}}}),
        (str | Status, "open", {"M": {"str": {"S": "open"}}}),
        (set[str] | list[str], set(), {"M": {"set[str]": {"L": []}}}),
        (set[str] | list[str], [], {"M": {"list[str]": {"L": []}}}),
        (list[int] | list[float], [1.0, 2.0], {"M": {"list[float]": {"L": [{"N": "1"}, {"N": "2"}]}}}),
        (list[float] | list[int], [1, 2], {"M": {"list[int]": {"L": [{"N": "1"}, {"N": "2"}]}}}),
        (tuple[int, ...] | tuple[int, str], (1, "a"), {"M": {"tuple[int, str]": {"L": [{"N": "1"}, {"S": "a"}]}}}),
        (Square | Circle, Circle(size=1), {"M": {"Circle": {"M": {"size": {"N": "1"}}}}}),
        (Size | list[int], {"width": 1}, {"M": {"width": {"N": "1"}}}),
        (Square | dict[str, int], {"size": 1}, {"M": {"dict[str, int]": {"M": {"size": {"N": "1"}}}}}),
        (Size | dict[str, str], {"width": 1}, {"M": {"Size": {"M": {"width": {"N": "1"}}}}}),
        (Cat | Dog | int | float, Dog(), {"M": {"Dog": {"M": {"kind": {"S": "dog"}}}}}),
        (Cat | int | float, 1.5, {"M": {"float": {"N": "1.5"}}}),
        (int | float | None, None, {"NULL": True}),
        (datetime | Any, 1, {"M": {"Any": {"N": "1"}}}),
        (IPv4Address | str, IPv4Address("1.1.1.1"), {"M": {"IPv4Address": {"S": "1.1.1.1"}}}),
        (IPv4Address | str, "1.1.1.1", {"M": {"str": {"S": "1.1.1.1"}}}),
    ],
    ids=stable_repr,
)
def test_arms_that_look_alike_are_stored_with_their_label(annotation: Any, value: object, attribute: Any) -> None:
    assert survives(annotation, value) == attribute
    arms = annotation.__args__
    assert survives(Union[tuple(reversed(arms))], value) == attribute  # noqa: UP007 - made at run time


def test_a_subclass_of_an_arm_is_stored_as_the_arm() -> None:
    model = model_of(int | str)
    assert codec_for(model).encode(model.model_construct(it=Status.OPEN))["it"] == {"S": "open"}


def test_a_value_of_no_arm_is_refused() -> None:
    model = model_of(int | float | Cat)
    for value in ("a", True, Dog()):
        with pytest.raises(UnstorableValueError, match=r"Holder.it: expected Cat \| float \| int, found"):
            codec_for(model).encode(model.model_construct(it=value))
    model = model_of(Cat | Dog)
    with pytest.raises(UnstorableValueError, match=r"Holder.it: expected Cat \| Dog, found Square"):
        codec_for(model).encode(model.model_construct(it=Square(size=1)))


@pytest.mark.parametrize(
    ("annotation", "attribute", "words"),
    [
        (int | float, {"M": {"str": {"S": "a"}}}, "expected one of ['float', 'int'] as the only key, found ['str']"),
        (int | float, {"M": {}}, "as the only key, found []"),
        (int | float, {"S": "a"}, "found the DynamoDB type S without a label"),
        (int | str, {"BOOL": True}, "found the DynamoDB type BOOL"),
        (Cat | Dog, {"M": {"kind": {"S": "cow"}}}, "what is stored is none of the known values ['cat', 'dog', 'wolf']"),
        (Cat | Dog, {"M": {}}, "not a DynamoDB attribute value"),
        (Cat | Dog, {"M": {"kind": {"L": []}}}, "none of the known values"),
    ],
    ids=stable_repr,
)
def test_a_value_without_a_known_arm_cannot_be_read(annotation: Any, attribute: Any, words: str) -> None:
    codec, system = codec_and_system(annotation)
    with pytest.raises(ValueError, match=r"Holder\.it") as caught:
        codec.decode({"it": attribute}, system)
    assert words in str(caught.value)


def test_a_value_from_before_the_union_is_read_if_only_one_arm_can() -> None:
    codec, system = codec_and_system(datetime | UUID)
    assert vars(codec.decode({"it": {"S": str(UUID(int=1))}}, system))["it"] == UUID(int=1)
    codec, system = codec_and_system(int | float)
    assert vars(codec.decode({"it": {"N": "1.5"}}, system))["it"] == 1.5
    with pytest.raises(ValueError, match="without a label"):
        codec.decode({"it": {"N": "1"}}, system)


def test_arms_of_one_name_are_refused() -> None:
    one, other = create_model("Part", a=(int, 1)), create_model("Part", b=(int, 1))
    with pytest.raises(ModelError, match=r"Holder.it: two types of a union are called Part; rename one"):
        model_of(one | other)


def test_a_union_within_an_alias_that_is_still_being_compiled_is_refused() -> None:
    with pytest.raises(ModelError, match="the alias Chained is, within itself, part of a union; write its types out"):
        model_of(Chained)


def test_look_alikes_within_look_alikes_are_found_in_time() -> None:
    value: Any = None
    for level in range(14):
        value = {level if level % 2 else "a": value}
    survives(Deep, value)


def test_look_alikes_that_hold_themselves_are_refused() -> None:
    value: Any = {}
    value["a"] = value
    with pytest.raises(UnstorableValueError, match="Holder: a value holds itself"):
        survives(Deep, value)
