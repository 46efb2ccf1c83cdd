"""Which attribute values there are: for what was written as text, where no server has looked at it."""

from collections.abc import Mapping
from typing import Any, Final, cast

from sst_repo.core.numbers import canonical_number

CONTENTS: Final[Mapping[str, tuple[type, ...]]] = {
    "S": (str,),
    "N": (str,),
    "B": (bytes,),
    "BOOL": (bool,),
    "NULL": (bool,),
    "M": (dict, Mapping),
    "L": (list,),
    "SS": (list,),
    "NS": (list,),
    "BS": (list,),
}
"""By DynamoDB type: what its content is in Python."""


def is_content(tag: str, content: object) -> bool:
    """Tell whether the content of a DynamoDB type is of the right type in Python; what is in it is not looked at."""
    return isinstance(content, CONTENTS.get(tag, ()))


def check_item(attributes: Any) -> None:  # noqa: ANN401 - whatever was written
    """Make sure that attributes are some that DynamoDB could hold.

    Raises:
        ValueError: They are not: a type, a content, a number or a text is none.
    """
    if not isinstance(attributes, dict):
        raise _no_item()
    _check_members(cast("Mapping[str, Any]", attributes))


def _check_members(members: Mapping[Any, Any]) -> None:
    for name, value in members.items():
        _check_text(name)
        _check_value(value)


def _check_value(value: Any) -> None:  # noqa: ANN401 - likewise
    held = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if len(held) != 1:
        raise _no_item()
    ((tag, content),) = held.items()
    if not is_content(tag, content):
        raise _no_item()
    match tag:
        case "M":
            _check_members(content)
        case "L":
            for element in content:
                _check_value(element)
        case "SS" | "NS" | "BS":
            for element in content:
                _check_value({tag[0]: element})
        case "N":
            canonical_number(content)
        case "S":
            _check_text(content)
        case _:
            pass


def _check_text(text: Any) -> None:  # noqa: ANN401 - likewise
    if not isinstance(text, str):
        raise _no_item()
    text.encode()


def _no_item() -> ValueError:
    return ValueError("it holds what is no item of DynamoDB")
