"""How each value is stored and comes back, and which are refused."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Literal, NamedTuple, NewType, Optional, Required
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import AwareDatetime, BaseModel, HttpUrl, JsonValue, SecretStr, create_model
from typing_extensions import TypedDict

from sst_repo.errors import UnstorableValueError
from sst_repo.mapping.codec import codec_for
from sst_repo.resource import SYSTEM_FIELDS, Resource
from tests.names import stable_repr

DIGITS_38 = int("12345678901234567890123456789012345678")
BERLIN = ZoneInfo("Europe/Berlin")
UserId = NewType("UserId", str)


class Status(StrEnum):
    OPEN = "open"
    PAID = "paid"


class Level(IntEnum):
    LOW = 1


class Access(Flag):
    READ = 1
    WRITE = 2


class Shape(Enum):
    ROUND = (1, 2)
    FLAT = "flat"


class Point(NamedTuple):
    x: int
    y: int = 0


class Options(TypedDict, total=False):
    size: Required[int]
    colour: str


class Line(BaseModel):
    sku: str
    price: Decimal | None = None


def holder(annotation: Any) -> type[Resource]:
    return create_model("Holder", __base__=Resource, it=(annotation, ...))


def holding(annotation: Any, value: object) -> Resource:
    """A resource with the value in its field `it`, assigned past validation."""
    return holder(annotation).model_construct(it=value)


def stored(annotation: Any, value: object) -> Any:
    resource = holding(annotation, value)
    codec = codec_for(type(resource))
    attributes = codec.encode(resource)
    codec.prove(resource, attributes)
    return attributes["it"]


def loaded(annotation: Any, attribute: Any) -> Any:
    resource = holding(annotation, None)
    system = {name: getattr(resource, name) for name in SYSTEM_FIELDS}
    return vars(codec_for(type(resource)).decode({"it": attribute}, system))["it"]


def refusal(annotation: Any, value: object) -> UnstorableValueError:
    with pytest.raises(UnstorableValueError) as caught:
        stored(annotation, value)
    return caught.value


@pytest.mark.parametrize(
    ("annotation", "value", "attribute"),
    [
        (str, "", {"S": ""}),
        (str, "\0é😀", {"S": "\0é😀"}),
        (bytes, b"", {"B": b""}),
        (bytes, b"\xff\0", {"B": b"\xff\0"}),
        (bool, True, {"BOOL": True}),
        (int, 0, {"N": "0"}),
        (int, DIGITS_38, {"N": str(DIGITS_38)}),
        (int, -DIGITS_38 * 10**80, {"N": f"-{DIGITS_38}{'0' * 80}"}),
        (float, 1 / 3, {"N": "0.3333333333333333"}),
        (float, 1e-120, {"N": f"0.{'0' * 119}1"}),
        (float, -0.0, {"N": "0"}),
        (float, 1e23, {"N": "1" + "0" * 23}),
        (float, 1.0, {"N": "1"}),
        (Decimal, Decimal("1.10"), {"N": "1.1"}),
        (Decimal, Decimal("1E-130"), {"N": f"0.{'0' * 129}1"}),
        (Decimal, Decimal("-0.00"), {"N": "0"}),
        (datetime, datetime(2024, 5, 6), {"S": "2024-05-06T00:00:00.000000"}),
        (datetime, datetime(2024, 5, 6, 7, tzinfo=BERLIN), {"S": "2024-05-06T05:00:00.000000Z"}),
        (datetime, datetime(1, 1, 1), {"S": "0001-01-01T00:00:00.000000"}),
        (datetime, datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1), {"S": "2024-10-27T01:30:00.000000Z"}),
        (AwareDatetime, datetime(2024, 5, 6, tzinfo=UTC), {"S": "2024-05-06T00:00:00.000000Z"}),
        (date, date(2024, 5, 6), {"S": "2024-05-06"}),
        (time, time(1, 2, 3, 4), {"S": "01:02:03.000004"}),
        (time, time(1, tzinfo=timezone(timedelta(hours=2))), {"S": "01:00:00+02:00"}),
        (timedelta, timedelta(days=1, microseconds=5), {"N": "86400.000005"}),
        (timedelta, timedelta(microseconds=-1), {"N": "-0.000001"}),
        (timedelta, timedelta.max, {"N": "86399999999999.999999"}),
        (UUID, UUID(int=1), {"S": "00000000-0000-0000-0000-000000000001"}),
        (Status, Status.OPEN, {"S": "open"}),
        (Level, Level.LOW, {"N": "1"}),
        (Access, Access.READ | Access.WRITE, {"N": "3"}),
        (Shape, Shape.ROUND, {"S": "ROUND"}),
        (Literal["a", "b"], "b", {"S": "b"}),
        (Literal[1, "a"], 1, {"N": "1"}),
        (UserId, "u1", {"S": "u1"}),
        (None, None, {"NULL": True}),
        (int | None, None, {"NULL": True}),
        (list[int], [2, 1], {"L": [{"N": "2"}, {"N": "1"}]}),
        (Sequence[int], [1], {"L": [{"N": "1"}]}),
        (deque[int], deque([1]), {"L": [{"N": "1"}]}),
        (tuple[int, ...], (), {"L": []}),
        (tuple[()], (), {"L": []}),
        (tuple[int, str], (1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
        (set[str], {"b", "a", ""}, {"SS": ["", "a", "b"]}),
        (set[str], set(), {"L": []}),
        (frozenset[str], frozenset(), {"L": []}),
        (set[int], {10, 9}, {"NS": ["10", "9"]}),
        (set[float], {0.5, 1.0}, {"NS": ["0.5", "1"]}),
        (frozenset[bytes], frozenset({b"b", b""}), {"BS": [b"", b"b"]}),
        (set[UUID], {UUID(int=0)}, {"SS": ["00000000-0000-0000-0000-000000000000"]}),
        (set[Status], set(Status), {"SS": ["open", "paid"]}),
        (set[bool], {True, False}, {"L": [{"BOOL": False}, {"BOOL": True}]}),
        (set[tuple[int, ...]], {(2,), (1,)}, {"L": [{"L": [{"N": "1"}]}, {"L": [{"N": "2"}]}]}),
        (dict[str, int], {"a": 1}, {"M": {"a": {"N": "1"}}}),
        (dict[str, int], {"": 1, "\0": 2}, {"M": {"\0": {"N": "1"}, "\0\0": {"N": "2"}}}),
        (Mapping[str, int], {"a": 1}, {"M": {"a": {"N": "1"}}}),
        (dict[int, str], {1: "a"}, {"M": {"1": {"S": "a"}}}),
        (dict[float, str], {0.5: "a"}, {"M": {"0.5": {"S": "a"}}}),
        (dict[bool, str], {True: "a"}, {"M": {"true": {"S": "a"}}}),
        (dict[bytes, int], {b"": 1, b"a": 2}, {"M": {"\0": {"N": "1"}, "YQ==": {"N": "2"}}}),
        (dict[date, int], {date(2024, 1, 2): 1}, {"M": {"2024-01-02": {"N": "1"}}}),
        (dict[Level, int], {Level.LOW: 1}, {"M": {"1": {"N": "1"}}}),
        (dict[Literal["a"], int], {"a": 1}, {"M": {"a": {"N": "1"}}}),
        (dict[tuple[int, int], str], {(1, 2): "a"}, {"L": [{"L": [{"L": [{"N": "1"}, {"N": "2"}]}, {"S": "a"}]}]}),
        (defaultdict[str, int], defaultdict(int, a=1), {"M": {"a": {"N": "1"}}}),
        (Counter[str], Counter("aa"), {"M": {"a": {"N": "2"}}}),
        (OrderedDict[str, int], OrderedDict(b=1), {"L": [{"L": [{"S": "b"}, {"N": "1"}]}]}),
        (Point, Point(1), {"M": {"x": {"N": "1"}, "y": {"N": "0"}}}),
        (Options, {"size": 1}, {"M": {"size": {"N": "1"}}}),
        (Line, Line(sku="a"), {"M": {"sku": {"S": "a"}}}),
        (list[Line], [Line(sku="a", price=Decimal(1))], {"L": [{"M": {"sku": {"S": "a"}, "price": {"N": "1"}}}]}),
        (HttpUrl, HttpUrl("http://a.b/"), {"S": "http://a.b/"}),
        (Optional[IPv4Address], IPv4Address("1.2.3.4"), {"S": "1.2.3.4"}),  # noqa: UP045 - the other spelling
        (Path, Path("/a"), {"S": "/a"}),
        (Any, None, {"NULL": True}),
        (Any, [1, 1.5, "a", b"a", True], {"L": [{"N": "1"}, {"N": "1.5"}, {"S": "a"}, {"B": b"a"}, {"BOOL": True}]}),
        (Any, {"a": {1, 2.5}}, {"M": {"a": {"NS": ["1", "2.5"]}}}),
        (Any, Decimal("0.1"), {"N": "0.1"}),
        (JsonValue, {"": [None]}, {"M": {"\0": {"L": [{"NULL": True}]}}}),
        (list, [{"a": 1}], {"L": [{"M": {"a": {"N": "1"}}}]}),
        (dict, {"a": [1]}, {"M": {"a": {"L": [{"N": "1"}]}}}),
        (object, "a", {"S": "a"}),
    ],
    ids=stable_repr,
)
def test_a_value_is_stored_so_and_comes_back(annotation: Any, value: object, attribute: object) -> None:
    assert stored(annotation, value) == attribute


@pytest.mark.parametrize(
    ("annotation", "value", "back"),
    [
        (Any, 1.5, 1.5),
        (Any, 2.0, 2),
        (Any, 1e23, int(1e23)),
        (Any, Decimal("0.1"), 0.1),
        (Any, Status.OPEN, "open"),
        (float, 2, 2.0),
        (str, Status.OPEN, "open"),
        (int, Level.LOW, 1),
        (datetime, datetime(2024, 5, 6, 7, tzinfo=BERLIN), datetime(2024, 5, 6, 5, tzinfo=UTC)),
    ],
    ids=stable_repr,
)
def test_a_normalised_value_comes_back_as_documented(annotation: Any, value: object, back: object) -> None:
    found = loaded(annotation, stored(annotation, value))
    assert (type(found), found) == (type(back), back)
    if isinstance(found, datetime):
        assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("annotation", "value", "path", "words"),
    [
        (float, float("nan"), "", "NaN"),
        (float, float("-inf"), "", "Infinity"),
        (float, 2**53 + 1, "", "no exact float"),
        (float, 10**400, "", "too large"),
        (float, 1e-131, "", "magnitude"),
        (Decimal, Decimal("sNaN"), "", "NaN"),
        (Decimal, Decimal("1" * 39), "", "39 significant digits"),
        (int, 10**126, "", "magnitude"),
        (int, True, "", "expected int, found bool"),
        (int, 1.0, "", "expected int, found float"),
        (float, "1", "", "expected float, found str"),
        (float, True, "", "expected float, found bool"),
        (Decimal, "1", "", "expected Decimal, found str"),
        (Decimal, 1.5, "", "expected Decimal, found float"),
        (str, b"a", "", "expected str, found bytes"),
        (str, "\ud800", "", "surrogate"),
        (date, datetime(2024, 1, 1), "", "expected date, found datetime"),
        (datetime, datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), "", "out of range"),
        (time, time(1, tzinfo=BERLIN), "", "fixed offset"),
        (Status, "open", "", "expected Status, found str"),
        (Literal["a"], "b", "", "expected Literal['a'], found str"),
        (Literal[1], True, "", "expected Literal[1], found bool"),
        (int | None, "a", "", "expected None | int, found str"),
        (list[int], (1,), "", "expected list[int], found tuple"),
        (list[int], [1, "a"], "[1]", "expected int"),
        (tuple[int, str], (1, 2), "[1]", "expected str"),
        (tuple[int, str], (1,), "", "expected tuple[int, str]"),
        (set[str], {"a", 1}, "{int}", "expected str"),
        (set[int], frozenset({1}), "", "expected set[int], found frozenset"),
        (dict[str, Decimal], {"a": {}}, "['a']", "expected Decimal"),
        (dict[int, str], {"a": "b"}, "['a']", "expected int"),
        (dict[str, int], {"a" * 65536: 1}, "['aaaaaaaaaaaa...aaaaaaaaaaaaa']", "65535"),
        (dict[tuple[int, int], str], {(1, 2): 3}, "[(1, 2)]", "expected str"),
        (OrderedDict[str, int], {"a": 1}, "", "expected OrderedDict"),
        (Line, {"sku": "a"}, "", "expected Line, found dict"),
        (list[Line], [Line.model_construct(sku="a", price="9")], "[0].price", "expected Decimal | None"),
        (list[Line], [Line.model_construct()], "[0].sku", "no value"),
        (Options, [1], "", "expected Options, found list"),
        (Options, {}, ".size", "no value"),
        (Options, {"size": 1, "weight": 2}, "", "Options has no keys ['weight']"),
        (Point, (1, 2), "", "expected Point, found tuple"),
        (None, 1, "", "expected None, found int"),
        (Any, Ellipsis, "", "declare"),
        (Any, [{"a": (1,)}], "[0]['a']", "tuple"),
        (Any, {1: 2}, "[1]", "key of type int"),
        (Any, {"\ud800": 2}, "['\\ud800']", "surrogate"),
        (Any, ["\ud800"], "[0]", "surrogate"),
        (Any, set(), "", "empty set"),
        (Any, {1, "a"}, "", "only str, only bytes or only numbers"),
        (Any, {(1,)}, "", "only str, only bytes or only numbers"),
        (Any, {True}, "", "only str, only bytes or only numbers"),
        (Any, frozenset({1}), "", "frozenset"),
        (Any, datetime(2024, 1, 1), "", "datetime"),
        (Any, Decimal("0.1234567890123456789"), "", "come back as a float"),
        (Any, Decimal("NaN"), "", "NaN"),
        (Any, 1e40, "", "significant digits"),
        (HttpUrl, "http://a.b/", "", "expected HttpUrl"),
        (SecretStr, SecretStr("s"), "", "would come back as another one"),
        (deque[int], deque([1], maxlen=3), "", "come back"),
    ],
    ids=stable_repr,
)
def test_a_refusal_names_the_place_and_the_reason(annotation: Any, value: object, path: str, words: str) -> None:
    error = refusal(annotation, value)
    assert error.path == f"Holder.it{path}"
    assert words in error.reason


def nested(levels: int, leaf: Any = 1) -> Any:
    value = leaf
    for _ in range(levels):
        value = [value]
    return value


class Chain(BaseModel):
    next: "Chain | None" = None


def test_31_lists_and_maps_are_the_most() -> None:
    stored(Any, nested(31))
    stored(Any, nested(31, {"a"}))
    assert "32 levels" in refusal(Any, nested(32)).reason
    assert "32 levels" in refusal(Any, nested(31, [])).reason
    assert refusal(Any, nested(32)).path == "Holder.it" + "[0]" * 31


def test_what_holds_itself_is_refused() -> None:
    tree: list[Any] = []
    tree.append({"a": tree})
    assert "32 levels" in refusal(Any, tree).reason
    chain = Chain()
    chain.next = chain
    assert refusal(Chain, chain).path == "Holder.it" + ".next" * 31


def test_a_long_chain_is_refused() -> None:
    chain = Chain()
    for _ in range(5000):
        chain = Chain.model_construct(next=chain)
    assert "32 levels" in refusal(Chain, chain).reason


def test_pairs_take_two_levels() -> None:
    stored(dict[tuple[int], Any], {(1,): nested(29)})
    refusal(dict[tuple[int], Any], {(1,): nested(30)})


@pytest.mark.parametrize(
    ("annotation", "one", "other"),
    [
        (float, 1, 1.0),
        (Decimal, Decimal("1.0"), Decimal(1)),
        (datetime, datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), datetime(2024, 1, 1, tzinfo=UTC)),
        (dict[tuple[int], int], {(1,): 1, (2,): 2}, {(2,): 2, (1,): 1}),
        (Any, {"a": 2.0}, {"a": 2}),
        (set[tuple[str, ...]], {("b",), ("a",)}, {("a",), ("b",)}),
    ],
    ids=stable_repr,
)
def test_equal_values_are_stored_equally(annotation: Any, one: object, other: object) -> None:
    assert one == other
    assert stored(annotation, one) == stored(annotation, other)


@pytest.mark.parametrize(
    ("annotation", "attribute", "words"),
    [
        (int, {"S": "1"}, "Holder.it: expected the DynamoDB type N, found S"),
        (int, {"N": "1.5"}, "what is stored is no int"),
        (int, {"N": "1E400"}, "what is stored is no int"),
        (list[int], {"L": [{"N": "1"}, {"S": "a"}]}, "Holder.it[1]: expected the DynamoDB type N"),
        (list[Line], {"L": [{"M": {"sku": {"N": "1"}}}]}, "Holder.it[0].sku: expected the DynamoDB type S"),
        (list[Line], {"L": [{"M": {}}]}, "Field required"),
        (dict[int, int], {"M": {"a": {"N": "1"}}}, "Holder.it['a']"),
        (dict[bool, int], {"M": {"a": {"N": "1"}}}, "true or false"),
        (dict[bytes, int], {"M": {"ä": {"N": "1"}}}, "base64"),
        (dict[tuple[int], int], {"L": [{"L": []}]}, "pair"),
        (dict[Any, int], {"L": [{"L": [{"L": []}, {"N": "1"}]}]}, "unhashable"),
        (set[Any], {"L": [{"L": []}]}, "unhashable"),
        (tuple[int, int], {"L": []}, "0 items"),
        (datetime, {"S": "yesterday"}, "what is stored is no datetime"),
        (timedelta, {"N": "0.0000001"}, "what is stored is no timedelta"),
        (timedelta, {"N": "1E30"}, "what is stored is no timedelta"),
        (UUID, {"S": "x"}, "what is stored is no UUID"),
        (Status, {"S": "lost"}, "not a member of Status"),
        (Literal["a"], {"S": "b"}, "expected Literal['a'], found another str"),
        (Point, {"M": {}}, "Holder.it: it is not a Point"),
        (HttpUrl, {"S": "x"}, "it is not a HttpUrl"),
        (HttpUrl, {"B": b"x"}, "not JSON"),
        (str, {}, "not a DynamoDB attribute value"),
        (str, {"S": 1}, "can't be the content"),
        (Any, {"Q": 1}, "not a DynamoDB attribute value"),
    ],
    ids=stable_repr,
)
def test_what_cannot_be_read_is_a_value_error(annotation: Any, attribute: Any, words: str) -> None:
    with pytest.raises(ValueError, match=r"Holder|validation") as caught:
        loaded(annotation, attribute)
    assert words in str(caught.value)


def test_stored_numbers_may_have_an_exponent() -> None:
    assert loaded(int, {"N": "1E2"}) == 100
    assert loaded(float, {"N": "1.5e-3"}) == 0.0015
    assert loaded(Decimal, {"N": "15E-1"}) == Decimal("1.5")
