"""Conditions whose field names, keys and values are expressions themselves: they are compared, and never understood."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final

from pydantic import create_model

from sst_repo import F, Resource, TableRepository
from sst_repo.conditions import Condition
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
from sst_repo.core.records import Record
from sst_repo.mapping.schema import schema_of
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import Contract

TEXTS: Final = (
    *(
        "#0",
        "#n0",
        ":0",
        ":v0",
        "#0 = :0",
        ") OR (#0 = :0",
        "attribute_exists(#0)",
        "attribute_exists(pk)",
        "a.b",
        "a[0]",
    ),
    *("AND", "OR", "NOT", "IN", "BETWEEN", "size", "size(#0)", "contains", "begins_with", "SET #0 = :0", "REMOVE pk"),
    *("'", '"', "`", "\\", "--", "; DROP TABLE x", "{}", "${x}", "%s", "\0", "\n", "\t", " ", "\u2028", "\ufeff", "é"),
    *("\U0001f98a", "\U0010ffff", "(", ")", ",", "=", "<>", "pk = :0", "sk", "name", "status", "timestamp", "x" * 255),
)
"""What is syntax, a reserved word, or strange; in names, in keys and in values."""

_NAMES: Final = tuple(text for text in TEXTS if text != "sk")
_FIELDS: Final[dict[str, Any]] = dict.fromkeys(_NAMES, (str, ""))

Hostile: Final[type[Resource]] = create_model("Hostile", __base__=Resource, data=(dict[str, Any], {}), **_FIELDS)
"""A class whose fields are called by such texts."""


def conditions(chance: random.Random) -> Iterator[Condition]:
    """Conditions on those fields, without an end."""
    while True:
        yield _condition(chance, 3)


def _condition(chance: random.Random, depth: int) -> Condition:
    if depth and chance.random() < 0.5:
        one, other = _condition(chance, depth - 1), _condition(chance, depth - 1)
        joined: list[Condition] = [one & other, one | other, ~one]
        return chance.choice(joined)
    text = chance.choice(TEXTS)
    key, value = chance.choice(TEXTS), text + chance.choice(["", "", chance.choice(TEXTS)])
    path: Any = chance.choice([F[chance.choice(_NAMES)], F.data[key], F.data[key][text]])
    leaves: list[Condition] = [
        path == value,
        path != value,
        F[chance.choice(_NAMES)] < value,
        path.begins_with(value),
        path.contains(value),
        path.is_in([value, key]),
        path.exists(),
        path.type_is("S"),
        path.size() > len(key),
    ]
    return chance.choice(leaves)


def resources(chance: random.Random, number: int) -> list[Resource]:
    """Resources that some of those conditions hold for."""
    return [
        Hostile.model_validate(
            {
                **{name: chance.choice(TEXTS) for name in chance.sample(_NAMES, 20)},
                "data": {key: chance.choice([chance.choice(TEXTS), {"#0": ":0"}]) for key in chance.sample(TEXTS, 10)},
            }
        )
        for _ in range(number)
    ]


class HostileConditionContract(Contract):
    """What a table makes of them.

    Attributes:
        examples: How many conditions are asked.
    """

    examples: ClassVar[int]

    def test_a_condition_finds_what_it_says_whatever_is_in_it(self, table: Table) -> None:
        chance = random.Random(3)
        repository = TableRepository(Hostile, table)
        stored = {made.resource_id: made for made in map(repository.add, resources(chance, 12))}
        schema = schema_of(Hostile)
        rows = {
            resource_id: Record(schema.target(resource_id).key, {"_v": {"N": "1"}, **schema.content(made)})
            for resource_id, made in stored.items()
        }
        met = 0
        for _, condition in zip(range(self.examples), conditions(chance), strict=False):
            asked = schema.filter(condition)
            expected = {name for name, row in rows.items() if asked.satisfied_by(row)}
            met += bool(expected)
            assert {found.resource_id for found in repository.list(where=condition)} == expected, condition
        assert met > self.examples // 4


_TOKEN: Final = re.compile(
    r"(?P<word>NOT|AND|OR|IN|size|contains|begins_with|attribute_exists|attribute_not_exists|attribute_type)\b"
    r"|(?P<sign><>|<=|>=|[<>=(),.])|\[(?P<index>\d+)\]|(?P<name>#\d+)|(?P<value>:\d+)|(?P<space> )"
)
_COMPARE: Final = {"=", "<>", "<", "<=", ">", ">="}


class Grammar:
    """Reads an expression by our own grammar and by nothing else: what it gives means what the text means.

    Args:
        text: The expression.
        names: The names of attributes, by placeholder.
        values: The values, by placeholder.
    """

    def __init__(self, text: str, names: Mapping[str, str], values: Mapping[str, Any]) -> None:
        self._names, self._values = names, values
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            assert token is not None, f"no grammar of ours has {text[at:]!r}"
            kind = token.lastgroup or ""
            if kind != "space":
                self._tokens.append((kind, token[kind]))
            at = token.end()
        self._at = 0

    def read(self) -> Filter:
        """Read all of it."""
        found = self._joined()
        assert self._at == len(self._tokens), "something is left over"
        return found

    def _joined(self) -> Filter:
        parts = [self._term()]
        word = self._peek()
        if word in {"AND", "OR"}:
            while self._peek() == word:
                self._take(word)
                parts.append(self._term())
            return And(tuple(parts)) if word == "AND" else Or(tuple(parts))
        return parts[0]

    def _term(self) -> Filter:
        if self._peek() == "NOT":
            self._take("NOT")
            return Not(self._term())
        if self._peek() == "(":
            self._take("(")
            found = self._joined()
            self._take(")")
            return found
        return self._leaf()

    def _leaf(self) -> Filter:
        if self._tokens[self._at][0] == "word":
            return self._function()
        path = self._path()
        sign: Any = self._take()
        if sign in _COMPARE:
            return Compare(path, sign, self._value())
        assert sign == "IN"
        self._take("(")
        values = [self._value()]
        while self._peek() == ",":
            self._take(",")
            values.append(self._value())
        self._take(")")
        return In(path, tuple(values))

    def _function(self) -> Filter:
        word = self._take()
        self._take("(")
        path = self._path()
        value: Any = None
        if self._peek() == ",":
            self._take(",")
            value = self._value()
        self._take(")")
        if word == "size":
            sign: Any = self._take()
            return SizeIs(path, sign, int(self._value()["N"]))
        made: Mapping[str, Callable[[], Filter]] = {
            "attribute_exists": lambda: Exists(path),
            "attribute_not_exists": lambda: Not(Exists(path)),
            "attribute_type": lambda: TypeIs(path, value["S"]),
            "begins_with": lambda: BeginsWith(path, value),
            "contains": lambda: Contains(path, value),
        }
        return made[word]()

    def _path(self) -> Path:
        steps: list[str | int] = [self._names[self._take()]]
        while self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind == "index":
                steps.append(int(self._take()))
            elif text == ".":
                self._take(".")
                steps.append(self._names[self._take()])
            else:
                break
        return tuple(steps)

    def _value(self) -> Any:
        return self._values[self._take()]

    def _peek(self) -> str | None:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else None

    def _take(self, expected: str | None = None) -> str:
        text = self._tokens[self._at][1]
        assert expected is None or text == expected
        self._at += 1
        return text


def means_the_same(one: Filter, other: Filter, row: Mapping[str, Any]) -> bool:
    return satisfies(one, row) == satisfies(other, row)
