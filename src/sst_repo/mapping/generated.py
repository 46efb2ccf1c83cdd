"""Encoders generated for one class each: Python code for the usual values, and nothing else.

A value is usual if it is exactly of the declared type, and its text needs no thought. Whatever else there is goes to
its codec, which has the last word: the generated code never decides differently, it decides the usual cases faster.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, RootModel

from sst_repo.core.numbers import MAX_DIGITS, is_canonical
from sst_repo.core.records import AttributeValue
from sst_repo.mapping.choices import EnumCodec
from sst_repo.mapping.code import Code
from sst_repo.mapping.containers import SequenceCodec
from sst_repo.mapping.scalars import BOOL, DATETIME, DECIMAL, FLOAT, INT, STR
from sst_repo.mapping.structures import Members, StructureCodec
from sst_repo.mapping.unions import only_arm
from sst_repo.mapping.values import MAX_LEVELS, Misfit, ValueCodec

Encoder = Callable[[Mapping[str, Any]], dict[str, AttributeValue]]
"""Encodes the values of the fields of one class."""

_LARGEST_INT: Final = 10**MAX_DIGITS

_NAMES: Final[Mapping[str, object]] = {
    "datetime": datetime,
    "UTC": UTC,
    "Decimal": Decimal,
    "is_canonical": is_canonical,
}


def encoder_of(members: Members) -> Encoder | None:
    """Generate the encoder of a class; None if it takes names that are no fields.

    What it returns raises `Misfit` or `KeyError` for a value that can't be stored; where that is, the codec can tell.
    """
    return None if members.extras is not None else _Generator().encoder(members)


class _Generator:
    """Writes the code of one encoder."""

    def __init__(self) -> None:
        self._code = Code(_NAMES)
        self._under_way: list[type] = []

    def encoder(self, members: Members) -> Encoder:
        fields = self._fields(members, "values", "done", MAX_LEVELS, " ")
        return self._code.function("encode(values)", [" done = {}", *fields, " return done"])

    def _fields(self, members: Members, values: str, into: str, room: int, indent: str) -> list[str]:
        lines: list[str] = []
        for field in members.fields:
            value, name = self._code.new("v"), self._code.named(field.name)
            lines.append(f"{indent}{value} = {values}[{name}]")
            target = f"{into}[{name}]"
            codec = field.codec
            if field.omits_none:
                lines.append(f"{indent}if {value} is not None:")
                lines += self._value(_without_none(codec), codec, value, target, room, indent + " ")
            else:
                lines += self._value(codec, codec, value, target, room, indent)
        return lines

    def _value(
        self, usual: ValueCodec, codec: ValueCodec, value: str, target: str, room: int, indent: str
    ) -> list[str]:
        """Return the code that encodes a value by the codec; `usual` is the one that most values are of."""
        slowly = f"{indent}{target} = {self._code.named(codec.encode)}({value}, {room})"
        if isinstance(usual, StructureCodec) and room > 0 and self._is_plain(usual):
            return self._structure(usual, value, target, room, indent, slowly)
        inner = _without_none(usual)
        if inner is not usual:
            return [
                f"{indent}if {value} is None:",
                f"{indent} {target} = {{'NULL': True}}",
                f"{indent}else:",
                *self._value(inner, codec, value, target, room, indent + " "),
            ]
        quick = self._quick(usual, value) if room > 0 else None
        if quick is None:
            return [slowly]
        condition, result = quick
        return [f"{indent}if {condition}:", f"{indent} {target} = {result}", f"{indent}else:", f" {slowly}"]

    def _quick(self, codec: ValueCodec, value: str) -> tuple[str, str] | None:  # noqa: PLR0911 - one a codec
        """Return the condition under which a value is usual, and then its attribute value."""
        match codec:
            case _ if codec is STR:
                return f"type({value}) is str and {value}.isascii()", f"{{'S': {value}}}"
            case _ if codec is BOOL:
                return f"{value} is True or {value} is False", f"{{'BOOL': {value}}}"
            case _ if codec is INT:
                return f"type({value}) is int and {-_LARGEST_INT} < {value} < {_LARGEST_INT}", f"{{'N': str({value})}}"
            case _ if codec is DECIMAL or codec is FLOAT:
                kind, text = ("Decimal", "str") if codec is DECIMAL else ("float", "repr")
                written = self._code.new("t")
                return (
                    f"type({value}) is {kind} and len({written} := {text}({value})) <= {MAX_DIGITS} "
                    f"and is_canonical({written})"
                ), f"{{'N': {written}}}"
            case _ if codec is DATETIME:
                return (
                    f"type({value}) is datetime and {value}.tzinfo is UTC",
                    f"{{'S': {value}.isoformat('T', 'microseconds')[:-6] + 'Z'}}",
                )
            case EnumCodec(raw=False):
                known = _stored_members(codec)
                if known is None:
                    return None
                return f"type({value}) is {self._code.named(codec.enum)}", f"{self._code.named(known)}[{value}]"
            case SequenceCodec() if codec.make is list and codec.item is STR:
                return (
                    f"type({value}) is list and all([type(x) is str and x.isascii() for x in {value}])",
                    f"{{'L': [{{'S': x}} for x in {value}]}}",
                )
            case _:
                return None

    def _is_plain(self, codec: StructureCodec) -> bool:
        return (
            issubclass(codec.kind, BaseModel)
            and RootModel not in codec.kind.__mro__
            and codec.members.extras is None
            and codec.kind not in self._under_way
        )

    def _structure(
        self, codec: StructureCodec, value: str, target: str, room: int, indent: str, slowly: str
    ) -> list[str]:
        values, done = self._code.new("v"), self._code.new("d")
        self._under_way.append(codec.kind)
        lines = [
            f"{indent}if type({value}) is {self._code.named(codec.kind)} and not {value}.__pydantic_extra__:",
            f"{indent} {values} = {value}.__dict__",
            f"{indent} {done} = {{}}",
            *self._fields(codec.members, values, done, room - 1, indent + " "),
            f"{indent} {target} = {{'M': {done}}}",
            f"{indent}else:",
            f" {slowly}",
        ]
        self._under_way.pop()
        return lines


def _stored_members(codec: EnumCodec[Any]) -> dict[object, AttributeValue] | None:
    """Return what each member is stored as; None if they can't be looked up, or one can't be stored."""
    try:
        members: Any = codec.enum
        return {member: codec.encode(member, 0) for member in members}
    except (Misfit, TypeError):
        return None


def _without_none(codec: ValueCodec) -> ValueCodec:
    return only_arm(codec) or codec
