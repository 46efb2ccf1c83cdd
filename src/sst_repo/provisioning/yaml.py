"""YAML, as far as templates need it: mappings, lists, text and truth, with remarks."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeGuard

_PLAIN: Final = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./ -]|:(?! |$))*(?<! )")
_WORDS: Final = frozenset({"false", "n", "no", "null", "off", "on", "true", "y", "yes"})
"""What YAML takes for something else than text."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value with a tag, such as `!GetAtt Table.Arn`, or a plain scalar."""

    text: str


@dataclass(frozen=True, slots=True)
class Remarked:
    """A value with a remark before it."""

    remark: str
    value: Any


_Long: TypeAlias = Mapping[str, Any] | list[Any]


def dump(value: Mapping[str, Any]) -> str:
    """Return a mapping as YAML."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: _Long) -> Iterator[str]:
    if not isinstance(value, Mapping):
        for element in value:
            yield from _element(element)
        return
    for key, member in value.items():
        if _is_long(member):
            yield f"{_text(key)}:"
            yield from (f"  {line}" for line in _lines(member))
        else:
            yield f"{_text(key)}: {_scalar(member)}"


def _element(element: Any) -> Iterator[str]:  # noqa: ANN401 - a tree
    if isinstance(element, Remarked):
        yield f"# {element.remark}"
        element = element.value
    if not _is_long(element):
        yield f"- {_scalar(element)}"
        return
    first, *rest = _lines(element)
    yield f"- {first}"
    yield from (f"  {line}" for line in rest)


def _is_long(value: object) -> TypeGuard[_Long]:
    return isinstance(value, (Mapping, list)) and value not in ({}, [])


def _scalar(value: Any) -> str:  # noqa: ANN401 - likewise
    match value:
        case Tagged(text):
            return text
        case bool() | [] | {}:
            return json.dumps(value)
        case _:
            return _text(value)


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return f'"{"".join(map(_character, value))}"'


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"
