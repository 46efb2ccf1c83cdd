"""Readers generated for one class each, for those that pydantic-core can't read in one pass.

As in `generated`: Python code for the usual attribute values; what is not usual goes to its codec, which has the last
word.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from re import compile as pattern
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from sst_repo.core.numbers import is_canonical
from sst_repo.core.records import Attributes
from sst_repo.core.times import TIMESTAMP
from sst_repo.mapping.choices import EnumCodec
from sst_repo.mapping.code import Code
from sst_repo.mapping.containers import SequenceCodec
from sst_repo.mapping.scalars import BOOL, DATETIME, DECIMAL, FLOAT, INT, STR
from sst_repo.mapping.structures import Members, StructureCodec
from sst_repo.mapping.unions import only_arm
from sst_repo.mapping.values import ValueCodec

Reader: TypeAlias = Callable[[Attributes], dict[str, Any]]
"""Reads the values of the fields, and of what else is stored, of one class."""

_NAMES: Final[Mapping[str, object]] = {
    "Decimal": Decimal,
    "from_iso": datetime.fromisoformat,
    "is_canonical": is_canonical,
    "is_utc": pattern(TIMESTAMP + "Z").fullmatch,
    "null": {"NULL": True},
}


def reader_of(members: Members) -> Reader:
    """Generate the reader of a class.

    What it returns raises whatever comes up where a value can't be read; the codec can tell.
    """
    return _Generator().reader(members)


class _Generator:
    def __init__(self) -> None:
        self._code = Code(_NAMES)
        self._under_way: list[type] = []

    def reader(self, members: Members) -> Reader:
        extras = self._code.named(members.decode_extras)
        fields = self._fields(members, "stored", "done", " ")
        return self._code.function("read(stored)", [" done = {}", *fields, f" {extras}(stored, done)", " return done"])

    def _fields(self, members: Members, stored: str, into: str, indent: str) -> list[str]:
        lines: list[str] = []
        for field in members.fields:
            value, name = self._code.new("v"), self._code.named(field.name)
            lines += [f"{indent}if {name} in {stored}:", f"{indent} {value} = {stored}[{name}]"]
            lines += self._value(field.codec, field.codec, value, f"{into}[{name}]", indent + " ")
        return lines

    def _value(self, usual: ValueCodec, codec: ValueCodec, value: str, target: str, indent: str) -> list[str]:
        """Return the code that reads a value by the codec; `usual` is the one that most values are of."""
        slowly = f"{indent}{target} = {self._code.named(codec.decode)}({value})"
        inner = only_arm(usual)
        if inner is not None:
            rest = self._value(inner, codec, value, target, indent + " ")
            return [f"{indent}if {value} == null:", f"{indent} {target} = None", f"{indent}else:", *rest]
        content = self._code.new("c")
        if isinstance(usual, StructureCodec) and self._is_plain(usual):
            condition, quickly = f"type({content}) is dict", self._structure(usual, content, target, indent + " ")
            tag = "M"
        else:
            quick = self._quick(usual, content)
            if quick is None:
                return [slowly]
            tag, condition, result = quick
            quickly = [f"{indent} {target} = {result}"]
        held = f"len({value}) == 1 and ({content} := {value}.get({tag!r})) is not None"
        return [f"{indent}if {held} and {condition}:", *quickly, f"{indent}else:", f" {slowly}"]

    def _quick(self, codec: ValueCodec, content: str) -> tuple[str, str, str] | None:  # noqa: PLR0911 - one a codec
        """Return the DynamoDB type of a usual value, what holds of its content, and what that means."""
        is_number = f"type({content}) is str and is_canonical({content})"
        match codec:
            case _ if codec is STR:
                return "S", f"type({content}) is str", content
            case _ if codec is BOOL:
                return "BOOL", f"type({content}) is bool", content
            case _ if codec is INT:
                return "N", f"{is_number} and '.' not in {content}", f"int({content})"
            case _ if codec is FLOAT:
                return "N", is_number, f"float({content})"
            case _ if codec is DECIMAL:
                return "N", is_number, f"Decimal({content})"
            case _ if codec is DATETIME:
                return "S", f"type({content}) is str and is_utc({content})", f"from_iso({content})"
            case EnumCodec(by_value=True, held=held, raw=False) if held is STR:
                known = self._code.named(_members(codec))
                return "S", f"type({content}) is str and {content} in {known}", f"{known}[{content}]"
            case SequenceCodec() if codec.make is list and codec.item is STR:
                all_texts = f"all([len(x) == 1 and type(x.get('S')) is str for x in {content}])"
                return "L", f"type({content}) is list and {all_texts}", f"[x['S'] for x in {content}]"
            case _:
                return None

    def _is_plain(self, codec: StructureCodec) -> bool:
        return issubclass(codec.kind, BaseModel) and codec.members.extras is None and codec.kind not in self._under_way

    def _structure(self, codec: StructureCodec, content: str, target: str, indent: str) -> list[str]:
        values = self._code.new("d")
        self._under_way.append(codec.kind)
        fields = self._fields(codec.members, content, values, indent)
        self._under_way.pop()
        return [f"{indent}{values} = {{}}", *fields, f"{indent}{target} = {self._code.named(codec.build)}({values})"]


def _members(codec: EnumCodec[Any]) -> dict[str, object]:
    """Return the members by their values; aliases are the member that they stand for."""
    members: Any = codec.enum
    found: dict[str, object] = {member.value: member for member in members}
    return found
