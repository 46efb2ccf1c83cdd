"""What pydantic can do with a model, and what becomes of it."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, Literal, NamedTuple, Optional, TypeVar

import pydantic
import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    Base64Bytes,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    PlainSerializer,
    PrivateAttr,
    RootModel,
    computed_field,
    create_model,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic_core import core_schema

from sst_repo.errors import ModelError, UnstorableValueError
from sst_repo.mapping.codec import ModelCodec, codec_for
from sst_repo.mapping.compiler import Compiler
from sst_repo.resource import SYSTEM_FIELDS, Resource, VersionedResource
from tests.names import stable_repr

T = TypeVar("T")


def round_trip(resource: Any) -> Any:
    codec: ModelCodec[Any] = codec_for(type(resource))
    attributes = codec.encode(resource)
    codec.prove(resource, attributes)
    return codec.decode(attributes, system_of(resource))


def system_of(resource: Resource) -> dict[str, object]:
    return {name: getattr(resource, name) for name in SYSTEM_FIELDS}


def stored(resource: Any) -> dict[str, Any]:
    codec: ModelCodec[Any] = codec_for(type(resource))
    return dict(codec.encode(resource))


class Plain(Resource):
    name: str
    note: str | None = None
    tag: str | None = "x"
    must: int | None
    made: list[int] = Field(default_factory=lambda: [1])


def test_system_fields_are_not_stored() -> None:
    assert stored(Plain(name="a", must=1)).keys() == {"name", "tag", "must", "made"}


def test_none_is_left_out_only_where_it_is_the_default() -> None:
    attributes = stored(Plain(name="a", note=None, tag=None, must=None))
    assert "note" not in attributes
    assert attributes["tag"] == attributes["must"] == {"NULL": True}
    back = round_trip(Plain(name="a", note=None, tag=None, must=None))
    assert (back.note, back.tag, back.must) == (None, None, None)


def test_a_missing_attribute_takes_the_default() -> None:
    plain = Plain(name="a", must=1)
    back = codec_for(Plain).decode({"name": {"S": "b"}, "must": {"NULL": True}}, system_of(plain))
    assert (back.name, back.note, back.tag, back.made) == ("b", None, "x", [1])
    with pytest.raises(ValueError, match="must: missing"):
        codec_for(Plain).decode({"name": {"S": "b"}}, system_of(plain))


def test_what_belongs_to_the_library_is_passed_over() -> None:
    class Strict(Resource):
        model_config = ConfigDict(extra="forbid")
        name: str

    one = Strict(name="a")
    library = {name: {"S": "?"} for name in ("_v", "pk", "sk", "gsi1pk", "_anything")}
    assert codec_for(Strict).decode({**stored(one), **library}, system_of(one)) == one
    with pytest.raises(ValueError, match="old: extra_forbidden"):
        codec_for(Strict).decode({**stored(one), "old": {"S": ""}}, system_of(one))


def test_unknown_attributes_are_dropped_where_extras_are_ignored() -> None:
    plain = Plain(name="a", must=1)
    assert codec_for(Plain).decode({**stored(plain), "old": {"broken": 1}}, system_of(plain)) == plain


class Open(Resource):
    model_config = ConfigDict(extra="allow")
    name: str


class OpenPrices(Resource):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: "dict[str, Decimal]"  # pyright: ignore[reportIncompatibleVariableOverride]


def test_extras_stand_beside_the_fields() -> None:
    one = Open.model_validate({"name": "a", "colour": ["red", 1.5], "": 1})
    assert stored(one) == {
        "name": {"S": "a"},
        "colour": {"L": [{"S": "red"}, {"N": "1.5"}]},
        "\0": {"N": "1"},
    }
    assert round_trip(one).__pydantic_extra__ == {"colour": ["red", 1.5], "": 1}


def test_extras_have_their_declared_type() -> None:
    one = OpenPrices.model_validate({"apple": Decimal("1.10")})
    assert round_trip(one).__pydantic_extra__ == {"apple": Decimal("1.1")}
    extras: Any = one.__pydantic_extra__
    extras["pear"] = "x"
    with pytest.raises(UnstorableValueError, match=r"OpenPrices\.pear: expected Decimal"):
        stored(one)


@pytest.mark.parametrize("name", ["_x", "pk", "sk", "gsi1pk", "name"])
def test_an_extra_cannot_take_a_name_that_is_not_free(name: str) -> None:
    one = Open(name="a")
    extras: Any = one.__pydantic_extra__
    extras[name] = 1
    with pytest.raises(UnstorableValueError, match=rf"Open\.{name}"):
        stored(one)


def test_extras_of_a_model_that_allows_none_are_not_lost_silently() -> None:
    one = Plain(name="a", must=1)
    object.__setattr__(one, "__pydantic_extra__", {"more": 1})
    with pytest.raises(UnstorableValueError, match=r"Plain\.more: the model allows no extras"):
        stored(one)


def test_extras_of_a_nested_model_survive() -> None:
    class Inner(BaseModel):
        model_config = ConfigDict(extra="allow")

    class Outer(Resource):
        inner: Inner

    one = Outer(inner=Inner.model_validate({"_a": 1, "pk": [None], "": "x"}))
    assert round_trip(one) == one


class Colour(Enum):
    RED = "red"


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=str.upper)
    a_b: int


class Everything(VersionedResource):
    model_config = ConfigDict(
        strict=True,
        frozen=True,
        alias_generator=str.upper,
        revalidate_instances="always",
        validate_assignment=True,
        extra="forbid",
    )
    name: str = Field(exclude=True)
    other: Annotated[int, Field(ge=0), PlainSerializer(str)] = Field(validation_alias=AliasChoices("x", "y"))
    inner: Inner
    inners: tuple[Inner, ...] = ()
    colour: Colour = Colour.RED
    when: datetime | None = None
    _secret: int = PrivateAttr(default=1)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def double(self) -> int:
        return self.other * 2

    @field_serializer("when")
    def hide(self, _: object) -> str:
        return "hidden"


def test_aliases_serializers_and_exclusions_play_no_part() -> None:
    inner = Inner.model_validate({"A_B": 1})
    values = {"name": "n", "other": 3, "inner": inner, "inners": (inner,), "when": datetime(2024, 1, 1)}
    one = Everything.model_validate(values, by_name=True, by_alias=False)
    one._secret = 2
    back = round_trip(one)
    assert back == one
    assert back._secret == 1
    assert stored(one).keys() == {"name", "other", "inner", "inners", "colour", "when"}
    assert stored(one)["inner"] == {"M": {"a_b": {"N": "1"}}}


def test_enum_values_are_stored_like_enums() -> None:
    class Raw(Resource):
        model_config = ConfigDict(use_enum_values=True)
        colour: Colour
        colours: tuple[Colour, ...] = ()

    one = Raw(colour=Colour.RED, colours=(Colour.RED,))
    assert stored(one) == {"colour": {"S": "red"}, "colours": {"L": [{"S": "red"}]}}
    assert round_trip(one).colours == ("red",)
    one.colours = ("blue",)  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(UnstorableValueError, match=r"Raw\.colours\[0\]: expected Colour"):
        stored(one)


def test_validators_keep_their_meaning() -> None:
    class Checked(Resource):
        tags: list[str]
        low: int = 0
        high: int = 9

        @field_validator("tags", mode="before")
        @classmethod
        def split(cls, value: Any) -> Any:
            return value.split(",") if isinstance(value, str) else value

        @model_validator(mode="after")
        def in_order(self) -> "Checked":
            if self.low > self.high:
                raise ValueError("low is over high")
            return self

    one = Checked.model_validate({"tags": "a,b"})
    assert round_trip(one).tags == ["a", "b"]
    one.low = 10
    with pytest.raises(UnstorableValueError, match=r"Checked: it could not be read again: Checked: value_error"):
        codec_for(Checked).prove(one, stored(one))


def test_a_validator_that_changes_what_it_is_given_is_found_out() -> None:
    class Growing(Resource):
        name: Annotated[str, AfterValidator(lambda text: text + "!")]

    one = Growing(name="a")
    with pytest.raises(UnstorableValueError, match=r"Growing\.name: str would come back as another one"):
        round_trip(one)


def test_a_validator_that_changes_only_the_type_is_found_out() -> None:
    class Floating(Resource):
        number: Annotated[int | float, BeforeValidator(float)] = 0

    one = Floating()
    one.number = 5
    with pytest.raises(UnstorableValueError, match=r"Floating\.number: it would come back as another type"):
        codec_for(Floating).prove(one, stored(one))


def test_a_validator_that_fails_in_its_own_way_is_a_value_error() -> None:
    class Fragile(Resource):
        name: str

        @model_validator(mode="before")
        @classmethod
        def look(cls, values: Any) -> Any:
            values["name"].upper()
            return values

    one = Fragile(name="a")
    with pytest.raises(ValueError, match="Fragile: a validator raised KeyError"):
        codec_for(Fragile).decode({}, system_of(one))


class Box(BaseModel, Generic[T]):
    content: T


class Bounded(BaseModel):
    pass


class Crate(Resource, Generic[T]):
    box: Box[T]
    any_box: Box[Any] | None = None


class Family(Resource):
    parent: Optional["Family"] = None
    children: tuple["Family", ...] = ()


class Numbers(RootModel[list[int]]):
    pass


@dataclasses.dataclass
class Money:
    amount: Decimal
    currency: str = "EUR"
    text: str = dataclasses.field(init=False, default="")

    def __post_init__(self) -> None:
        self.text = f"{self.amount} {self.currency}"


@pydantic.dataclasses.dataclass(frozen=True, slots=True)
class Range:
    low: int
    high: int | None = None


def test_generic_recursive_root_models_and_dataclasses_survive() -> None:
    class Mixed(Resource):
        crate: Crate[int]
        family: Family
        numbers: Numbers
        money: list[Money]
        ranges: dict[Range, Range]
        bare: Box[Any]

    one = Mixed(
        crate=Crate[int](box=Box[int](content=1)),
        family=Family(parent=Family(), children=(Family(children=(Family(),)),)),
        numbers=Numbers([1]),
        money=[Money(Decimal(1))],
        ranges={Range(1): Range(1, 2)},
        bare=Box[Any](content=[1.5]),
    )
    back = round_trip(one)
    assert back == one
    assert type(back.crate.box) is Box[int]
    assert stored(one)["numbers"] == {"M": {"root": {"L": [{"N": "1"}]}}}


def test_an_unparametrised_generic_holds_its_bound_or_anything() -> None:
    class Loose(Resource):
        box: Box  # type: ignore[type-arg]

    assert round_trip(Loose(box=Box(content=[1, "a"]))).box.content == [1, "a"]


def test_private_attributes_of_nested_models_do_not_count() -> None:
    class Cached(BaseModel):
        value: int
        _cache: dict[str, int] = PrivateAttr(default_factory=dict)

    class Holder(Resource):
        cached: list[Cached]

    one = Holder(cached=[Cached(value=1)])
    one.cached[0]._cache["a"] = 1
    assert round_trip(one).cached[0].value == 1


def test_a_subclass_is_not_cut_down_to_its_base() -> None:
    class Base(BaseModel):
        a: int

    class Sub(Base):
        b: int

    class Holder(Resource):
        base: Base

    one = Holder(base=Sub(a=1, b=2))
    with pytest.raises(UnstorableValueError, match=r"Holder\.base: expected Base, found Sub.*declare a union"):
        stored(one)

    class SubPlain(Plain):
        more: int = 0

    with pytest.raises(UnstorableValueError, match=r"expected exactly a Plain"):
        codec_for(Plain).encode(SubPlain(name="a", must=1))


class Celsius:
    """A type that says to pydantic how it is read and written."""

    def __init__(self, degrees: float) -> None:
        self.degrees = degrees

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Celsius) and other.degrees == self.degrees

    def __hash__(self) -> int:
        return hash(self.degrees)

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> core_schema.CoreSchema:
        make = core_schema.no_info_after_validator_function(cls, core_schema.float_schema())
        return core_schema.json_or_python_schema(
            json_schema=make,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), make]),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.degrees),
        )


class Opaque:
    pass


def test_a_custom_type_is_stored_as_its_json() -> None:
    class Weather(Resource):
        outside: Celsius
        days: tuple[Celsius, ...] = ()

    one = Weather(outside=Celsius(1.5), days=(Celsius(2.0),))
    assert stored(one) == {"outside": {"N": "1.5"}, "days": {"L": [{"N": "2"}]}}
    assert round_trip(one) == one


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"pk": (str, "")}, r"Bad\.pk: pk, sk and names beginning with gsi or _ belong to the table"),
        ({"gsi1pk": (str, "")}, r"Bad\.gsi1pk"),
        ({"version": (str, "")}, r"Bad\.version: the field belongs to the library and is int"),
        ({"it": (Callable[[], int], ...)}, r"Bad\.it: .*Callable.* can't be made from what is stored; use a type"),
        ({"it": (Iterable[int], ...)}, r"Bad\.it: .*Iterable"),
        ({"it": (type[int], ...)}, r"Bad\.it: type\[int\]"),
        ({"it": (list[Opaque], ...)}, r"Bad\.it: Opaque can't be"),
        ({"it": (Json[list[int]], ...)}, r"Bad\.it: Json converts a value each time"),
        ({"it": (Base64Bytes, ...)}, r"Bad\.it: EncodedBytes converts"),
        ({"it": (BaseModel, ...)}, r"Bad\.it: a BaseModel could be any model"),
    ],
    ids=stable_repr,
)
def test_a_class_that_cannot_be_mapped_is_refused(fields: Any, words: str) -> None:
    class Base(Resource):
        model_config = ConfigDict(arbitrary_types_allowed=True)

    with pytest.raises(ModelError, match=words):
        codec_for(create_model("Bad", __base__=Base, **fields))


def test_a_nested_class_that_cannot_be_mapped_is_named_too() -> None:
    inner = create_model("Inner", call=(Callable[[], int], ...))
    with pytest.raises(ModelError, match=r"Outer\.it: Inner\.call: "):
        codec_for(create_model("Outer", __base__=Resource, it=(list[inner], ...)))  # type: ignore[valid-type]


def test_a_name_that_cannot_be_found_is_a_model_error() -> None:
    class Here(NamedTuple):
        other: "Missing"  # type: ignore[name-defined] # noqa: F821 # pyright: ignore[reportUndefinedVariable]

    with pytest.raises(ModelError, match="'Missing' is not defined; define it at the top level"):
        Compiler().compile(Here)


def test_a_system_field_may_be_described_anew() -> None:
    class Described(Resource):
        resource_id: str = Field(default="fixed", description="The id.")

    assert round_trip(Described()).resource_id == "fixed"


def test_a_class_is_compiled_once_and_a_subclass_for_itself() -> None:
    class Sub(Plain):
        more: Literal[1] = 1

    assert codec_for(Plain) is codec_for(Plain)
    assert codec_for(Sub) is not codec_for(Plain)
    assert "more" in stored(Sub(name="a", must=1))
