"""Random filters and rows, and what a server makes of them: for the tests that compare it with `satisfies`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sst_repo.core.expressions import compile_filter
from sst_repo.core.filters import (
    And,
    BeginsWith,
    Compare,
    Contains,
    Exists,
    Filter,
    In,
    Not,
    Or,
    Path,
    SizeIs,
    TypeIs,
    satisfies,
)
from sst_repo.core.numbers import canonical_number

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "filters"
_NAMES = ("a", "b", "size", "a.b")
_KEYS = ("x", "#0", "NOT")


def values(*, small: bool = False) -> st.SearchStrategy[Any]:
    """Attribute values of every type, from few enough that they often meet their like."""
    texts = st.sampled_from(("", "a", "ab", "b", "é", "\uff5e", "😀", "aé😀", "5"))
    binaries = st.sampled_from((b"", b"a", b"ab", b"\x7f", b"\x80", b"\xff\x00"))
    numbers = st.sampled_from(("0", "1", "-1", "1.5", "2", "10", "5", "1E+100", "-0.1")).map(canonical_number)
    leaves: st.SearchStrategy[Any] = st.one_of(
        texts.map(lambda text: {"S": text}),
        numbers.map(lambda number: {"N": number}),
        binaries.map(lambda binary: {"B": binary}),
        st.booleans().map(lambda truth: {"BOOL": truth}),
        st.just({"NULL": True}),
    )
    if small:
        return leaves
    sets = st.one_of(
        st.lists(texts.filter(bool), min_size=1, max_size=3, unique=True).map(lambda held: {"SS": held}),
        st.lists(numbers, min_size=1, max_size=3, unique=True).map(lambda held: {"NS": held}),
        st.lists(binaries.filter(bool), min_size=1, max_size=3, unique=True).map(lambda held: {"BS": held}),
    )
    return st.recursive(
        leaves | sets,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda held: {"L": held}),
            st.dictionaries(st.sampled_from(_KEYS), inner, max_size=2).map(lambda held: {"M": held}),
        ),
        max_leaves=4,
    )


def rows() -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(_NAMES), values(), max_size=4)


def some_rows() -> list[dict[str, Any]]:
    """Rows enough to tell filters apart; the same in every run."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=150, phases=[Phase.generate])
    @given(row=rows())
    def collect(row: dict[str, Any]) -> None:
        found.append(row)

    collect()
    return found


def _paths() -> st.SearchStrategy[Path]:
    steps: st.SearchStrategy[str | int] = st.sampled_from(_KEYS) | st.integers(0, 2)
    return st.tuples(st.sampled_from(_NAMES), st.lists(steps, max_size=2)).map(lambda both: (both[0], *both[1]))


def filters() -> st.SearchStrategy[Filter]:
    """Filters as `mapping.filters` makes them: ordered are only S, N and B, and a prefix is S or B."""
    paths, operands = _paths(), values()
    ordered = values(small=True).filter(lambda value: not value.keys() & {"BOOL", "NULL"})
    leaves: st.SearchStrategy[Filter] = st.one_of(
        st.builds(Compare, paths, st.sampled_from(("=", "<>")), operands),
        st.builds(Compare, paths, st.sampled_from(("<", "<=", ">", ">=")), ordered),
        st.builds(SizeIs, paths, st.sampled_from(("=", "<", "<=", ">", ">=")), st.integers(-1, 5)),
        st.builds(In, paths, st.lists(operands, min_size=1, max_size=3).map(tuple)),
        st.builds(BeginsWith, paths, ordered.filter(lambda value: "N" not in value)),
        st.builds(Contains, paths, operands),
        st.builds(Exists, paths),
        st.builds(TypeIs, paths, st.sampled_from(("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"))),
    )
    return st.recursive(leaves, joined, max_leaves=6)


def joined(inner: st.SearchStrategy[Filter], *, least: int = 0) -> st.SearchStrategy[Filter]:
    some = st.lists(inner, min_size=least, max_size=3).map(tuple)
    return st.builds(And, some) | st.builds(Or, some) | st.builds(Not, inner)


def put(client: "DynamoDBClient", partition: str, items: Sequence[dict[str, Any]]) -> None:
    requests: list[Any] = [
        {"PutRequest": {"Item": {"pk": {"S": partition}, "sk": {"S": f"{index:03}"}, "_v": {"N": "1"}, **item}}}
        for index, item in enumerate(items)
    ]
    for begin in range(0, len(requests), 25):
        client.batch_write_item(RequestItems={TABLE: requests[begin : begin + 25]})


def create(client: "DynamoDBClient") -> None:
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def found(client: "DynamoDBClient", partition: str, condition: Filter) -> list[int]:
    """The rows that the server finds."""
    compiled = compile_filter(condition)
    answer: Any = client.query(
        TableName=TABLE,
        KeyConditionExpression="#p = :p",
        FilterExpression=compiled.text,
        ProjectionExpression="#s",
        ExpressionAttributeNames={"#p": "pk", "#s": "sk", **compiled.names},
        ExpressionAttributeValues={":p": {"S": partition}, **compiled.values},
    )
    assert "LastEvaluatedKey" not in answer
    return [int(item["sk"]["S"]) for item in answer["Items"]]


def satisfying(items: Sequence[dict[str, Any]], condition: Filter) -> list[int]:
    """The rows that `satisfies` finds."""
    return [index for index, item in enumerate(items) if satisfies(condition, {"_v": {"N": "1"}, **item})]
