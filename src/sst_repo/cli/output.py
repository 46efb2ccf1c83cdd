"""How things are shown: grids for people, JSON for programs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, cast

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from sst_repo.cli.plain import Number, Plain, dumps, readable
from sst_repo.core.times import utc_text

_STEP: Final = 1024
_SECONDS: Final = len("2026-01-31T12:00:00")


def grid(*titles: str | None) -> Grid:
    """Return an empty grid with these columns; a title that begins with `>` is of numbers, to the right."""
    made = Grid(box=box.SIMPLE_HEAD, show_header=any(titles), show_edge=False, pad_edge=False, header_style="bold")
    for title in titles:
        is_number = title is not None and title.startswith(">")
        made.add_column((title or "").removeprefix(">"), justify="right" if is_number else "left", no_wrap=is_number)
    return made


def json_of(value: object) -> Plain:
    """Return what Python has as what JSON can say."""
    match value:
        case bool() | None | str() | Number():
            return value
        case int() | float() | Decimal():
            return Number(str(value))
        case datetime():
            return utc_text(value)
        case Mapping():
            return {name: json_of(member) for name, member in cast("Mapping[str, object]", value).items()}
        case Sequence():
            return [json_of(element) for element in cast("Sequence[object]", value)]
        case _:
            raise TypeError(type(value).__name__)


def size(count: float) -> str:
    """Return a number of bytes as people say it."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < _STEP:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= _STEP
    return f"{count:,.1f} TB"


def moment(text: str) -> str:
    """Return a stored time to the second, as people write it."""
    return text[:_SECONDS].replace("T", " ")


def shown(value: Plain) -> Text:
    """Return a value in one line for a cell: texts as they are, all else as JSON."""
    text = value if isinstance(value, str) else dumps(readable(value))
    return Text("".join(each if each.isprintable() else "�" for each in text))
